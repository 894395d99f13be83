// Single texts of customers, as GET /api/v1/texts has them.
import * as v from "valibot";

const maybeText = v.nullish(v.string(), null);
const maybeInt = v.nullish(v.number(), null);

export const word = v.object({ from: v.number(), to: v.number(), milli: v.number() });
export type Word = v.InferOutput<typeof word>;

const item = v.object({
  place: v.string(),
  customer: v.string(),
  id: v.string(),
  kind: v.string(),
  at: v.string(),
  channel: v.string(),
  text: v.string(),
  score_milli: maybeInt,
  sentiment: v.picklist(["negative", "neutral", "positive", "unknown"]),
  themes: v.array(v.string()),
  sure_milli: v.number(),
  labelled: v.boolean(),
  theme_guess: v.nullish(v.object({ theme: maybeText, sure_milli: v.number() }), null),
  words: v.array(word),
});
export type TextItem = v.InferOutput<typeof item>;
export type Sentiment = TextItem["sentiment"];

export const textList = v.object({
  items: v.array(item),
  missing_partitions: v.optional(v.array(v.number()), []),
});

export interface Piece {
  /** Where it begins in the text, in bytes: its name among the pieces. */
  readonly from: number;
  readonly text: string;
  /** What the words carried; 0 for what lies between. */
  readonly milli: number;
}

/** The text cut at the words that carried its score. The places are bytes of UTF-8, as the server counts. */
export function piecesOf(text: string, words: readonly Word[]): Piece[] {
  const bytes = new TextEncoder().encode(text);
  const decoder = new TextDecoder();
  const cut = (from: number, to: number, milli: number): Piece => ({
    from,
    text: decoder.decode(bytes.subarray(from, to)),
    milli,
  });
  const pieces: Piece[] = [];
  let at = 0;
  for (const { from, to, milli } of [...words].sort((a, b) => a.from - b.from)) {
    if (from < at || to <= from || to > bytes.length) continue;
    if (from > at) pieces.push(cut(at, from, 0));
    pieces.push(cut(from, to, milli));
    at = to;
  }
  if (at < bytes.length) pieces.push(cut(at, bytes.length, 0));
  return pieces;
}
