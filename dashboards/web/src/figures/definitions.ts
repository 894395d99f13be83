// What each figure means, in words for whoever asks "what is that number?". One line a figure.

import type { Period } from "./periods";

/** Whether more is better, worse, or neither. */
export type Wish = "up" | "down" | "none";

export interface Definition {
  readonly key: string;
  readonly title: string;
  /** Where there is little room. */
  readonly short?: string;
  readonly wish: Wish;
  readonly means: string;
  /** What `n` counts, after the number: "12 deliveries". */
  readonly counted: string;
  /** What to say in place of a value, when there is none; `reasonFor` adds since when. */
  readonly none: string;
  readonly parts?: Readonly<Record<string, string>>;
}

export const DEFINITIONS: readonly Definition[] = [
  {
    key: "orders",
    title: "Orders",
    wish: "up",
    means: "Orders placed in the period, whether or not they were cancelled later.",
    counted: "orders",
    none: "No orders",
  },
  {
    key: "order_value",
    title: "Order value",
    short: "Ordered",
    wish: "up",
    means:
      "What was ordered in the period, at the price of ordering, cancelled orders included. It is what customers asked for; revenue is what they paid.",
    counted: "orders",
    none: "No orders",
  },
  {
    key: "freight",
    title: "Freight",
    wish: "none",
    means:
      "What customers were charged for delivery on orders placed in the period, part of the order value.",
    counted: "orders",
    none: "No orders",
  },
  {
    key: "revenue",
    title: "Revenue",
    wish: "up",
    means:
      "Payments received in the period less payments reversed. Each currency stands by itself: nothing is converted.",
    counted: "payments",
    none: "No payments",
  },
  {
    key: "on_time_share",
    title: "Delivered on time",
    short: "On time",
    wish: "up",
    means: "Of all deliveries made in the period, the share that arrived no later than promised.",
    counted: "deliveries",
    none: "No deliveries",
    parts: { delivered: "Delivered", late: "Late", failed: "Failed" },
  },
  {
    key: "lead_time_median",
    title: "Lead time, median",
    short: "Lead time",
    wish: "down",
    means: "The time from purchase to delivery that half of the deliveries beat.",
    counted: "deliveries",
    none: "No deliveries",
  },
  {
    key: "overdue_deliveries",
    title: "Deliveries overdue",
    short: "Overdue",
    wish: "down",
    means: "Deliveries under way that should have arrived by now, whatever the period.",
    counted: "deliveries under way",
    none: "No deliveries under way",
  },
  {
    key: "open_tickets",
    title: "Open tickets",
    wish: "down",
    means: "Support tickets not yet resolved, as of now, whatever the period.",
    counted: "tickets",
    none: "No tickets",
  },
  {
    key: "tickets_opened",
    title: "Tickets opened",
    short: "Opened",
    wish: "down",
    means: "Support tickets opened in the period.",
    counted: "tickets",
    none: "No tickets",
  },
  {
    key: "tickets_resolved",
    title: "Tickets resolved",
    short: "Resolved",
    wish: "up",
    means: "Support tickets resolved in the period.",
    counted: "tickets",
    none: "No tickets",
  },
  {
    key: "first_reply_median",
    title: "First reply, median",
    short: "First reply",
    wish: "down",
    means: "The time from opening a ticket to the first answer by a person that half of the tickets beat.",
    counted: "tickets answered",
    none: "No replies",
  },
  {
    key: "resolution_median",
    title: "Resolution, median",
    short: "Resolution",
    wish: "down",
    means: "The time from opening a ticket to its resolution that half of the tickets beat.",
    counted: "tickets resolved",
    none: "Nothing resolved",
  },
  {
    key: "sla_missed_share",
    title: "SLA missed",
    wish: "down",
    means: "Of the tickets closed in the period whose source says so, the share that missed its agreed time.",
    counted: "tickets closed",
    none: "No closed tickets with an SLA",
  },
  {
    key: "nps",
    title: "NPS",
    wish: "up",
    means:
      "Net Promoter Score: the percentage of answers of 9 or 10 less the percentage of 0 to 6. From −100 to +100.",
    counted: "answers",
    none: "No answers",
    parts: { promoters: "Promoters (9–10)", passives: "Passives (7–8)", detractors: "Detractors (0–6)" },
  },
  {
    key: "csat",
    title: "CSAT",
    wish: "up",
    means: "Mean satisfaction in surveys, brought to a scale of 1 to 5.",
    counted: "answers",
    none: "No answers",
  },
  {
    key: "ces",
    title: "Ease (CES)",
    wish: "up",
    means: "Mean answer to how easy it was made for the customer, from 1 (very hard) to 7 (very easy).",
    counted: "answers",
    none: "No answers",
  },
  {
    key: "review_score",
    title: "Review score",
    short: "Reviews",
    wish: "up",
    means: "Mean of the scores in reviews, brought to a scale of 1 to 5.",
    counted: "reviews",
    none: "No reviews",
    parts: { s5: "5", s4: "4", s3: "3", s2: "2", s1: "1" },
  },
  {
    key: "sentiment",
    title: "Sentiment",
    wish: "up",
    means:
      "The mood of what customers wrote, from −1 (angry) to +1 (delighted), averaged over the texts it could be told of.",
    counted: "texts",
    none: "No texts",
    parts: { positive: "Positive", neutral: "Neutral", negative: "Negative", unknown: "Can't tell" },
  },
  {
    key: "pipeline_open",
    title: "Open pipeline",
    wish: "up",
    means: "The sum of all open opportunities, as of now.",
    counted: "opportunities",
    none: "No opportunities",
  },
  {
    key: "pipeline_weighted",
    title: "Weighted pipeline",
    short: "Pipeline",
    wish: "up",
    means:
      "Open opportunities, each counted by the probability of its stage: what the pipeline is worth on average.",
    counted: "opportunities",
    none: "No opportunities",
  },
  {
    key: "won_value",
    title: "Won",
    wish: "up",
    means: "The value of opportunities won in the period.",
    counted: "opportunities",
    none: "Nothing won",
  },
  {
    key: "win_rate",
    title: "Win rate",
    wish: "up",
    means: "Of the opportunities decided in the period, the share that was won.",
    counted: "decided",
    none: "Nothing decided",
    parts: { won: "Won", lost: "Lost", created: "New" },
  },
  {
    key: "health_mean",
    title: "Customer health, mean",
    short: "Health",
    wish: "up",
    means: "The mean health score of all customers there is enough known of, from 0 to 100.",
    counted: "customers",
    none: "Not enough known",
  },
  {
    key: "customers",
    title: "Customers",
    wish: "up",
    means: "Everybody known, as of now, whatever the period.",
    counted: "customers",
    none: "No customers",
  },
  {
    key: "active_customers",
    title: "Active customers",
    short: "Active",
    wish: "up",
    means: "Customers of whom at least one event happened in the period.",
    counted: "customers",
    none: "Nobody",
  },
];

const BY_KEY = new Map(DEFINITIONS.map((each) => [each.key, each]));

/** `revenue:USD` is `revenue` in another currency. */
export function baseKey(key: string): string {
  const at = key.indexOf(":");
  return at < 0 ? key : key.slice(0, at);
}

/** A figure the server knows and this page does not is still shown, by its key. */
export function definitionOf(key: string): Definition {
  const base = baseKey(key);
  const known = BY_KEY.get(base);
  if (known !== undefined) return known;
  const title = base.charAt(0).toUpperCase() + base.slice(1).replaceAll("_", " ");
  return {
    key: base,
    title,
    wish: "none",
    means: "A figure this page has no description of yet.",
    counted: "observations",
    none: "No data",
  };
}

const STANDING = new Set(["open_tickets", "customers", "pipeline_open", "pipeline_weighted", "health_mean"]);

/** Whether a figure is true as of now, whatever the period. */
export function isStanding(key: string): boolean {
  return STANDING.has(baseKey(key));
}

/** Why there is no value: "No deliveries today". */
export function reasonFor(key: string, period: Period): string {
  const { none } = definitionOf(key);
  if (period === "all" || isStanding(key)) return `${none} yet`;
  return period === "today" ? `${none} today` : `${none} in this period`;
}
