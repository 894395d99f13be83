// A customer as docs/api.md has it. Facets may be missing: a customer known from one e-mail has no deliveries.
import * as v from "valibot";
import { word } from "../voice/texts";

const text = v.string();
const int = v.number();
const maybeText = v.nullish(v.string(), null);
const maybeInt = v.nullish(v.number(), null);
const zero = v.nullish(v.number(), 0);
const money = v.object({ minor: int, currency: text });
const monies = v.nullish(v.array(money), []);
const mean = v.nullish(v.object({ mean_milli: maybeInt, n: zero }), null);

const indicator = v.object({
  key: text,
  value_milli: maybeInt,
  weight: int,
  contribution_milli: maybeInt,
  why: v.nullish(text, ""),
  number: maybeInt,
  unit: v.nullish(text, ""),
  curve: v.nullish(v.array(v.tuple([int, int])), []),
  valid_days: maybeInt,
  events: v.nullish(v.array(text), []),
});
export type Indicator = v.InferOutput<typeof indicator>;

const change = v.object({
  at: text,
  cause: text,
  place: maybeText,
  before_milli: maybeInt,
  after_milli: maybeInt,
  band: v.nullish(text, "unknown"),
  moved: v.nullish(v.array(v.object({ key: text, from_milli: maybeInt, to_milli: maybeInt })), []),
  config: v.nullish(text, ""),
});
export type Change = v.InferOutput<typeof change>;

const health = v.object({
  score_milli: maybeInt,
  band: v.nullish(text, "unknown"),
  coverage_bp: maybeInt,
  value: v.nullish(money, null),
  indicators: v.nullish(v.array(indicator), []),
  changes: v.nullish(v.array(change), []),
  days: v.nullish(v.array(v.object({ day: text, score_milli: maybeInt })), []),
  config: v.nullish(text, ""),
});
export type CustomerHealth = v.InferOutput<typeof health>;

const ticket = v.object({
  ticket: text,
  status: v.nullish(text, ""),
  priority: maybeText,
  opened_at: maybeText,
  resolved_at: maybeText,
  first_reply_ms: maybeInt,
});
export type Ticket = v.InferOutput<typeof ticket>;

const opportunity = v.object({
  opportunity: text,
  pipeline: maybeText,
  stage: maybeText,
  amount: v.nullish(money, null),
  status: v.nullish(text, "open"),
});

/** How a text of the customer is meant, and the words that carried it. */
const meaning = v.object({
  score_milli: v.nullish(v.number(), null),
  class: v.picklist(["negative", "neutral", "positive", "unknown"]),
  themes: v.nullish(v.array(v.string()), []),
  labelled: v.nullish(v.boolean(), false),
  words: v.nullish(v.array(word), []),
});

const entry = v.object({
  place: v.nullish(text, ""),
  kind: text,
  id: v.nullish(text, ""),
  source: maybeText,
  occurred_at: text,
  what: v.nullish(text, ""),
  amount: v.nullish(money, null),
  good: v.nullish(v.boolean(), null),
  text: maybeText,
  data: v.optional(v.unknown()),
  sentiment: v.nullish(meaning, null),
});
export type TimelineEntry = v.InferOutput<typeof entry>;

export const customer = v.object({
  id: text,
  name: maybeText,
  kind: maybeText,
  segment: maybeText,
  tier: maybeText,
  country: maybeText,
  owner: maybeText,
  since: maybeText,
  email: maybeText,
  merged_into: v.nullish(v.string(), null),
  merged: v.nullish(v.array(v.string()), []),
  phone: maybeText,
  account: maybeText,
  first_event_at: maybeText,
  last_event_at: maybeText,
  events: zero,
  health: v.nullish(health, null),
  commerce: v.nullish(
    v.object({
      orders: zero,
      cancelled: zero,
      returned: zero,
      value: monies,
      paid: monies,
      first_order_at: maybeText,
      last_order_at: maybeText,
    }),
    null,
  ),
  delivery: v.nullish(
    v.object({ delivered: zero, late: zero, open: zero, lead_time_mean_ms: maybeInt }),
    null,
  ),
  tickets: v.nullish(
    v.object({ open: zero, opened: zero, resolved: zero, items: v.nullish(v.array(ticket), []) }),
    null,
  ),
  satisfaction: v.nullish(
    v.object({
      nps: v.nullish(v.object({ last: maybeInt, n: zero }), null),
      csat: mean,
      ces: mean,
      reviews: mean,
    }),
    null,
  ),
  sentiment: v.nullish(
    v.object({ mean_milli: maybeInt, n: zero, unknown: zero, last_milli: maybeInt }),
    null,
  ),
  opportunities: v.nullish(v.array(opportunity), []),
  timeline: v.nullish(v.array(entry), []),
  as_of: maybeText,
  place: maybeText,
});
export type Customer = v.InferOutput<typeof customer>;

/** The `customer` topic's `json` column: the object itself, or its text. */
export function readCustomer(json: unknown): Customer | null {
  let value = json;
  if (typeof json === "string") {
    try {
      value = JSON.parse(json);
    } catch {
      return null;
    }
  }
  const parsed = v.safeParse(customer, value);
  return parsed.success ? parsed.output : null;
}

const found = v.object({
  id: text,
  name: maybeText,
  kind: maybeText,
  country: maybeText,
  health: v.nullish(v.object({ score_milli: maybeInt, band: v.nullish(text, "unknown") }), null),
  orders: zero,
  paid: monies,
  last_event_at: maybeText,
});
export type FoundCustomer = v.InferOutput<typeof found>;

export const foundCustomers = v.object({ as_of: maybeText, items: v.array(found) });
