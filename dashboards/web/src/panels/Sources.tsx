import { SparkColumns } from "../charts/SparkColumns";
import type { Source } from "../feed/topics";
import { duration } from "../format/duration";
import { DASH } from "../format/money";
import { count, milli, share } from "../format/number";
import { moment } from "../format/time";
import styles from "../pages/operator.module.css";
import page from "../pages/page.module.css";

const STATES: Readonly<Record<string, string>> = {
  live: "Live",
  slow: "Slow",
  silent: "Silent",
  failing: "Failing",
  never: "Never heard",
};

/** What needs somebody comes first. */
const ORDER = ["failing", "silent", "slow", "never", "live"];

const rate = (value: number | null) => (value === null ? DASH : milli(value));

function Row({ row }: { row: Source }) {
  return (
    <tr data-state={row.state}>
      <th scope="row">{row.source}</th>
      <td>
        <span className={styles.state}>{STATES[row.state] ?? row.state}</span>
      </td>
      <td>{row.kind ?? DASH}</td>
      <td>{row.heard_at === null ? DASH : moment(row.heard_at, "UTC")}</td>
      <td>{rate(row.per_min_milli)}</td>
      <td>{rate(row.usual_per_min_milli)}</td>
      <td>{row.stored === null ? DASH : count(row.stored)}</td>
      <td>{row.rejected === null ? DASH : count(row.rejected)}</td>
      <td>{row.error_bp === null ? DASH : share(row.error_bp)}</td>
      <td>{row.lag_ms === null ? DASH : duration(row.lag_ms)}</td>
      <td>
        {row.by_hour !== null && (
          <SparkColumns
            values={row.by_hour}
            width={120}
            height={22}
            em={14}
            label={`Events of ${row.source} by hour, the last 24 hours`}
          />
        )}
      </td>
    </tr>
  );
}

/** How the systems that publish do. */
export function Sources({ rows }: { rows: readonly Source[] }) {
  if (rows.length === 0) return null;
  const place = (row: Source) => ORDER.indexOf(row.state);
  const sorted = [...rows].sort((a, b) => place(a) - place(b) || a.source.localeCompare(b.source));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Sources">
      <table className={styles.table}>
        <caption className={page.h2}>Sources</caption>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">State</th>
            <th scope="col">Kind</th>
            <th scope="col">Last heard (UTC)</th>
            <th scope="col">Per minute</th>
            <th scope="col">Usual</th>
            <th scope="col">Stored, 1 h</th>
            <th scope="col">Rejected, 1 h</th>
            <th scope="col">Errors, 1 h</th>
            <th scope="col">Lag</th>
            <th scope="col">24 hours</th>
          </tr>
        </thead>
        <tbody>
          {sorted.map((row) => (
            <Row key={row.source} row={row} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
