import type { ReactNode } from "react";
import { Link } from "wouter";
import { useZone } from "../feed/hooks";
import { ago, moment } from "../format/time";
import { Marked } from "./Marked";
import { Score } from "./Score";
import type { TextItem } from "./texts";
import styles from "./voice.module.css";

/** One text: what it says, what was made of it, who wrote it. */
export function TextCard({ item, now, children }: { item: TextItem; now: number; children?: ReactNode }) {
  const zone = useZone();
  return (
    <li className={styles.card}>
      <p className={styles.cardHead}>
        <Score sentiment={item.sentiment} milli={item.score_milli} />
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
