// The topics of alerting, as docs/api.md has them.
import * as v from "valibot";
import type { Topic } from "../feed/topics";

const text = v.string();
const maybeText = v.nullish(text, null);
const maybeInt = v.nullish(v.number(), null);
const money = v.nullish(v.object({ minor: v.number(), currency: text }), null);

export const SEVERITIES = ["S1", "S2", "S3", "S4"] as const;
export type Severity = (typeof SEVERITIES)[number];

export const STATES = ["triggered", "acknowledged", "snoozed", "resolved", "closed"] as const;
export type AlertState = (typeof STATES)[number];

const alertRow = v.object({
  customer: text,
  alert: text,
  kind: text,
  severity: v.picklist(SEVERITIES),
  state: v.picklist(STATES),
  revision: v.number(),
  count: v.nullish(v.number(), 1),
  /** Null for one alert; how many open ones a group row stands for. */
  members: maybeInt,
  raised_at: text,
  changed_at: maybeText,
  due_at: maybeText,
  snoozed_until: maybeText,
  owner: maybeText,
  level: v.nullish(v.number(), 0),
  name: maybeText,
  account: maybeText,
  tier: maybeText,
  priority: maybeText,
  channel: maybeText,
  why: v.nullish(text, ""),
  value: money,
  health_milli: maybeInt,
  group: maybeText,
  held_by: maybeText,
  cause: maybeText,
  action: maybeText,
  /** Null for one alert; how many of each severity a group row stands for. */
  severities: v.nullish(v.record(text, v.number()), null),
});
export type AlertRow = v.InferOutput<typeof alertRow>;

const silence = v.object({
  silence: text,
  matches: text,
  until: maybeText,
  actor: maybeText,
  reason: maybeText,
});
export type Silence = v.InferOutput<typeof silence>;

const quality = v.object({
  kind: text,
  raised: maybeInt,
  acknowledged: maybeInt,
  acted: maybeInt,
  ignored: maybeInt,
  ignored_bp: maybeInt,
  ack_median_ms: maybeInt,
  contact_median_ms: maybeInt,
  resolve_median_ms: maybeInt,
  open: maybeInt,
  suggestion: maybeText,
});
export type Quality = v.InferOutput<typeof quality>;

/** `id` and `target` name one delivery; an older or newer server may leave out the rest. */
export const delivery = v.object({
  id: text,
  target: text,
  alert: maybeText,
  customer: maybeText,
  severity: maybeText,
  what: maybeText,
  at: maybeText,
  attempt: maybeInt,
  outcome: text,
  status: v.nullish(v.union([v.number(), text]), null),
  detail: maybeText,
  next_at: maybeText,
  took_ms: maybeInt,
});
export type Delivery = v.InferOutput<typeof delivery>;

export const target = v.object({
  name: text,
  kind: v.nullish(text, ""),
  state: v.nullish(text, "closed"),
  waiting: maybeInt,
  last_ok_at: maybeText,
  last_error: maybeText,
});
export type Target = v.InferOutput<typeof target>;

const topic = <T>(name: string, row: v.GenericSchema<unknown, T>): Topic<T> => ({ name, log: false, row });

export const ALERTS = topic("alerts", alertRow);
export const SILENCES = topic("silences", silence);
export const ALERTING = topic("alerting", quality);
export const DELIVERIES = topic("deliveries", delivery);
export const TARGETS = topic("targets", target);

/** Names an alert on this page: its subject and its key together. */
export function alertId(row: { readonly customer: string; readonly alert: string }): string {
  return `${row.customer}\n${row.alert}`;
}

export function isOpen(row: { readonly state: AlertState }): boolean {
  return row.state === "triggered" || row.state === "acknowledged" || row.state === "snoozed";
}

/** How many alerts a row stands for. */
export function manyOf(row: AlertRow): number {
  return row.members ?? 1;
}
