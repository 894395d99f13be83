// What became of the alerts between two looks at them.
import { type AlertRow, type AlertState, alertId, isOpen, manyOf, SEVERITIES, type Severity } from "./topics";

/** What has to be known of an alert to notice later what changed. */
export interface Known {
  readonly revision: number;
  readonly severity: Severity;
  readonly state: AlertState;
  readonly level: number;
  readonly members: number | null;
  readonly group: string | null;
}

export type KnownAlerts = ReadonlyMap<string, Known>;

/**
 * `passed`: raised and over already. `changed`: somebody took it, put it off, or gave it to somebody.
 * The first five ask for attention.
 */
export type ChangeKind =
  | "raised"
  | "grew"
  | "worse"
  | "escalated"
  | "reopened"
  | "resolved"
  | "passed"
  | "changed";

export interface Change {
  readonly kind: ChangeKind;
  readonly row: AlertRow;
  /** How many alerts it is about: more than one for a group. */
  readonly many: number;
}

export function knownOf(rows: readonly AlertRow[]): KnownAlerts {
  return new Map(
    rows.map((row) => [
      alertId(row),
      {
        revision: row.revision,
        severity: row.severity,
        state: row.state,
        level: row.level,
        members: row.members,
        group: row.group,
      },
    ]),
  );
}

const worth = (severity: Severity) => SEVERITIES.length - SEVERITIES.indexOf(severity);

/** Open alerts of each group as they were known: those that stood singly, and those that a row stood for. */
function openByGroup(known: KnownAlerts): Map<string, number> {
  const open = new Map<string, number>();
  for (const [id, each] of known) {
    const group = each.members === null ? each.group : id.slice(1);
    if (group === null || !isOpen(each)) continue;
    open.set(group, (open.get(group) ?? 0) + (each.members ?? 1));
  }
  return open;
}

function ofKnown(row: AlertRow, before: Known): Change | null {
  const change = (kind: ChangeKind): Change => ({ kind, row, many: manyOf(row) });
  if (row.members !== null) {
    const more = row.members - (before.members ?? 0);
    if (more > 0) return { kind: "grew", row, many: more };
    return worth(row.severity) > worth(before.severity) ? change("worse") : null;
  }
  if (row.revision <= before.revision) return null;
  if (isOpen(before) && !isOpen(row)) return change("resolved");
  if (!isOpen(before)) return isOpen(row) ? change("reopened") : change("changed");
  if (worth(row.severity) > worth(before.severity)) return change("worse");
  return change(row.level > before.level ? "escalated" : "changed");
}

/**
 * What changed since `known`. Alerts of one group may be shown singly at one time and as one row at another: that alone
 * is no news. `since`: how far the log had come then, in ms; what was over before it is not news either.
 */
export function changesSince(known: KnownAlerts, rows: readonly AlertRow[], since: number): Change[] {
  const wereOpen = openByGroup(known);
  const changes: Change[] = [];
  for (const row of rows) {
    const before = known.get(alertId(row));
    if (before !== undefined) {
      const change = ofKnown(row, before);
      if (change !== null) changes.push(change);
      continue;
    }
    if (row.members !== null) {
      const more = row.members - (wereOpen.get(row.alert) ?? 0);
      if (more > 0) changes.push({ kind: "raised", row, many: more });
    } else if (!isOpen(row)) {
      const changed = Date.parse(row.changed_at ?? row.raised_at);
      if (changed > since) changes.push({ kind: "passed", row, many: 1 });
    } else if (row.group === null || !known.has(`\n${row.group}`)) {
      changes.push({ kind: "raised", row, many: 1 });
    }
  }
  return changes;
}

const ASKS: ReadonlySet<ChangeKind> = new Set(["raised", "grew", "worse", "escalated", "reopened"]);

/** Whether somebody should be called: it became somebody's business just now, and nothing holds it back. */
export function asksForAttention({ kind, row }: Change): boolean {
  return ASKS.has(kind) && isOpen(row) && row.state !== "snoozed" && row.held_by === null;
}

/** `3 raised, 2 resolved`. */
export function changesInWords(changes: readonly Change[]): string {
  const sum = (...kinds: ChangeKind[]) =>
    changes.filter((each) => kinds.includes(each.kind)).reduce((total, each) => total + each.many, 0);
  const parts: readonly (readonly [number, string])[] = [
    [sum("raised", "grew"), "raised"],
    [sum("reopened"), "reopened"],
    [sum("worse"), "raised in severity"],
    [sum("escalated"), "escalated"],
    [sum("resolved"), "resolved"],
    [sum("passed"), "raised and over again"],
    [sum("changed"), "changed otherwise"],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`)
    .join(", ");
}
