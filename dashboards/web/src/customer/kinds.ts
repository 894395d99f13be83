// Event kinds by what they are about, for the timeline's filter.

const GROUPS: readonly (readonly [string, readonly string[]])[] = [
  ["Orders", ["order", "quote", "booking", "inventory"]],
  ["Payments", ["payment", "invoice", "revenue", "subscription"]],
  ["Delivery", ["delivery", "supply"]],
  ["Support", ["ticket", "reply", "recovery"]],
  ["Feedback", ["survey", "review", "feedback", "mention", "expectation"]],
  ["Sales", ["opportunity", "lead", "owner", "call", "meeting", "visit", "forecast"]],
  ["Contact", ["email", "chat", "sms", "campaign", "consent", "form", "document", "event"]],
  ["Usage", ["page", "product"]],
];

const BY_PREFIX = new Map(
  GROUPS.flatMap(([group, prefixes]) => prefixes.map((prefix) => [prefix, group] as const)),
);

export const GROUP_ORDER: readonly string[] = [...GROUPS.map(([group]) => group), "Other"];

/** `order.placed` belongs to Orders. */
export function groupOf(kind: string): string {
  return BY_PREFIX.get(kind.split(".")[0] ?? "") ?? "Other";
}
