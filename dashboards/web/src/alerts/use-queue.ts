// What of the alerts the console shows, and where one is in it.
import { useCallback, useEffect, useMemo, useRef } from "react";
import { usePathname } from "wouter/use-browser-location";
import { alertAt, alertPath } from "./address";
import type { Which } from "./order";
import type { QueueItem } from "./QueueRow";
import { type AlertRow, alertId, isOpen, manyOf } from "./topics";

export function withQuery(path: string, query: URLSearchParams): string {
  return query.size > 0 ? `${path}?${query}` : path;
}

export interface Chosen {
  readonly id: string | null;
  readonly alert: { readonly customer: string; readonly alert: string } | null;
}

/** What the address chooses: an alert by its path, a group by `?group=`. */
export function useChosen(query: URLSearchParams): Chosen {
  const pathname = usePathname();
  const group = query.get("group");
  return useMemo(() => {
    const alert = alertAt(pathname);
    return { id: alert !== null ? alertId(alert) : group === null ? null : `\n${group}`, alert };
  }, [pathname, group]);
}

/** The queue with nothing chosen, the filters kept. */
export function queueAddress(query: URLSearchParams): string {
  const next = new URLSearchParams(query);
  next.delete("group");
  return withQuery("/alerts", next);
}

function addressOf(row: AlertRow, query: URLSearchParams): string {
  const next = new URLSearchParams(query);
  next.delete("group");
  if (row.members === null) return withQuery(alertPath(row.customer, row.alert), next);
  next.set("group", row.alert);
  return withQuery("/alerts", next);
}

/** The queue with the alerts of opened groups below their rows. */
export function itemsOf(
  queue: readonly AlertRow[],
  members: ReadonlyMap<string, readonly AlertRow[]>,
  opened: ReadonlySet<string>,
  query: URLSearchParams,
): QueueItem[] {
  const item = (row: AlertRow, inside: boolean, expanded: boolean | null): QueueItem => ({
    id: alertId(row),
    row,
    href: addressOf(row, query),
    inside,
    expanded,
  });
  return queue.flatMap((row) => {
    if (row.members === null) return [item(row, false, null)];
    const expanded = opened.has(row.alert);
    const inside = expanded ? (members.get(row.alert) ?? []) : [];
    return [item(row, false, expanded), ...inside.map((each) => item(each, true, null))];
  });
}

/** How many there are behind each choice of state; a group counts what it stands for. */
export function countsOf(rows: readonly AlertRow[]): Record<Which, number> {
  const counts = { open: 0, snoozed: 0, done: 0 };
  for (const row of rows) {
    if (isOpen(row)) counts.open += manyOf(row);
    else counts.done += 1;
    if (row.state === "snoozed") counts.snoozed += manyOf(row);
  }
  return counts;
}

/** Everybody who has had an alert, to choose from. */
export function peopleOf(rows: readonly AlertRow[], actor: string | null): string[] {
  const names = new Set(rows.map((row) => row.owner).filter((owner) => owner !== null));
  if (actor !== null) names.add(actor);
  return [...names].sort();
}

export function rowOf(
  id: string | null,
  rows: readonly AlertRow[],
  members: ReadonlyMap<string, readonly AlertRow[]>,
): AlertRow | null {
  if (id === null) return null;
  const one = rows.find((row) => alertId(row) === id);
  if (one !== undefined) return one;
  for (const inside of members.values()) {
    const member = inside.find((row) => alertId(row) === id);
    if (member !== undefined) return member;
  }
  return null;
}

/** Goes to the next or the one before; from one that is gone, to what took its place. */
export function useMove(
  items: readonly QueueItem[],
  id: string | null,
  navigate: (to: string, options: { replace: boolean }) => void,
): (by: 1 | -1) => boolean {
  const at = items.findIndex((item) => item.id === id);
  const last = useRef(0);
  const focusNext = useRef(false);
  useEffect(() => {
    if (at >= 0) last.current = at;
  }, [at]);
  useEffect(() => {
    if (!focusNext.current || id === null) return;
    focusNext.current = false;
    // What was not in sight is drawn a frame later.
    const focus = () =>
      document.querySelector<HTMLElement>(`[data-row="${CSS.escape(id)}"]`)?.focus({ preventScroll: true });
    requestAnimationFrame(() => requestAnimationFrame(focus));
  }, [id]);
  return useCallback(
    (by) => {
      if (items.length === 0) return false;
      const gone = by === 1 ? last.current : last.current - 1;
      const to = at >= 0 ? at + by : id === null ? 0 : gone;
      const item = items[Math.min(items.length - 1, Math.max(0, to))];
      if (item === undefined) return false;
      focusNext.current = true;
      navigate(item.href, { replace: id !== null });
      return true;
    },
    [items, at, id, navigate],
  );
}
