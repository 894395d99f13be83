// Asks for a change in the life of an alert, and says what was decided.
import * as v from "valibot";
import { meetUnauthorized } from "../api/session";
import { alertApi, groupApi } from "./address";

export type Verb = "acknowledge" | "assign" | "snooze" | "contact" | "resolve" | "close" | "reopen";

/** What a verb needs besides who asks. */
export interface Particulars {
  readonly assignee?: string;
  readonly until?: string;
  readonly channel?: string;
  readonly note?: string;
  readonly cause?: string;
  readonly action?: string;
}

export interface Command {
  /** Its own: a repetition with the same id hears the first decision. */
  readonly id: string;
  readonly verb: Verb;
  readonly actor: string;
  readonly particulars: Particulars;
  readonly about:
    | { readonly kind: "alert"; readonly customer: string; readonly alert: string; readonly revision: number }
    | { readonly kind: "group"; readonly group: string };
}

/**
 * `refused`: it was decided, and not as asked. `denied`: this browser may not ask. `unknown`: nobody knows whether it was
 * decided; asking again with the same id tells.
 */
export type Decision =
  | { readonly kind: "accepted"; readonly message: string }
  | { readonly kind: "refused"; readonly code: string; readonly message: string }
  | { readonly kind: "invalid"; readonly message: string }
  | { readonly kind: "denied"; readonly signIn: boolean; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string };

const PATIENCE_MS = 12_000;

const accepted = v.object({ accepted: v.literal(true), message: v.nullish(v.string(), "") });
const group = v.object({ accepted: v.number(), refused: v.number() });
const refusal = v.object({
  error: v.object({
    code: v.nullish(v.string(), ""),
    message: v.nullish(v.string(), ""),
    field: v.nullish(v.string(), null),
  }),
});

const DONE: Readonly<Record<Verb, string>> = {
  acknowledge: "acknowledged",
  assign: "assigned",
  snooze: "snoozed",
  contact: "marked as contacted",
  resolve: "resolved",
  close: "closed",
  reopen: "reopened",
};

/** What is sent: the address and the body. */
export function requestOf({ id, verb, actor, particulars, about }: Command): { path: string; body: object } {
  if (about.kind === "group")
    return { path: groupApi(about.group, verb), body: { id, actor, ...particulars } };
  const { customer, alert, revision } = about;
  return { path: alertApi(customer, alert, verb), body: { id, revision, actor, ...particulars } };
}

/** What an answer means. */
export function decisionOf(verb: Verb, status: number, body: unknown): Decision {
  if (status === 200) {
    const one = v.safeParse(accepted, body);
    if (one.success) return { kind: "accepted", message: one.output.message || DONE[verb] };
    const all = v.safeParse(group, body);
    if (all.success) return ofGroup(verb, all.output.accepted, all.output.refused);
    return { kind: "unknown", message: "The server's answer was not understood." };
  }
  const read = v.safeParse(refusal, body);
  const error = read.success ? read.output.error : { code: "", message: "", field: null };
  if (status === 401) return { kind: "denied", signIn: true, message: "This browser is not signed in." };
  if (status === 403) {
    const why = error.message || "this browser may look, but not act";
    return { kind: "denied", signIn: true, message: `Not allowed: ${why}.` };
  }
  if (status === 404)
    return { kind: "refused", code: "unknown_alert", message: "There is no such alert any more." };
  if (status === 409) return { kind: "refused", code: error.code, message: error.message || error.code };
  if (status >= 400 && status < 500) {
    const field = error.field === null ? "" : `${error.field}: `;
    return { kind: "invalid", message: `${field}${error.message || `the server answered ${status}`}` };
  }
  return { kind: "unknown", message: error.message || `The server answered ${status}.` };
}

function ofGroup(verb: Verb, done: number, refused: number): Decision {
  const message = refused === 0 ? `${done} ${DONE[verb]}` : `${done} ${DONE[verb]}, ${refused} refused`;
  if (done === 0 && refused > 0) return { kind: "refused", code: "all_refused", message };
  return { kind: "accepted", message };
}

/** Asks, and waits for the decision. Never throws: what can't be known is said to be unknown. */
export async function ask(command: Command): Promise<Decision> {
  const { path, body } = requestOf(command);
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
      signal: abort.signal,
    });
    if (answer.status === 401) meetUnauthorized();
    return decisionOf(command.verb, answer.status, await answer.json().catch(() => null));
  } catch {
    const message = abort.signal.aborted ? "The server took too long." : "The server can't be reached.";
    return { kind: "unknown", message };
  } finally {
    clearTimeout(timer);
  }
}

/** A name of its own for a command, also where the page came without TLS and `randomUUID` is missing. */
export function freshId(from: Crypto = crypto): string {
  if (typeof from.randomUUID === "function") return from.randomUUID();
  const bytes = from.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
