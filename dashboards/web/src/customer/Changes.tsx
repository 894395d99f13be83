import type { Change, TimelineEntry } from "../api/customer";
import { useZone } from "../feed/hooks";
import { DASH } from "../format/money";
import { points, signed } from "../format/number";
import { moment } from "../format/time";
import styles from "./changes.module.css";
import { indicatorName } from "./indicators";

/** At first so many are shown. */
const FEW = 5;

const score = (milli: number | null) => (milli === null ? "unknown" : points(milli));
const value = (milli: number | null) => (milli === null ? DASH : points(milli * 100));

function Cause({ change, timeline, page }: OneProps) {
  const entry = timeline.find((each) => each.place === change.place);
  if (change.cause === "time") return <>Time alone: something became older</>;
  if (change.cause === "configuration") return <>Another configuration</>;
  if (entry === undefined) return <>An event, {change.place}</>;
  return <a href={`${page}#event-${entry.place}`}>{entry.what || entry.kind}</a>;
}

interface OneProps {
  readonly change: Change;
  readonly timeline: readonly TimelineEntry[];
  /** Where the timeline is; empty where it is on this page. */
  readonly page: string;
}

function One({ change, timeline, page }: OneProps) {
  const zone = useZone();
  const { before_milli: before, after_milli: after } = change;
  const difference = before === null || after === null ? null : after - before;
  return (
    <li className={styles.change} data-way={difference === null ? "none" : difference < 0 ? "down" : "up"}>
      <p className={styles.head}>
        <span className={styles.difference}>
          {difference === null ? `Now ${score(after)}` : signed(points(Math.abs(difference)), difference)}
        </span>
        <span>
          <Cause change={change} timeline={timeline} page={page} />
        </span>
      </p>
      <p className={styles.quiet}>
        {score(before)} → {score(after)} · <time dateTime={change.at}>{moment(change.at, zone)}</time>
        {change.config !== "" && ` · configuration ${change.config}`}
      </p>
      {change.moved.length > 0 && (
        <ul className={styles.moved}>
          {change.moved.map((moved) => (
            <li key={moved.key}>
              {indicatorName(moved.key)}{" "}
              <span className={styles.quiet}>
                {value(moved.from_milli)} → {value(moved.to_milli)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}

/** What made the score change, newest first. */
export function Changes({
  changes,
  timeline,
  page,
}: Omit<OneProps, "change"> & { changes: readonly Change[] }) {
  if (changes.length === 0) return null;
  const list = (some: readonly Change[]) =>
    some.map((change) => (
      <One key={`${change.at}${change.place}`} change={change} timeline={timeline} page={page} />
    ));
  return (
    <section aria-labelledby="changes" className={styles.changes}>
      <h3 id="changes" className={styles.h3}>
        Why did this change?
      </h3>
      <ol>{list(changes.slice(0, FEW))}</ol>
      {changes.length > FEW && (
        <details className={styles.more}>
          <summary>{changes.length - FEW} changes before</summary>
          <ol>{list(changes.slice(FEW))}</ol>
        </details>
      )}
    </section>
  );
}
