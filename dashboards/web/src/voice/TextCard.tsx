import type { ReactNode } from "react";
import { Link } from "wouter";
import { useZone } from "../feed/hooks";
import { milli, signed } from "../format/number";
import { ago, moment } from "../format/time";
import { Marked } from "./Marked";
import type { Sentiment, TextItem } from "./texts";
import styles from "./voice.module.css";

const SIGNS: Readonly<Record<Sentiment, string>> = {
  negative: "▼",
  neutral: "=",
  positive: "▲",
  unknown: "?",
};

/** How a text is meant, by sign, number and word. */
export function Score({ item }: { item: TextItem }) {
  return (
    <span className={styles.score} data-sentiment={item.sentiment}>
      <span aria-hidden="true">{SIGNS[item.sentiment]}</span> {item.sentiment}
      {item.score_milli !== null && (
        <span className={styles.number}> {signed(milli(item.score_milli), item.score_milli)}</span>
      )}
    </span>
  );
}

/** One text: what it says, what was made of it, who wrote it. */
export function TextCard({ item, now, children }: { item: TextItem; now: number; children?: ReactNode }) {
  const zone = useZone();
  return (
    <li className={styles.card}>
      <p className={styles.cardHead}>
        <Score item={item} />
        {item.themes.map((theme) => (
          <span key={theme} className={styles.theme}>
            {theme}
          </span>
        ))}
        {item.labelled && <span className={styles.quiet}>said by a person</span>}
      </p>
      <Marked text={item.text} words={item.labelled ? [] : item.words} />
      <p className={styles.cardFoot}>
        <Link href={`/customers/${encodeURIComponent(item.customer)}`}>{item.customer}</Link>
        <span>{item.channel}</span>
        <time dateTime={item.at} title={moment(item.at, zone)}>
          {ago(item.at, now)}
        </time>
      </p>
      {children}
    </li>
  );
}
