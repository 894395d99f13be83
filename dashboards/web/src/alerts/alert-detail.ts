// One alert, whole, as `GET /api/v1/alerts/{customer}/{alert}` tells it.
import * as v from "valibot";

const text = v.string();
const maybeText = v.nullish(text, null);

const history = v.object({
  revision: v.nullish(v.number(), 0),
  at: text,
  actor: maybeText,
  what: text,
  note: maybeText,
});
export type HistoryEntry = v.InferOutput<typeof history>;

const evidence = v.object({
  place: v.nullish(text, ""),
  kind: v.nullish(text, ""),
  occurred_at: maybeText,
  what: v.nullish(text, ""),
  text: maybeText,
});
export type Evidence = v.InferOutput<typeof evidence>;

export const alertDetail = v.object({
  alert: v.record(text, v.unknown()),
  history: v.nullish(v.array(history), []),
  evidence: v.nullish(v.array(evidence), []),
  /** What there is to say of an SLA's clock; a newer server may say more. */
  clock: v.nullish(v.record(text, v.unknown()), null),
});
export type AlertDetail = v.InferOutput<typeof alertDetail>;
