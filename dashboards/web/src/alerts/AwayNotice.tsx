import { useState } from "react";
import { Link } from "wouter";
import { useZone } from "../feed/hooks";
import { hourMinute, moment } from "../format/time";
import { alertPath } from "./address";
import styles from "./bar.module.css";
import { type Change, type ChangeKind, changesInWords } from "./changes";
import { useAlertWatch, useWatchSnapshot } from "./hooks";
import { SeverityMark } from "./Severity";
import { alertId } from "./topics";
import { aboutLabel } from "./words";

const WHAT: Readonly<Record<ChangeKind, string>> = {
  raised: "raised",
  grew: "grew",
  worse: "raised in severity",
  escalated: "escalated",
  reopened: "reopened",
  resolved: "resolved",
  passed: "raised, over again",
  changed: "changed",
};

const DAY_MS = 86_400_000;

function Line({ change }: { change: Change }) {
  const { row, kind, many } = change;
  const words = `${row.why || aboutLabel(row.kind, row.alert)}, ${row.name ?? (row.customer || row.alert)}`;
  return (
    <li>
      <SeverityMark severity={row.severity} />
      <span className={styles.awayWhat}>
        {many > 1 ? `${many} ` : ""}
        {WHAT[kind]}
      </span>
      {row.members === null ? (
        <Link href={alertPath(row.customer, row.alert)}>{words}</Link>
      ) : (
        <span>{words}</span>
      )}
    </li>
  );
}

/** What happened while this page could hear nothing: asleep, without a network, or without a server. */
export function AwayNotice() {
  const { away } = useWatchSnapshot();
  const watch = useAlertWatch();
  const zone = useZone();
  const [open, setOpen] = useState(true);
  if (away === null) return null;
  const long = away.until - away.since > DAY_MS;
  const at = (ms: number) => (long ? moment : hourMinute)(new Date(ms).toISOString(), zone);
  return (
    <section className={styles.away} aria-label="While you were away" data-testid="away">
      <div className={styles.awayHead}>
        <p role="status">
          While you were away ({at(away.since)}–{at(away.until)}): {changesInWords(away.changes)}
        </p>
        <span>
          <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? "Fold" : "Which?"}
          </button>{" "}
          <button type="button" onClick={watch.dismiss}>
            Seen
          </button>
        </span>
      </div>
      {open && (
        <ul className={styles.awayList}>
          {away.changes.map((change) => (
            <Line key={`${alertId(change.row)} ${change.kind}`} change={change} />
          ))}
        </ul>
      )}
    </section>
  );
}
