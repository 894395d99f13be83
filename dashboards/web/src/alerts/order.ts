// Which alerts are shown, and in which order.
import { type AlertRow, alertId, isOpen, manyOf, SEVERITIES, type Severity } from "./topics";

const LAST = Number.POSITIVE_INFINITY;

function time(iso: string | null): number {
  const at = iso === null ? Number.NaN : Date.parse(iso);
  return Number.isNaN(at) ? LAST : at;
}

const compare = (a: number, b: number) => (a === b ? 0 : a < b ? -1 : 1);

/** Open ones: what is put off after what is not, the worst first, then who has least time; the older first. */
export function byUrgency(a: AlertRow, b: AlertRow): number {
  const put = (row: AlertRow) => (row.state === "snoozed" ? 1 : 0);
  return (
    put(a) - put(b) ||
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    compare(time(a.due_at), time(b.due_at)) ||
    compare(time(a.raised_at), time(b.raised_at)) ||
    (alertId(a) < alertId(b) ? -1 : 1)
  );
}

/** Those that are over: what changed last first. */
export function byChange(a: AlertRow, b: AlertRow): number {
  const changed = (row: AlertRow) => Date.parse(row.changed_at ?? row.raised_at) || 0;
  return changed(b) - changed(a) || (alertId(a) < alertId(b) ? -1 : 1);
}

export type Which = "open" | "snoozed" | "done";

export interface Filters {
  readonly which: Which;
  readonly mine: boolean;
  readonly severity: Severity | null;
  readonly kind: string | null;
  readonly text: string;
}

export function readFilters(query: URLSearchParams): Filters {
  const state = query.get("state");
  const severity = SEVERITIES.find((each) => each === query.get("severity"));
  return {
    which: state === "snoozed" || state === "done" ? state : "open",
    mine: query.get("mine") === "1",
    severity: severity ?? null,
    kind: query.get("kind"),
    text: query.get("q") ?? "",
  };
}

/** The filters as a query, with nothing in it that is as usual; what else was in it stays. */
export function filterQuery(filters: Filters, before: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(before);
  const put = (name: string, value: string | null) => {
    if (value === null || value === "") next.delete(name);
    else next.set(name, value);
  };
  put("state", filters.which === "open" ? null : filters.which);
  put("mine", filters.mine ? "1" : null);
  put("severity", filters.severity);
  put("kind", filters.kind);
  put("q", filters.text);
  return next;
}

function isOf(row: AlertRow, which: Which): boolean {
  if (which === "open") return isOpen(row);
  if (which === "snoozed") return row.state === "snoozed";
  return !isOpen(row);
}

function says(row: AlertRow, text: string): boolean {
  const words = [row.why, row.name, row.customer, row.alert, row.owner, row.account, row.kind, row.group];
  const all = words.join("\n").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** What the filters leave, in order. A group is nobody's own: it is shown where its alerts may be somebody's. */
export function queueOf(rows: readonly AlertRow[], filters: Filters, actor: string | null): AlertRow[] {
  const { which, mine, severity, kind, text } = filters;
  return rows
    .filter((row) => isOf(row, which))
    .filter((row) => !mine || (row.members !== null && row.owner === null) || row.owner === actor)
    .filter((row) => severity === null || row.severity === severity || (row.severities?.[severity] ?? 0) > 0)
    .filter((row) => kind === null || row.kind === kind)
    .filter((row) => text.trim() === "" || says(row, text.trim()))
    .sort(which === "done" ? byChange : byUrgency);
}

export type Counts = Readonly<Record<Severity, number>>;

/** How many are open, by severity; a group counts what it stands for. */
export function openBySeverity(rows: readonly AlertRow[]): Counts {
  const counts = { S1: 0, S2: 0, S3: 0, S4: 0 };
  for (const row of rows.filter(isOpen)) {
    if (row.severities === null) counts[row.severity] += manyOf(row);
    else for (const severity of SEVERITIES) counts[severity] += row.severities[severity] ?? 0;
  }
  return counts;
}

/** The open one that nobody has acknowledged for the longest time. */
export function oldestUnanswered(rows: readonly AlertRow[]): AlertRow | null {
  let oldest: AlertRow | null = null;
  for (const row of rows) {
    if (row.state !== "triggered") continue;
    if (oldest === null || time(row.raised_at) < time(oldest.raised_at)) oldest = row;
  }
  return oldest;
}
