// A row for unit tests.
import type { AlertRow } from "./topics";

export function alertRow(over: Partial<AlertRow> = {}): AlertRow {
  return {
    customer: "c-1",
    alert: "recovery:c-1:feedback",
    kind: "recovery",
    severity: "S2",
    state: "triggered",
    revision: 1,
    count: 1,
    members: null,
    raised_at: "2026-01-31T12:00:00Z",
    changed_at: "2026-01-31T12:00:00Z",
    due_at: "2026-01-31T14:00:00Z",
    snoozed_until: null,
    owner: null,
    level: 0,
    name: null,
    account: null,
    tier: null,
    priority: null,
    channel: null,
    why: "CSAT 1 of 5",
    value: null,
    health_milli: null,
    group: "customer:c-1",
    held_by: null,
    cause: null,
    action: null,
    severities: null,
    ...over,
  };
}

/** A row that stands for many. */
export function groupRow(group: string, members: number, over: Partial<AlertRow> = {}): AlertRow {
  return alertRow({ customer: "", alert: group, group, members, revision: 0, ...over });
}
