import { useCallback, useEffect, useState } from "react";
import { useTopic } from "../feed/hooks";
import { byUrgency } from "./order";
import { ALERTS, type AlertRow } from "./topics";

export interface Groups {
  /** The alerts of the groups that are open, in order. */
  readonly members: ReadonlyMap<string, readonly AlertRow[]>;
  readonly opened: ReadonlySet<string>;
  readonly report: (group: string, rows: readonly AlertRow[]) => void;
  readonly toggle: (group: string) => void;
}

/** Which groups show their alerts, and what those are. */
export function useGroups(): Groups {
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  const [members, setMembers] = useState<ReadonlyMap<string, readonly AlertRow[]>>(new Map());
  const report = useCallback((group: string, rows: readonly AlertRow[]) => {
    setMembers((before) => new Map([...before, [group, [...rows].sort(byUrgency)]]));
  }, []);
  const toggle = useCallback((group: string) => {
    setOpened((before) => {
      const next = new Set(before);
      if (!next.delete(group)) next.add(group);
      return next;
    });
  }, []);
  return { members, opened, report, toggle };
}

/** Listens to one group's alerts as long as it is there. */
export function GroupFeed({ group, onRows }: { group: string; onRows: Groups["report"] }) {
  const { rows } = useTopic(ALERTS, { group });
  useEffect(() => onRows(group, rows), [group, rows, onRows]);
  return null;
}
