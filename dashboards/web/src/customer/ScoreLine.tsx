import { TrendChart } from "../charts/TrendChart";
import { points } from "../format/number";
import { Sized } from "../ui/Sized";
import styles from "./customer.module.css";

interface Day {
  readonly day: string;
  readonly score_milli: number | null;
}

const DAY_MS = 86_400_000;

/** Every day from the first to the last: where a score did not change it stays. */
export function everyDay(days: readonly Day[]): Day[] {
  const first = days[0];
  const last = days.at(-1);
  if (first === undefined || last === undefined) return [];
  const said = new Map(days.map((each) => [each.day, each.score_milli]));
  const all: Day[] = [];
  let holds = first.score_milli;
  for (let at = Date.parse(first.day); at <= Date.parse(last.day); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    const own = said.get(day);
    if (own !== undefined) holds = own;
    all.push({ day, score_milli: holds });
  }
  return all;
}

/** The score at the end of each of the last days. */
export function ScoreLine({ days }: { days: readonly Day[] }) {
  const all = everyDay(days).slice(-35);
  if (all.length < 2) return null;
  const values = all.map((each) => each.score_milli);
  const ends = `${all[0]?.day ?? ""} to ${all.at(-1)?.day ?? ""}`;
  const label = `Score at the end of each day, ${ends}`;
  const place = (i: number) =>
    i === 0 || i === all.length - 1 ? (all[i]?.day.slice(5).replace("-", "/") ?? "") : "";
  return (
    <div className={styles.scoreLine}>
      <Sized>
        {(size) => (
          <TrendChart
            {...size}
            em={Math.min(size.em, 13)}
            kind="line"
            values={values}
            label={label}
            tick={points}
            place={place}
          />
        )}
      </Sized>
    </div>
  );
}
