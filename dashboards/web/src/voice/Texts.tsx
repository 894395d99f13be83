import { useState } from "react";
import { useGet } from "../api/use-get";
import { TextCard } from "./TextCard";
import { type Sentiment, textList } from "./texts";
import styles from "./voice.module.css";

/** So many are shown, and so many more each time somebody asks for more, as far as the server gives. */
const STEP = 12;
const MOST = 100;
const SENTIMENTS = ["negative", "neutral", "positive", "unknown"] as const;

interface Props {
  /** Null for all of them; empty for those of no theme. */
  readonly theme: string | null;
  readonly sentiment: Sentiment | null;
  readonly onSentiment: (sentiment: Sentiment | null) => void;
  readonly version: number;
  readonly now: number;
}

function pathOf(theme: string | null, sentiment: Sentiment | null, limit: number): string {
  const query = new URLSearchParams({ limit: String(limit) });
  if (theme !== null) query.set("theme", theme);
  if (sentiment !== null) query.set("sentiment", sentiment);
  return `/api/v1/texts?${query}`;
}

/** The newest of what customers wrote, with the words that carried each score. */
export function Texts({ theme, sentiment, onSentiment, version, now }: Props) {
  const [limit, setLimit] = useState(STEP);
  const { value, error, loading } = useGet(pathOf(theme, sentiment, limit), textList, version);
  const items = value?.items ?? [];
  const about =
    theme === null ? "What customers write" : theme === "" ? "About nothing known" : `About ${theme}`;
  return (
    <section aria-labelledby="texts" className={styles.section}>
      <h2 id="texts" className={styles.h2}>
        {about}
      </h2>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend nobody needs here */}
      <div className={styles.choices} role="group" aria-label="Show only">
        {SENTIMENTS.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={each === sentiment}
            onClick={() => onSentiment(each === sentiment ? null : each)}
          >
            {each}
          </button>
        ))}
      </div>
      <p role="status" className={styles.status}>
        {error?.message ??
          (value === null
            ? "Loading…"
            : items.length === 0
              ? "Nothing of the kind among the newest texts."
              : "")}
      </p>
      <ul className={styles.cards} data-loading={loading} data-testid="texts">
        {items.map((item) => (
          <TextCard key={item.place} item={item} now={now} />
        ))}
      </ul>
      {items.length >= limit && limit < MOST && (
        <button type="button" className={styles.more} onClick={() => setLimit(Math.min(MOST, limit + STEP))}>
          Show more
        </button>
      )}
    </section>
  );
}
