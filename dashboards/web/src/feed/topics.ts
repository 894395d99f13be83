// The topics of docs/api.md with the shape of their rows. A row that does not fit is left out, never half shown.
import * as v from "valibot";
import type { Row } from "./topic";

const text = v.string();
const int = v.number();
const maybeInt = v.nullable(v.number());
const maybeText = v.nullish(v.string());

export interface Topic<T> {
  readonly name: string;
  readonly log: boolean;
  readonly row: v.GenericSchema<unknown, T>;
}

function state<T>(name: string, row: v.GenericSchema<unknown, T>): Topic<T> {
  return { name, log: false, row };
}

export const figure = v.object({
  key: text,
  value: maybeInt,
  unit: v.picklist(["count", "money", "bp", "milli", "nps", "ms"]),
  currency: v.optional(v.nullable(text), null),
  n: v.optional(v.nullable(int), null),
  prior: v.optional(maybeInt, null),
  trend: v.optional(v.nullable(v.array(maybeInt)), null),
  parts: v.optional(v.nullable(v.record(text, maybeInt)), null),
});
export type Figure = v.InferOutput<typeof figure>;
export type Unit = Figure["unit"];

const band = v.picklist(["poor", "watch", "good", "great", "unknown"]);
export type Band = v.InferOutput<typeof band>;

const healthBand = v.object({ from: int, to: maybeInt, band, customers: int });
export type HealthBand = v.InferOutput<typeof healthBand>;

const healthKind = v.object({
  kind: text,
  poor: int,
  watch: int,
  good: int,
  great: int,
  unknown: int,
  mean_milli: maybeInt,
});
export type HealthKind = v.InferOutput<typeof healthKind>;

const healthDay = v.object({ day: text, mean_milli: maybeInt, scored: int, unknown: int });
export type HealthDay = v.InferOutput<typeof healthDay>;

const ranked = v.object({
  customer: text,
  name: maybeText,
  kind: maybeText,
  segment: maybeText,
  owner: maybeText,
  band,
  score_milli: int,
  before_milli: maybeInt,
  value_minor: int,
  currency: text,
  at_risk_minor: int,
  worst: maybeText,
  worst_lost_milli: maybeInt,
  last_event_at: maybeText,
});
export type Ranked = v.InferOutput<typeof ranked>;

const stage = v.object({
  pipeline: text,
  stage: text,
  order: v.optional(maybeInt, null),
  probability_bp: v.optional(maybeInt, null),
  count: int,
  amount: maybeInt,
  weighted: maybeInt,
  currency: maybeText,
  status: text,
});
export type Stage = v.InferOutput<typeof stage>;

const money = v.object({ minor: int, currency: text });
export type Money = v.InferOutput<typeof money>;

const activity = v.object({
  place: text,
  kind: text,
  occurred_at: text,
  recorded_at: maybeText,
  customer: maybeText,
  headline: v.object({ what: text, amount: v.nullish(money), good: v.nullish(v.boolean()) }),
});
export type Activity = v.InferOutput<typeof activity>;

/** Operators' columns come and go with versions: what is not sent is not shown. */
const sometimes = v.nullish(v.number(), null);
const sometimesText = v.nullish(v.string(), null);

const partition = v.object({
  partition: int,
  owner: sometimesText,
  term: sometimes,
  state: text,
  applied_seq: sometimes,
  head_seq: sometimes,
  lag_records: sometimes,
  lag_ms: sometimes,
  clock: sometimesText,
  customers: sometimes,
  events: sometimes,
  duplicates: sometimes,
  late: sometimes,
  unreadable: sometimes,
  dead_letters: sometimes,
  events_per_s: sometimes,
  checkpoint_seq: sometimes,
  checkpoint_age_ms: sometimes,
  trouble: sometimesText,
});
export type Partition = v.InferOutput<typeof partition>;

const worker = v.object({ id: text, name: text, state: text, since: sometimesText, partitions: sometimes });
export type Worker = v.InferOutput<typeof worker>;

const source = v.object({
  source: text,
  kind: sometimesText,
  state: text,
  heard_at: sometimesText,
  missed_at: sometimesText,
  per_min_milli: sometimes,
  usual_per_min_milli: sometimes,
  stored: sometimes,
  rejected: sometimes,
  turned_away: sometimes,
  error_bp: sometimes,
  lag_ms: sometimes,
  by_hour: v.nullish(v.array(v.number()), null),
});
export type Source = v.InferOutput<typeof source>;

const operatorFigure = v.object({ key: text, value: maybeInt, unit: v.nullish(text, "count") });
export type OperatorFigure = v.InferOutput<typeof operatorFigure>;

const customerRow = v.object({ id: text, json: v.unknown() });

const sentiment = v.object({
  from: text,
  to: text,
  resolution: text,
  by: text,
  texts: int,
  mean_milli: maybeInt,
  margin_milli: maybeInt,
  negative: int,
  neutral: int,
  positive: int,
  unknown: int,
});
export type SentimentRow = v.InferOutput<typeof sentiment>;

const theme = v.object({
  theme: text,
  texts: int,
  mean_milli: maybeInt,
  negative: maybeInt,
  neutral: maybeInt,
  positive: maybeInt,
  unknown: maybeInt,
  share_bp: maybeInt,
  prior_texts: maybeInt,
  prior_share_bp: maybeInt,
});
export type ThemeRow = v.InferOutput<typeof theme>;

const competitor = v.object({ ...theme.entries, competitor: text, theme: v.optional(text, "") });
export type CompetitorRow = v.InferOutput<typeof competitor>;

const npsDay = v.object({ day: text, nps_promoters: int, nps_detractors: int, nps_answers: int });
export type NpsDay = v.InferOutput<typeof npsDay>;

export const NPS_DAYS = state("days", npsDay);
export const SENTIMENT = state("sentiment", sentiment);
export const THEMES = state("themes", theme);
export const COMPETITORS = state("competitors", competitor);
export const FIGURES = state("figures", figure);
export const HEALTH = state("health", healthBand);
export const HEALTH_KINDS = state("health.kinds", healthKind);
export const HEALTH_DAYS = state("health.days", healthDay);
export const RISK = state("risk", ranked);
export const MOVERS = state("health.movers", ranked);
export const PIPELINE = state("pipeline", stage);
export const ACTIVITY: Topic<Activity> = { name: "activity", log: true, row: activity };
export const PARTITIONS = state("partitions", partition);
export const WORKERS = state("workers", worker);
export const SOURCES = state("sources", source);
export const OPERATOR = state("operator", operatorFigure);
export const CUSTOMER = state("customer", customerRow);

/** Rows are replaced, never changed: each is read once, whoever shows it, and what did not change stays the same object. */
const readBefore = new WeakMap<object, WeakMap<Row, unknown>>();

/** The rows that fit the topic, and how many did not. */
export function readRows<T>(topic: Topic<T>, rows: readonly Row[]): { rows: T[]; unread: number } {
  const before = readBefore.get(topic.row) ?? new WeakMap<Row, unknown>();
  readBefore.set(topic.row, before);
  const read: T[] = [];
  for (const row of rows) {
    if (!before.has(row)) {
      const parsed = v.safeParse(topic.row, row);
      before.set(row, parsed.success ? parsed.output : null);
    }
    const known = before.get(row);
    if (known !== null) read.push(known as T);
  }
  return { rows: read, unread: rows.length - read.length };
}
