// The topics of the pipeline, as docs/pipeline.md tells them.
import * as v from "valibot";
import type { Topic } from "../feed/topics";

const text = v.string();
const int = v.number();
const maybeInt = v.nullable(v.number());
const maybeText = v.nullish(v.string(), null);

function topic<T>(name: string, row: v.GenericSchema<unknown, T>): Topic<T> {
  return { name, log: false, row };
}

const step = v.object({ pipeline: text, step: text, order: int, count: int, amount: int, currency: text });
export type Step = v.InferOutput<typeof step>;

const funnelStage = v.object({
  pipeline: text,
  stage: text,
  order: int,
  entered: int,
  advanced: int,
  advanced_bp: maybeInt,
  skipped: int,
  reentered: int,
  won: int,
  lost: int,
  open: int,
});
export type FunnelStage = v.InferOutput<typeof funnelStage>;

const month = v.object({
  month: text,
  created: int,
  won: int,
  lost: int,
  created_rate_bp: maybeInt,
  closed_rate_bp: maybeInt,
  won_value: int,
  cycle_median_ms: maybeInt,
  cycle_p90_ms: maybeInt,
  pushed: int,
  pushes: int,
  slipped: int,
  slip_known: int,
  currency: text,
});
export type Month = v.InferOutput<typeof month>;

const week = v.object({
  segment: text,
  week: text,
  open: int,
  won: int,
  lost: int,
  size: maybeInt,
  rate_bp: maybeInt,
  cycle_mean_ms: maybeInt,
  velocity: maybeInt,
  currency: text,
});
export type Week = v.InferOutput<typeof week>;

const segment = v.object({
  segment: text,
  decided: int,
  won: int,
  rate_bp: maybeInt,
  shrunk_rate_bp: int,
  lift_bp: int,
  won_before: int,
  growth_bp: maybeInt,
  shrunk_growth_bp: maybeInt,
  rank: int,
});
export type Segment = v.InferOutput<typeof segment>;

const quota = v.object({
  level: v.picklist(["organisation", "team", "seller"]),
  name: text,
  team: maybeText,
  from: text,
  to: text,
  quota: int,
  attained: int,
  deals: int,
  attained_bp: maybeInt,
  pace_bp: maybeInt,
  open: maybeInt,
  weighted: maybeInt,
  coverage_bp: maybeInt,
  currency: text,
});
export type Quota = v.InferOutput<typeof quota>;

const forecast = v.object({
  period: v.picklist(["this_month", "next_month", "this_quarter", "next_quarter"]),
  from: text,
  to: text,
  so_far: int,
  value: int,
  low: maybeInt,
  high: maybeInt,
  is_early: v.boolean(),
  bias_bp: maybeInt,
  error_bp: maybeInt,
  origins: int,
  ways: v.array(v.object({ way: text, value: int, weight_bp: int })),
  fan: v.array(v.tuple([text, int, int, int])),
  won: v.array(v.tuple([text, int])),
  currency: text,
});
export type Forecast = v.InferOutput<typeof forecast>;

export const BRIDGE = topic("bridge", step);
export const FUNNEL = topic("funnel", funnelStage);
export const WIN_RATE = topic("win_rate", month);
export const VELOCITY = topic("velocity", week);
export const SEGMENTS = topic("segments", segment);
export const QUOTA = topic("quota", quota);
export const FORECAST = topic("forecast", forecast);

const deal = v.object({
  opportunity: text,
  customer: text,
  customer_name: maybeText,
  name: maybeText,
  pipeline: text,
  stage: text,
  status: text,
  amount: v.nullish(v.object({ minor: int, currency: text }), null),
  owner: maybeText,
  segment: maybeText,
  created_at: maybeText,
  in_stage_since: maybeText,
  expected_close_at: maybeText,
  closed_at: maybeText,
  pushes: int,
  lost_because: maybeText,
});
export type Deal = v.InferOutput<typeof deal>;

export const deals = v.object({ total: int, items: v.array(deal), missing_partitions: v.array(int) });
