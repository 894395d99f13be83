import { milli as decimal, signed } from "../format/number";
import type { Sentiment } from "./texts";
import styles from "./voice.module.css";

const SIGNS: Readonly<Record<Sentiment, string>> = {
  negative: "▼",
  neutral: "=",
  positive: "▲",
  unknown: "?",
};

/** How a text is meant, by sign, number and word. */
export function Score({ sentiment, milli }: { sentiment: Sentiment; milli: number | null }) {
  return (
    <span className={styles.score} data-sentiment={sentiment}>
      <span aria-hidden="true">{SIGNS[sentiment]}</span> {sentiment}
      {milli !== null && <span className={styles.number}> {signed(decimal(milli), milli)}</span>}
    </span>
  );
}
