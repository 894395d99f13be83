import type { ReactNode } from "react";
import type { CompetitorRow, SentimentRow } from "../feed/topics";
import { DASH } from "../format/money";
import { count, milli, signed } from "../format/number";
import { Meaning } from "./Themes";
import styles from "./voice.module.css";

interface Counted {
  readonly name: string;
  readonly row: Pick<SentimentRow, "texts" | "mean_milli" | "negative" | "neutral" | "positive" | "unknown">;
}

function List({ of, title, none, choice, children }: ListProps) {
  const most = Math.max(1, ...of.map(({ row }) => row.texts));
  return (
    <section aria-label={title} className={styles.section}>
      <h2 className={styles.h2}>{title}</h2>
      {choice}
      {of.length === 0 && <p className={styles.quiet}>{none}</p>}
      <ol className={styles.short}>
        {of.map(({ name, row }) => (
          <li key={name} className={styles.shortRow}>
            <span>{name}</span>
            <Meaning row={{ ...row, share_bp: null, prior_texts: null, prior_share_bp: null }} most={most} />
            <span className={styles.number}>{count(row.texts)}</span>
            <span className={styles.number}>
              {row.mean_milli === null ? DASH : signed(milli(row.mean_milli), row.mean_milli)}
            </span>
          </li>
        ))}
      </ol>
      {children}
    </section>
  );
}

interface ListProps {
  readonly of: readonly Counted[];
  readonly title: string;
  readonly none: string;
  /** What else it could be counted by. */
  readonly choice?: ReactNode;
  readonly children?: ReactNode;
}

interface ApartProps {
  readonly rows: readonly SentimentRow[];
  readonly title: string;
  readonly children: ReactNode;
}

/** What is counted apart: in what it was written, of which customers, of which product. */
export function Apart({ rows, title, children }: ApartProps) {
  const sorted = [...rows].sort((a, b) => b.texts - a.texts).slice(0, 9);
  return (
    <List
      of={sorted.map((row) => ({ name: row.by, row }))}
      title={title}
      none="Nothing is known of it."
      choice={children}
    />
  );
}

/** Whom else customers name. */
export function Competitors({ rows }: { rows: readonly CompetitorRow[] }) {
  const named = rows.filter((row) => row.texts > 0);
  const of = named.map((row) => ({
    name: row.competitor,
    row: {
      ...row,
      negative: row.negative ?? 0,
      neutral: row.neutral ?? 0,
      positive: row.positive ?? 0,
      unknown: row.unknown ?? 0,
    },
  }));
  return (
    <List of={of} title="Competitors named" none="Nobody is named.">
      <p className={styles.quiet}>Where a deal is open, being named is an alert.</p>
    </List>
  );
}
