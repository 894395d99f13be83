import type { Indicator } from "../api/customer";

/** Named by what is good: `payment.failed` at full points means that payments went through. */
const NAMES: Readonly<Record<string, string>> = {
  "order.recency": "Ordered lately",
  "order.frequency": "Orders placed",
  "order.cancelled": "Orders kept",
  "order.returned": "Nothing sent back",
  "delivery.on_time": "Deliveries on time",
  "delivery.failed": "Deliveries made",
  "delivery.overdue": "None overdue",
  "payment.failed": "Payments made",
  "payment.overdue": "Invoices paid",
  "subscription.growth": "Subscriptions kept",
  "tickets.open": "Few open tickets",
  "tickets.resolution": "Tickets resolved soon",
  "tickets.reopened": "Resolved for good",
  "tickets.sla": "Service level met",
  nps: "Would recommend",
  csat: "Satisfaction",
  ces: "Little effort",
  reviews: "Reviews",
  sentiment: "Sentiment",
  "engagement.recency": "Heard from lately",
  "engagement.frequency": "Heard from often",
  "usage.recency": "Used lately",
  "usage.frequency": "Used often",
  "usage.trend": "Used as much as before",
  "relationship.contact": "Spoken with lately",
  "relationship.tenure": "Long a customer",
  "relationship.owner": "The same owner",
};

/** An indicator this page has no name for goes by its key: `usage.adoption` is "Usage · adoption". */
export function indicatorName(key: string): string {
  const known = NAMES[key];
  if (known !== undefined) return known;
  const [facet = "", ...rest] = key.split(".");
  const words = (text: string) => text.replaceAll("_", " ");
  const head = facet.charAt(0).toUpperCase() + words(facet).slice(1);
  return rest.length > 0 ? `${head} · ${words(rest.join(" "))}` : head;
}

export interface Step extends Indicator {
  /** The thousandths of a point this indicator could give: its share of the weights of those that are known. */
  readonly most: number;
  /** The sum of the contributions before it; its own goes on from there. */
  readonly from: number;
}

const lost = (each: Omit<Step, "from">) =>
  each.contribution_milli === null ? -1 : each.most - each.contribution_milli;

/** The way from nothing to the score: what costs the most points first, what nothing is known of last. */
export function waterfall(indicators: readonly Indicator[]): Step[] {
  const known = indicators.filter((each) => each.contribution_milli !== null);
  const weights = known.reduce((sum, each) => sum + each.weight, 0);
  let sum = 0;
  return indicators
    .map((each) => ({ ...each, most: weights > 0 ? (100_000 * each.weight) / weights : 0 }))
    .sort((a, b) => lost(b) - lost(a))
    .map((each) => {
      const from = sum;
      sum += each.contribution_milli ?? 0;
      return { ...each, from };
    });
}

/** What would lift the score most: points that are there to be had. */
export function lifts(steps: readonly Step[], most: number): { step: Step; points: number }[] {
  return steps
    .filter((step) => step.contribution_milli !== null)
    .map((step) => ({ step, points: lost(step) }))
    .filter(({ points }) => points >= 500)
    .sort((a, b) => b.points - a.points)
    .slice(0, most);
}
