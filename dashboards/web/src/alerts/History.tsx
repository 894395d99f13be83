import { useZone } from "../feed/hooks";
import { moment } from "../format/time";
import type { Evidence as Event, HistoryEntry } from "./alert-detail";
import styles from "./detail.module.css";
import { historyWords } from "./words";

/** The events it was raised for. */
export function Evidence({ of }: { of: readonly Event[] }) {
  const zone = useZone();
  if (of.length === 0) return null;
  return (
    <section className={styles.section} aria-labelledby="evidence">
      <h3 id="evidence">Why: the events behind it</h3>
      <ol className={styles.events}>
        {of.map((event) => (
          <li key={`${event.place} ${event.kind}`}>
            <p>
              <span>{event.what || event.kind}</span>
              {event.occurred_at !== null && (
                <time dateTime={event.occurred_at}>{moment(event.occurred_at, zone)}</time>
              )}
            </p>
            {event.text !== null && event.text !== "" && <blockquote>{event.text}</blockquote>}
          </li>
        ))}
      </ol>
    </section>
  );
}

/** Who did what, the latest first. */
export function History({ of }: { of: readonly HistoryEntry[] }) {
  const zone = useZone();
  if (of.length === 0) return null;
  const latest = [...of].reverse();
  return (
    <section className={styles.section} aria-labelledby="history">
      <h3 id="history">Who did what</h3>
      <ol className={styles.events}>
        {latest.map((entry, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: repeats share revision, time and words
          <li key={`${entry.revision} ${entry.at} ${entry.what} ${latest.length - i}`}>
            <p>
              <span>
                {historyWords(entry.what)}{" "}
                <span className={styles.quiet}>by {entry.actor ?? "NexusFlow"}</span>
              </span>
              <time dateTime={entry.at}>{moment(entry.at, zone)}</time>
            </p>
            {entry.note !== null && entry.note !== "" && <p className={styles.note}>{entry.note}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}
