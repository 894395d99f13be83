import { TrendChart } from "../charts/TrendChart";
import { useTopic } from "../feed/hooks";
import { HEALTH_DAYS } from "../feed/topics";
import { DASH } from "../format/money";
import { count, points, signed } from "../format/number";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import styles from "./health.module.css";

const DAYS = { days: "60" };

/** The mean score, day by day, as it was known then. */
export function Mean() {
  const { rows, dim } = useTopic(HEALTH_DAYS, DAYS);
  const days = [...rows].sort((a, b) => a.day.localeCompare(b.day));
  const last = days.at(-1);
  const before = days.at(-8);
  const mean = last?.mean_milli ?? null;
  const was = before?.mean_milli ?? null;
  const moved = mean === null || was === null ? null : mean - was;
  const label = `Mean score at the end of each day, ${days[0]?.day ?? ""} to ${last?.day ?? ""}`;
  const place = (i: number) => (i % 15 === 0 ? (days[i]?.day.slice(5).replace("-", "/") ?? "") : "");
  return (
    <section className={styles.panel} data-dim={dim} aria-labelledby="mean">
      <h2 id="mean" className={styles.h2}>
        Mean score
      </h2>
      <p className={styles.figure}>
        <Num
          text={mean === null ? DASH : points(mean)}
          raw={mean}
          source={`health.days|${last?.day ?? ""}|mean_milli`}
        />
        <span className={styles.beside}>
          {moved !== null && `${signed(points(Math.abs(moved)), moved)} in 7 days. `}
          {last !== undefined &&
            `${count(last.scored)} scored, ${count(last.unknown)} of whom too little is known`}
        </span>
      </p>
      <div className={styles.chart}>
        <Sized>
          {(size) => (
            <TrendChart
              {...size}
              em={Math.min(size.em, 14)}
              kind="line"
              values={days.map((each) => each.mean_milli)}
              label={label}
              tick={points}
              place={place}
            />
          )}
        </Sized>
      </div>
    </section>
  );
}
