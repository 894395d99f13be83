// What may be done with an alert, when, and by which key.
import type { Verb } from "./command";
import type { AlertState } from "./topics";

export interface Action {
  readonly verb: Verb;
  readonly label: string;
  readonly key: string;
  /** The states it makes sense in. */
  readonly from: readonly AlertState[];
  /** Done at once; else something has to be said first. */
  readonly atOnce: boolean;
  readonly forGroups: boolean;
}

const OPEN: readonly AlertState[] = ["triggered", "acknowledged", "snoozed"];

export const ACTIONS: readonly Action[] = [
  {
    verb: "acknowledge",
    label: "Acknowledge",
    key: "a",
    from: ["triggered", "snoozed"],
    atOnce: true,
    forGroups: true,
  },
  { verb: "contact", label: "Contacted", key: "c", from: OPEN, atOnce: false, forGroups: false },
  { verb: "assign", label: "Assign", key: "m", from: OPEN, atOnce: false, forGroups: true },
  { verb: "snooze", label: "Snooze", key: "s", from: OPEN, atOnce: false, forGroups: true },
  { verb: "resolve", label: "Resolve", key: "r", from: OPEN, atOnce: false, forGroups: true },
  { verb: "close", label: "Close", key: "x", from: [...OPEN, "resolved"], atOnce: false, forGroups: true },
  {
    verb: "reopen",
    label: "Reopen",
    key: "o",
    from: ["resolved", "closed"],
    atOnce: false,
    forGroups: false,
  },
];

export function actionsFor(state: AlertState, group: boolean): readonly Action[] {
  return ACTIONS.filter((action) => action.from.includes(state) && (!group || action.forGroups));
}

export const CHANNELS = ["Phone", "E-mail", "Chat", "In person", "Other"] as const;

export const CAUSES = [
  "Late delivery",
  "Damaged or wrong item",
  "Billing or payment",
  "Slow or wrong answer",
  "Product did not do what was expected",
  "Our system",
  "False alarm",
] as const;

export const CLOSING_ACTIONS = [
  "Apologised and explained",
  "Replacement sent",
  "Refunded",
  "Discount or voucher",
  "Fixed",
  "Handed over",
  "Nothing to do",
] as const;
