import { useState } from "react";
import type { TimelineEntry } from "../api/customer";
import { useZone } from "../feed/hooks";
import { moneyExact } from "../format/money";
import { count } from "../format/number";
import { ago, moment } from "../format/time";
import { Hidden } from "../ui/Hidden";
import { Marked } from "../voice/Marked";
import { Score } from "../voice/Score";
import { GROUP_ORDER, groupOf } from "./kinds";
import styles from "./timeline.module.css";

const ALL = "All";

function mood(good: boolean | null): "good" | "bad" | "none" {
  return good === null ? "none" : good ? "good" : "bad";
}

function hasData(data: unknown): data is object {
  return typeof data === "object" && data !== null && Object.keys(data).length > 0;
}

/** What the customer wrote with the words that carried its score, or what was written to them. */
function Said({ entry, text }: { entry: TimelineEntry; text: string }) {
  const meant = entry.sentiment;
  if (meant === null) return <blockquote className={styles.text}>{text}</blockquote>;
  return (
    <>
      <Marked text={text} words={meant.labelled ? [] : meant.words} />
      <p className={styles.meant}>
        <Score sentiment={meant.class} milli={meant.score_milli} />
        {meant.themes.length > 0 && <span>about {meant.themes.join(", ")}</span>}
        {meant.labelled && <span>said by a person</span>}
      </p>
    </>
  );
}

function Entry({ entry, now, zone }: { entry: TimelineEntry; now: number; zone: string }) {
  const state = mood(entry.good);
  return (
    <li className={styles.entry} data-mood={state} id={`event-${entry.place}`}>
      <span className={styles.when}>
        <span>{ago(entry.occurred_at, now)}</span>
        <time dateTime={entry.occurred_at}>{moment(entry.occurred_at, zone)}</time>
      </span>
      <span className={styles.dot} aria-hidden="true" />
      <div className={styles.body}>
        <p className={styles.what}>
          <span>
            {state !== "none" && <Hidden>{state === "good" ? "Good: " : "Bad: "}</Hidden>}
            {entry.what || entry.kind}
          </span>
          {entry.amount !== null && (
            <span className={styles.amount}>{moneyExact(entry.amount.minor, entry.amount.currency)}</span>
          )}
        </p>
        {entry.text !== null && <Said entry={entry} text={entry.text} />}
        <details className={styles.details}>
          <summary>
            <span className={styles.kind}>{entry.kind}</span>
            {entry.source !== null && <span> from {entry.source}</span>}
          </summary>
          <dl className={styles.origin}>
            <dt>Event</dt>
            <dd>{entry.id}</dd>
            <dt>Place in the log</dt>
            <dd>{entry.place}</dd>
          </dl>
          {hasData(entry.data) && (
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
            <pre tabIndex={0}>{JSON.stringify(entry.data, null, 2)}</pre>
          )}
        </details>
      </div>
    </li>
  );
}

/** The last events, newest first, with what they are about to choose from. */
export function Timeline({ entries, now }: { entries: readonly TimelineEntry[]; now: number }) {
  const zone = useZone();
  const [group, setGroup] = useState(ALL);
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const of = groupOf(entry.kind);
    counts.set(of, (counts.get(of) ?? 0) + 1);
  }
  const groups = [ALL, ...GROUP_ORDER.filter((each) => counts.has(each))];
  const shown = group === ALL ? entries : entries.filter((entry) => groupOf(entry.kind) === group);
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline" className={styles.h2}>
        What happened
      </h2>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend nobody needs here */}
      <div className={styles.filter} role="group" aria-label="Show only">
        {groups.map((each) => (
          <button key={each} type="button" aria-pressed={each === group} onClick={() => setGroup(each)}>
            {each}{" "}
            <span className={styles.count}>
              {count(each === ALL ? entries.length : (counts.get(each) ?? 0))}
            </span>
          </button>
        ))}
      </div>
      <ol className={styles.entries}>
        {shown.map((entry) => (
          <Entry key={`${entry.place}|${entry.id}`} entry={entry} now={now} zone={zone} />
        ))}
      </ol>
      {entries.length === 0 && <p className={styles.none}>Nothing has happened yet.</p>}
      {entries.length >= 100 && <p className={styles.none}>The last 100 events are shown.</p>}
    </section>
  );
}
