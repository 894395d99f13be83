import { useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { useTopic, useZone } from "../feed/hooks";
import { ACTIVITY, type Activity as Item } from "../feed/topics";
import { useWallFigures } from "../figures/context";
import { moneyWhole } from "../format/money";
import { hourMinute } from "../format/time";
import { Hidden } from "../ui/Hidden";
import { Sized } from "../ui/Sized";
import styles from "./panels.module.css";

/** Nobody reads a list that moves faster than this; what came meanwhile is in the next picture. */
const REST_MS = 1500;
const MOST = 40;
/** The height of a line, as the style sheet has it: a finger needs 24 pixels. */
const lineHeight = (em: number) => Math.max(24, em * 1.5);

/** `value`, at most once in REST_MS; the first that is not empty at once. */
function useRested<T>(value: readonly T[]): readonly T[] {
  const [shown, setShown] = useState(value);
  const latest = useRef(value);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    latest.current = value;
    if (timer.current !== null || value.length === 0) return;
    setShown(value);
    timer.current = setTimeout(() => {
      timer.current = null;
      setShown(latest.current);
    }, REST_MS);
  }, [value]);
  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
    },
    [],
  );
  return shown;
}

const SIGNS = { good: "▲", bad: "▼", none: "·" } as const;
const WORDS = { good: "Good: ", bad: "Bad: ", none: "" } as const;

function Line({ item, zone }: { item: Item; zone: string }) {
  const { kiosk } = useWallFigures();
  const { what, amount, good } = item.headline;
  const mood = good == null ? "none" : good ? "good" : "bad";
  return (
    <li className={styles.line} data-mood={mood}>
      <time className={styles.lineTime} dateTime={item.occurred_at}>
        {hourMinute(item.occurred_at, zone)}
      </time>
      <span className={styles.lineSign} aria-hidden="true">
        {SIGNS[mood]}
      </span>
      <span className={styles.lineWhat}>
        <Hidden>{WORDS[mood]}</Hidden>
        {kiosk || item.customer == null ? (
          what
        ) : (
          <Link className={styles.lineLink} href={`/customers/${encodeURIComponent(item.customer)}`}>
            {what}
          </Link>
        )}
      </span>
      {amount != null && (
        <span className={styles.lineAmount}>{moneyWhole(amount.minor, amount.currency)}</span>
      )}
    </li>
  );
}

export function Activity() {
  const { rows, view, dim } = useTopic(ACTIVITY);
  const shown = useRested(rows);
  const zone = useZone();
  const newest = shown.slice(-MOST).reverse();
  return (
    <article className={styles.wide} data-dim={dim} data-figures="not">
      <header className={styles.wideHead}>
        <h2 className={styles.title}>Just happened</h2>
      </header>
      <div className={styles.chart}>
        {newest.length === 0 && (
          <p className={styles.none}>{view?.status === "current" ? "Nothing new yet" : "Loading…"}</p>
        )}
        <Sized>
          {({ height, em }) => (
            <ol className={styles.lines}>
              {newest.slice(0, Math.max(1, Math.floor(height / lineHeight(em)))).map((item) => (
                <Line key={`${item.place} ${item.headline.what}`} item={item} zone={zone} />
              ))}
            </ol>
          )}
        </Sized>
      </div>
    </article>
  );
}
