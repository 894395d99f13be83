// What things are called, and what to do about them.
import type { AlertState, Severity } from "./topics";

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  S1: "Critical",
  S2: "Serious",
  S3: "Attention",
  S4: "Notice",
};

export const STATE_WORDS: Readonly<Record<AlertState, string>> = {
  triggered: "Nobody on it",
  acknowledged: "Acknowledged",
  snoozed: "Snoozed",
  resolved: "Resolved",
  closed: "Closed",
};

const KINDS: Readonly<Record<string, readonly [label: string, next: string]>> = {
  recovery: [
    "Recovery",
    "Contact the customer, say sorry for what went wrong, and agree what puts it right before the time is up.",
  ],
  sla: ["SLA", "Answer the ticket, or get it to somebody who can: the clock runs against the promise."],
  health_drop: ["Health drop", "Look at what costs the most points, and call before they decide to leave."],
  delay: [
    "Delay",
    "Tell the customer before they ask: a new date from the carrier, and what you offer for the wait.",
  ],
  promise_slip: [
    "Promise slipped",
    "The new date is later than what was promised: agree it with the customer, or speed it up.",
  ],
  payment: [
    "Payment",
    "Find out why it did not go through and send a way to pay; hold what has not been shipped.",
  ],
  deal: ["Deal", "Call the contact, agree the next step with a date, or close the deal as lost."],
  competitor: [
    "Competitor",
    "Ask what the other offer has that yours lacks, and agree the next step while the deal is open.",
  ],
  sentiment_spike: [
    "Sentiment",
    "Read the last texts for what they have in common, and tell who can mend it.",
  ],
  stale_source: [
    "Silent source",
    "Nothing has come from this source for longer than usual: check that it runs and can reach NexusFlow.",
  ],
  dead_letters: [
    "Dead letters",
    "Events arrive that nobody can read: look at what the source changed, mend it, and send them again.",
  ],
};

export const KNOWN_KINDS: readonly string[] = Object.keys(KINDS);

const inWords = (key: string) => {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** A kind this page has no name for goes by its key: a newer server may have more. */
export function kindLabel(kind: string): string {
  return KINDS[kind]?.[0] ?? inWords(kind);
}

/** What to do next, in a sentence. */
export function nextStep(kind: string, state: AlertState): string {
  if (state === "resolved")
    return "Close it with its cause and what was done, so that others can learn from it.";
  if (state === "closed") return "Nothing more to do. Reopen it if it was not over after all.";
  return KINDS[kind]?.[1] ?? "Look at what happened, and act before the time is up.";
}

const SLA_TARGETS: Readonly<Record<string, string>> = {
  first_reply: "first reply",
  next_reply: "next reply",
  update: "update",
  requester_wait: "requester's wait",
  resolution: "resolution",
};

/** The kind with what it is about: "SLA, first reply". The cause is the last part of an alert's key. */
export function aboutLabel(kind: string, alert: string): string {
  const aim = kind === "sla" ? SLA_TARGETS[alert.split(":").at(-1) ?? ""] : undefined;
  return aim === undefined ? kindLabel(kind) : `${kindLabel(kind)}, ${aim}`;
}

const LEVELS = ["", "lead", "director", "executives"];

/** How far up it has been escalated; empty while it is its owner's. */
export function levelWords(level: number): string {
  return level <= 0 ? "" : `▲ ${LEVELS[level] ?? `level ${level}`}`;
}

const HISTORY: Readonly<Record<string, string>> = {
  raised: "Raised",
  repeated: "Happened again",
  raised_severity: "Raised in severity",
  escalated: "Escalated",
  acknowledged: "Acknowledged",
  assigned: "Assigned",
  snoozed: "Snoozed",
  woken: "Woke up",
  contacted: "Customer contacted",
  resolved: "Resolved",
  closed: "Closed",
  reopened: "Reopened",
};

export function historyWords(what: string): string {
  return HISTORY[what] ?? inWords(what);
}

/** Whether somebody has taken it, without saying who. */
export function takenWords(row: { readonly state: AlertState; readonly owner: string | null }): string {
  return row.state === "triggered" && row.owner !== null ? "Not acknowledged" : STATE_WORDS[row.state];
}

/** `1 alert`, `3 alerts`. */
export function many(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
