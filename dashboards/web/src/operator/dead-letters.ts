// What could not be understood: asking for it, and deciding what becomes of it.
import * as v from "valibot";
import { ApiError } from "../api/get";
import { postJson } from "../api/post";

const decided = v.object({
  state: v.string(),
  by: v.nullish(v.string(), null),
  at: v.nullish(v.string(), null),
  places: v.nullish(v.array(v.string()), []),
});

const line = v.object({
  sequence: v.number(),
  source: v.string(),
  kind: v.string(),
  received_at: v.string(),
  field: v.string(),
  reason: v.string(),
  bytes: v.number(),
  decided,
});
export type DeadLetter = v.InferOutput<typeof line>;

export const deadLetters = v.object({
  items: v.array(line),
  before: v.nullish(v.number(), null),
  waiting: v.number(),
  all: v.number(),
});

export const wholeLetter = v.object({
  ...line.entries,
  headers: v.record(v.string(), v.string()),
  payload: v.nullish(v.string(), null),
  payload_base64: v.nullish(v.string(), null),
});
export type WholeLetter = v.InferOutput<typeof wholeLetter>;

export type State = "waiting" | "retried" | "dropped" | "all";

/** Where a page of them is; `before` goes on from the page before. */
export function listPath(state: State, source: string, before: number | null): string {
  const query = new URLSearchParams({ state, limit: "100" });
  if (source !== "") query.set("source", source);
  if (before !== null) query.set("before", String(before));
  return `/api/v1/dead-letters?${query}`;
}

const told = v.object({ ...decided.entries, before: v.nullish(v.boolean(), false) });

/** What came of several. */
export interface Outcome {
  readonly done: number;
  /** Decided by somebody before. */
  readonly before: number;
  /** Why others were not. */
  readonly failed: readonly string[];
}

/** Decides about each, one after the other, and tells how far it got. */
export async function decide(
  verb: "retry" | "drop",
  sequences: readonly number[],
  actor: string,
  onStep: (done: number) => void,
): Promise<Outcome> {
  let [done, before] = [0, 0];
  const failed: string[] = [];
  for (const [at, sequence] of sequences.entries()) {
    onStep(at);
    try {
      const answer = await postJson(`/api/v1/dead-letters/${sequence}/${verb}`, { actor }, told);
      if (answer.before) before += 1;
      else done += 1;
    } catch (error) {
      failed.push(`${sequence}: ${error instanceof Error ? error.message : String(error)}`);
      // Nobody there, or not allowed: the others would hear the same.
      if (error instanceof ApiError && (error.status === 0 || [401, 403].includes(error.status))) break;
    }
  }
  return { done, before, failed };
}

/** An outcome in a sentence. */
export function outcomeWords(verb: "retry" | "drop", { done, before, failed }: Outcome): string {
  const parts = [
    done > 0 && `${done} ${verb === "retry" ? "understood and stored" : "dropped"}`,
    before > 0 && `${before} decided before`,
    failed.length > 0 && `${failed.length} ${verb === "retry" ? "still not understood" : "not dropped"}`,
  ].filter((part) => part !== false);
  const sentence = parts.length === 0 ? "Nothing was chosen" : parts.join(", ");
  return failed.length > 0 ? `${sentence} (${failed.slice(0, 3).join("; ")})` : `${sentence}.`;
}

/** A payload as it can be read: JSON indented, other text as it is, of bytes how many there are. */
export function payloadText(letter: WholeLetter): string {
  if (letter.payload === null)
    return `${letter.bytes} bytes that are no text: nexusflow dlq show --raw ${letter.sequence}`;
  try {
    return JSON.stringify(JSON.parse(letter.payload), null, 2);
  } catch {
    return letter.payload;
  }
}
