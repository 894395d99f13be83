import { BandLine } from "../charts/BandLine";
import type { SentimentRow } from "../feed/topics";
import { count, milli, signed } from "../format/number";
import { dayOf, hourMinute } from "../format/time";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import styles from "./voice.module.css";

interface Props {
  readonly rows: readonly SentimentRow[];
  readonly whole: SentimentRow | undefined;
  readonly zone: string;
}

const text = (value: number) => signed(milli(value), value);

/** How what customers write is meant, in time, with the band in which the mean lies. */
export function Line({ rows, whole, zone }: Props) {
  const points = rows.map((row) => ({ value: row.mean_milli, margin: row.margin_milli }));
  const isHours = rows[0]?.resolution === "hour" && rows.length > 1 && rows.at(-2)?.resolution === "hour";
  const every = Math.max(1, Math.ceil(rows.length / 6));
  const place = (i: number) => {
    const row = rows[i];
    if (row === undefined || i % every !== Math.floor(every / 2)) return "";
    return isHours ? hourMinute(row.from, zone) : dayOf(row.from, zone).split(" ").slice(1, 3).join(" ");
  };
  const mean = whole?.mean_milli ?? null;
  const label =
    whole === undefined || mean === null
      ? "Mean sentiment, nothing judged"
      : `Mean sentiment by ${isHours ? "hour" : "day"}: ${text(mean)} over the whole period, of ${whole.texts} texts`;
  return (
    <section aria-labelledby="line" className={styles.section}>
      <h2 id="line" className={styles.h2}>
        Sentiment
      </h2>
      <p className={styles.headline}>
        <Num
          className={styles.large}
          text={mean === null ? "–" : text(mean)}
          raw={mean}
          source="sentiment|all|mean_milli"
        />
        {whole?.margin_milli != null && <span className={styles.quiet}>± {milli(whole.margin_milli)}</span>}
        {whole !== undefined && (
          <span className={styles.quiet}>
            {count(whole.texts)} texts, {count(whole.unknown)} of them in no language we know or with nothing
            to judge by
          </span>
        )}
      </p>
      <div className={styles.line}>
        <Sized>
          {(size) => (
            <BandLine
              {...size}
              points={points}
              label={label}
              tick={text}
              place={place}
              limits={[-1000, 1000]}
            />
          )}
        </Sized>
      </div>
      <p className={styles.quiet}>
        From −1 to +1, by {isHours ? "hour" : "day"} of the business; the band holds the mean 95 times of 100.
      </p>
    </section>
  );
}
