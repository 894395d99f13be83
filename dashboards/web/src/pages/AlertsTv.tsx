import { type CSSProperties, useEffect, useMemo } from "react";
import { Countdown } from "../alerts/Countdown";
import { AlertClockContext, useAlertClock, useAlertNow } from "../alerts/hooks";
import { byUrgency, oldestUnanswered, openBySeverity } from "../alerts/order";
import { SeverityMark } from "../alerts/Severity";
import { ALERTS, type AlertRow, alertId, isOpen, manyOf, SEVERITIES } from "../alerts/topics";
import { aboutLabel, levelWords, many, takenWords } from "../alerts/words";
import { freshness } from "../feed/freshness";
import { useFeedSnapshot, useTopic } from "../feed/hooks";
import { duration } from "../format/duration";
import { count } from "../format/number";
import { useNow } from "../ui/clock";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { Hidden } from "../ui/Hidden";
import { Sized } from "../ui/Sized";
import { useTitle } from "../ui/title";
import styles from "./alerts-tv.module.css";

/** The least height of a line; those that fit share what is left over. */
const LINE_EM = 1.95;

/** No names on a screen that anybody may see: an id, or how many. */
function Line({ row }: { row: AlertRow }) {
  const level = levelWords(row.level);
  return (
    <li className={styles.line} data-alert={row.alert} data-customer={row.customer} data-state={row.state}>
      <SeverityMark severity={row.severity} />
      <span className={styles.why}>{row.why || aboutLabel(row.kind, row.alert)}</span>
      <span className={styles.who}>{row.members === null ? row.customer : many(row.members, "alert")}</span>
      <span className={styles.standing}>
        {row.members === null && (
          <>
            <span>{takenWords(row)}</span>
            {level !== "" && <span className={styles.level}> {level}</span>}
          </>
        )}
      </span>
      <span className={styles.time}>
        <Countdown dueAt={row.due_at} />
      </span>
    </li>
  );
}

/** What fits, the worst first, and how many more there are. */
function Lines({ rows, height, em }: { rows: readonly AlertRow[]; height: number; em: number }) {
  const fits = Math.max(1, Math.floor(height / (em * LINE_EM)));
  const shown = rows.length <= fits ? rows : rows.slice(0, fits - 1);
  const more = rows.slice(shown.length).reduce((sum, row) => sum + manyOf(row), 0);
  return (
    <ol
      className={styles.lines}
      aria-label="Open alerts"
      style={{ "--line-height": `${Math.floor(height / fits)}px` } as CSSProperties}
    >
      {shown.map((row) => (
        <Line key={alertId(row)} row={row} />
      ))}
      {more > 0 && <li className={styles.more}>and {count(more)} more</li>}
    </ol>
  );
}

/** Those nobody has taken, and for how long the first of them has waited. */
function Oldest({ rows }: { rows: readonly AlertRow[] }) {
  const now = useAlertNow();
  const oldest = oldestUnanswered(rows);
  const waited = oldest === null ? 0 : Math.max(0, now - Date.parse(oldest.raised_at));
  return (
    <div className={styles.oldest}>
      <dt>Longest without anybody</dt>
      <dd data-src="alerts|oldest" data-raw={oldest?.alert ?? ""}>
        {oldest === null ? "none" : duration(Math.max(60_000, Math.floor(waited / 60_000) * 60_000))}
      </dd>
    </div>
  );
}

function Counts({ rows }: { rows: readonly AlertRow[] }) {
  const counts = openBySeverity(rows);
  return (
    <dl className={styles.counts}>
      {SEVERITIES.map((severity) => (
        <div key={severity} data-none={counts[severity] === 0} data-panel={severity}>
          <dt>
            <SeverityMark severity={severity} />
          </dt>
          <dd data-src={`alerts|${severity}|value`} data-raw={counts[severity]}>
            {count(counts[severity])}
          </dd>
        </div>
      ))}
      <Oldest rows={rows} />
    </dl>
  );
}

/** The open alerts on a screen on the wall: read from afar, nothing to press. */
export function AlertsTv() {
  const { rows, view, dim } = useTopic(ALERTS);
  const clock = useAlertClock(view);
  const now = useNow();
  const { state } = useFeedSnapshot();
  const loaded = view !== null && view.status !== "empty";
  const open = useMemo(() => rows.filter(isOpen).sort(byUrgency), [rows]);
  const old = loaded && (freshness(state, view, now).dim || dim);
  useTitle("Open alerts");
  useEffect(() => {
    document.documentElement.toggleAttribute("data-kiosk", true);
    return () => document.documentElement.removeAttribute("data-kiosk");
  }, []);
  return (
    <AlertClockContext value={clock}>
      <div className={styles.board}>
        <Header kiosk>
          <p className={styles.title}>Open alerts</p>
          <p className={styles.note}>{clock.logNow === null ? "" : "counted in the log's time"}</p>
          <Freshness view={view} />
        </Header>
        <main id="main" tabIndex={-1} className={styles.main} data-old={old} data-testid="alerts-tv">
          <h1>
            <Hidden>Open alerts</Hidden>
          </h1>
          <Counts rows={rows} />
          <div className={styles.room}>
            {open.length === 0 ? (
              <p className={styles.none}>{loaded ? "Nothing is open." : "Loading…"}</p>
            ) : (
              <Sized>{({ height, em }) => <Lines rows={open} height={height} em={em} />}</Sized>
            )}
          </div>
        </main>
      </div>
    </AlertClockContext>
  );
}
