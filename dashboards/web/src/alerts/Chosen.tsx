import { type Ref, useEffect, useState } from "react";
import * as v from "valibot";
import { useGet } from "../api/use-get";
import page from "../pages/page.module.css";
import type { ActionKeys } from "./Actions";
import { alertApi } from "./address";
import { alertDetail } from "./alert-detail";
import { Detail } from "./Detail";
import styles from "./detail.module.css";
import { GroupDetail } from "./GroupDetail";
import { ALERTS, type AlertRow, alertId } from "./topics";
import type { Chosen as Choice } from "./use-queue";

interface Props {
  readonly chosen: Choice;
  /** Where the queue has it. */
  readonly row: AlertRow | null;
  readonly loaded: boolean;
  readonly people: readonly string[];
  readonly keys: Ref<ActionKeys>;
  readonly opened: ReadonlySet<string>;
  readonly onExpand: (group: string) => void;
}

const LOOK_AGAIN_MS = 3000;

/** One that the queue does not show: folded into a group, or over for long. It is asked for every few seconds. */
function Elsewhere({ customer, alert, people, keys }: ElsewhereProps) {
  const [look, setLook] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setLook((before) => before + 1), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const { value, error } = useGet(alertApi(customer, alert), alertDetail, look);
  const row = v.safeParse(ALERTS.row, value?.alert);
  if (row.success) return <Detail row={row.output} people={people} keys={keys} />;
  if (error?.status === 404) return <p className={styles.quiet}>There is no such alert.</p>;
  return <p className={error === null ? styles.quiet : page.problem}>{error?.message ?? "Loading…"}</p>;
}

interface ElsewhereProps {
  readonly customer: string;
  readonly alert: string;
  readonly people: readonly string[];
  readonly keys: Ref<ActionKeys>;
}

/** What is chosen, or what one may do where nothing is. */
export function Chosen({ chosen, row, loaded, people, keys, opened, onExpand }: Props) {
  const { id, alert } = chosen;
  if (id === null) {
    return <p className={styles.empty}>Choose an alert, or press j. Press ? for what else the keys do.</p>;
  }
  if (row !== null && row.members !== null) {
    return (
      <GroupDetail
        key={alertId(row)}
        row={row}
        expanded={opened.has(row.alert)}
        onExpand={onExpand}
        people={people}
        keys={keys}
      />
    );
  }
  if (row !== null) return <Detail key={id} row={row} people={people} keys={keys} />;
  if (alert !== null && loaded) return <Elsewhere key={id} {...alert} people={people} keys={keys} />;
  const words = loaded ? "This group is gone: its alerts stand singly, or are over." : "Loading…";
  return <p className={styles.quiet}>{words}</p>;
}
