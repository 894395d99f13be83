// What this browser last knew of the alerts, so that a page opened anew can say what happened meanwhile. No names, no
// texts: keys and states only.
import * as v from "valibot";
import type { KnownAlerts } from "./changes";
import { type AlertRow, alertId, SEVERITIES, STATES } from "./topics";

const KEY = "nexusflow.alerts.known";
const MOST = 3000;
/** Whoever was away longer starts afresh: nobody reads a list of weeks. */
const LONGEST_MS = 4 * 86_400_000;

const cell = v.tuple([
  v.string(),
  v.number(),
  v.picklist(SEVERITIES),
  v.picklist(STATES),
  v.number(),
  v.nullable(v.number()),
  v.nullable(v.string()),
]);
const kept = v.object({ at: v.number(), asOf: v.number(), alerts: v.array(cell) });

export interface Remembered {
  /** The browser's clock when it was true. */
  readonly at: number;
  /** How far the log had come, in ms. */
  readonly asOf: number;
  readonly known: KnownAlerts;
}

export function recall(storage: Storage, now: number): Remembered | null {
  try {
    const read = v.safeParse(kept, JSON.parse(storage.getItem(KEY) ?? "null"));
    if (!read.success || now - read.output.at > LONGEST_MS || read.output.at > now) return null;
    const { at, asOf, alerts } = read.output;
    const known = alerts.map(
      ([id, revision, severity, state, level, members, group]) =>
        [id, { revision, severity, state, level, members, group }] as const,
    );
    return { at, asOf, known: new Map(known) };
  } catch {
    return null;
  }
}

export function remember(storage: Storage, rows: readonly AlertRow[], at: number, asOf: number): void {
  const alerts = rows
    .slice(0, MOST)
    .map((row) => [alertId(row), row.revision, row.severity, row.state, row.level, row.members, row.group]);
  try {
    storage.setItem(KEY, JSON.stringify({ at, asOf, alerts }));
  } catch {
    // A full or forbidden storage: only the next page knows less.
  }
}
