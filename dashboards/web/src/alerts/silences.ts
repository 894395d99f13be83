// Making and lifting silences, and what to tell the person who asked.
import { meetUnauthorized } from "../api/session";
import { decisionOf } from "./command";

export interface NewSilence {
  readonly id: string;
  readonly matches: string;
  /** RFC 3339. */
  readonly until: string;
  readonly actor: string;
  readonly reason?: string;
}

async function told(request: () => Promise<Response>, done: string): Promise<string> {
  try {
    const answer = await request();
    if (answer.status === 401) meetUnauthorized();
    if (answer.ok) return done;
    const decision = decisionOf("acknowledge", answer.status, await answer.json().catch(() => null));
    return `Not done: ${decision.message}`;
  } catch {
    return "The server can't be reached: it is not known whether it was done.";
  }
}

const JSON_HEADERS = { "content-type": "application/json", accept: "application/json" };

/** Asks for a silence; what came of it, in words. */
export function makeSilence(silence: NewSilence): Promise<string> {
  const body = JSON.stringify(silence);
  const request = () => fetch("/api/v1/silences", { method: "POST", headers: JSON_HEADERS, body });
  return told(request, "Silenced. It stands under Silences, and can be lifted there.");
}

/** Lifts one; what came of it, in words. */
export function liftSilence(id: string, actor: string): Promise<string> {
  const path = `/api/v1/silences/${encodeURIComponent(id)}?actor=${encodeURIComponent(actor)}`;
  return told(() => fetch(path, { method: "DELETE", headers: JSON_HEADERS }), `${id} is lifted.`);
}

/** Sends a test through a target; what came of it, in words. */
export function testTarget(name: string, actor: string): Promise<string> {
  const path = `/api/v1/targets/${encodeURIComponent(name)}/test`;
  const body = JSON.stringify({ actor });
  return told(
    () => fetch(path, { method: "POST", headers: JSON_HEADERS, body }),
    `A test is on its way to ${name}; it shows below.`,
  );
}
