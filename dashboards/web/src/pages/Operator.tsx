import { useFeedSnapshot, useTopic } from "../feed/hooks";
import {
  OPERATOR,
  type OperatorFigure,
  PARTITIONS,
  type Partition,
  SOURCES,
  WORKERS,
  type Worker,
} from "../feed/topics";
import { duration } from "../format/duration";
import { DASH } from "../format/money";
import { count } from "../format/number";
import { moment } from "../format/time";
import { OperatorSections } from "../operator/Sections";
import { Sources } from "../panels/Sources";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import styles from "./operator.module.css";
import page from "./page.module.css";
import sections from "./sections.module.css";

interface Gauge {
  readonly key: string;
  readonly label: string;
  readonly note: string;
  /** When it deserves attention. */
  readonly alarm?: (value: number) => "bad" | "watch" | null;
}

const GAUGES: readonly Gauge[] = [
  { key: "events_per_s", label: "Events per second", note: "folded, all partitions" },
  { key: "accepted_per_s", label: "Accepted per second", note: "by this gateway" },
  {
    key: "lag_ms",
    label: "Lag",
    note: "the worst partition",
    alarm: (ms) => (ms >= 30_000 ? "bad" : ms >= 5000 ? "watch" : null),
  },
  {
    key: "dead_letters",
    label: "Not understood",
    note: "wait for you to decide",
    alarm: (n) => (n > 0 ? "watch" : null),
  },
  {
    key: "unreadable",
    label: "Unreadable",
    note: "records that were set aside",
    alarm: (n) => (n > 0 ? "watch" : null),
  },
  { key: "duplicates", label: "Duplicates", note: "seen before, not counted" },
  { key: "late", label: "Late", note: "after three days: not in any hour" },
  { key: "withheld", label: "Alerts withheld", note: "too late to act on" },
  { key: "waiting", label: "Waiting", note: "events that know no customer yet" },
  { key: "refused", label: "Refused", note: "by this gateway" },
  {
    key: "turned_away",
    label: "Turned away",
    note: "asked to come again later",
    alarm: (n) => (n > 0 ? "watch" : null),
  },
  { key: "events", label: "Events", note: "since the beginning" },
  { key: "accepted", label: "Accepted", note: "by this gateway, since it started" },
  { key: "viewers", label: "Viewers", note: "connected to this gateway" },
  { key: "subscriptions", label: "Subscriptions", note: "of those viewers" },
  { key: "uptime_ms", label: "Uptime", note: "of this gateway" },
];

/** Said in the summary, not as gauges. */
const IN_SUMMARY = new Set(["partitions", "partitions_live", "workers"]);

/** Those this page knows, in its order, then those it does not: a newer server may have more. */
function gaugesFor(keys: readonly string[]): Gauge[] {
  const sent = new Set(keys);
  const known = GAUGES.filter((gauge) => sent.has(gauge.key));
  const names = new Set(known.map((gauge) => gauge.key));
  const others = keys.filter((key) => !names.has(key) && !IN_SUMMARY.has(key));
  return [...known, ...others.map((key) => ({ key, label: key.replaceAll("_", " "), note: "" }))];
}

function text(figure: OperatorFigure | undefined): string {
  if (figure === undefined || figure.value === null) return DASH;
  return figure.unit === "ms" ? duration(figure.value) : count(figure.value);
}

function GaugeTile({ gauge, figure }: { gauge: Gauge; figure: OperatorFigure | undefined }) {
  const value = figure?.value ?? null;
  const alarm = value === null ? null : (gauge.alarm?.(value) ?? null);
  return (
    <div className={styles.gauge} data-alarm={alarm ?? "none"}>
      <dt>{gauge.label}</dt>
      <dd>
        <data value={value ?? ""} data-src={`operator|${gauge.key}|value`} data-raw={value ?? ""}>
          {text(figure)}
        </data>
        <span className={styles.note}>{gauge.note}</span>
      </dd>
    </div>
  );
}

const STATES: Readonly<Record<string, string>> = {
  live: "Live",
  catching_up: "Catching up",
  missing: "Missing",
  failing: "Failing",
  leaving: "Leaving",
};

const number = (value: number | null) => (value === null ? DASH : count(value));
const time = (value: number | null) => (value === null ? DASH : duration(value));

interface Column {
  readonly label: string;
  /** The column it is shown for; left out where no row has it. */
  readonly of: keyof Partition;
  readonly cell: (row: Partition) => string;
}

const COLUMNS: readonly Column[] = [
  { label: "Owner", of: "owner", cell: (row) => row.owner ?? DASH },
  { label: "Term", of: "term", cell: (row) => number(row.term) },
  { label: "Lag", of: "lag_ms", cell: (row) => time(row.lag_ms) },
  { label: "Records behind", of: "lag_records", cell: (row) => number(row.lag_records) },
  {
    label: "Applied",
    of: "applied_seq",
    cell: (row) => `${number(row.applied_seq)} of ${number(row.head_seq)}`,
  },
  { label: "Events", of: "events", cell: (row) => number(row.events) },
  { label: "Per second", of: "events_per_s", cell: (row) => number(row.events_per_s) },
  { label: "Customers", of: "customers", cell: (row) => number(row.customers) },
  { label: "Duplicates", of: "duplicates", cell: (row) => number(row.duplicates) },
  { label: "Late", of: "late", cell: (row) => number(row.late) },
  { label: "Unreadable", of: "unreadable", cell: (row) => number(row.unreadable) },
  { label: "Dead letters", of: "dead_letters", cell: (row) => number(row.dead_letters) },
  {
    label: "Checkpoint",
    of: "checkpoint_age_ms",
    cell: (row) => (row.checkpoint_age_ms === null ? DASH : `${duration(row.checkpoint_age_ms)} ago`),
  },
  {
    label: "Its own time (UTC)",
    of: "clock",
    cell: (row) => (row.clock === null ? DASH : moment(row.clock, "UTC")),
  },
];

function Partitions({ rows }: { rows: readonly Partition[] }) {
  const columns = COLUMNS.filter((column) => rows.some((row) => row[column.of] !== null));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Partitions">
      <table className={styles.table}>
        <caption className={page.h2}>Partitions</caption>
        <thead>
          <tr>
            <th scope="col">Partition</th>
            <th scope="col">State</th>
            {columns.map((column) => (
              <th key={column.label} scope="col">
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.partition} data-state={row.state}>
              <th scope="row">{row.partition}</th>
              <td>
                <span className={styles.state}>{STATES[row.state] ?? row.state}</span>
              </td>
              {columns.map((column) => (
                <td key={column.label}>{column.cell(row)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Workers({ rows }: { rows: readonly Worker[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Workers">
      <table className={styles.table}>
        <caption className={page.h2}>Workers</caption>
        <thead>
          <tr>
            <th scope="col">Worker</th>
            <th scope="col">State</th>
            <th scope="col">Partitions</th>
            <th scope="col">Since (UTC)</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id} data-state={row.state}>
              <th scope="row">{row.name}</th>
              <td>
                <span className={styles.state}>{STATES[row.state] ?? row.state}</span>
              </td>
              <td>{number(row.partitions)}</td>
              <td>{row.since === null ? DASH : moment(row.since, "UTC")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What is wrong with a partition, in the words of its owner. */
function Troubles({ rows }: { rows: readonly Partition[] }) {
  const troubled = rows.filter((row) => row.trouble !== null);
  if (troubled.length === 0) return null;
  return (
    <ul className={styles.troubles} role="alert" aria-label="Trouble">
      {troubled.map((row) => (
        <li key={row.partition}>
          Partition {row.partition}: {row.trouble}
        </li>
      ))}
    </ul>
  );
}

/** How many work, and on how many partitions. */
function summary(live: number | null, all: number | null, workers: number | null): string {
  if (live === null || all === null) return "Waiting for the partitions";
  const partitions =
    live === all
      ? `All ${count(all)} partitions are live`
      : `${count(live)} of ${count(all)} partitions are live`;
  if (workers === null) return `${partitions}.`;
  return `${partitions}, ${workers === 1 ? "with 1 worker" : `with ${count(workers)} workers`}.`;
}

/** For whoever keeps it running: how fast, how far behind, what was refused, and who owns what. */
export function Operator() {
  useTitle("Operator");
  const figures = useTopic(OPERATOR);
  const partitions = useTopic(PARTITIONS);
  const workers = useTopic(WORKERS);
  const sources = useTopic(SOURCES);
  const { malformed } = useFeedSnapshot();
  const byKey = new Map(figures.rows.map((row) => [row.key, row]));
  const live = byKey.get("partitions_live")?.value ?? null;
  const all = byKey.get("partitions")?.value ?? null;
  const rows = [...partitions.rows].sort((a, b) => a.partition - b.partition);
  const whole = live !== null && live === all;
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Freshness view={figures.view} />
      </Header>
      <main id="main" tabIndex={-1}>
        <OperatorSections />
        <h1 className={sections.h1}>Operator</h1>
        <p className={styles.summary} data-whole={whole}>
          {summary(live, all, byKey.get("workers")?.value ?? null)}
          {malformed > 0 && ` This page left out ${count(malformed)} messages it could not read.`}
        </p>
        <dl className={styles.gauges} data-dim={figures.dim}>
          {gaugesFor([...byKey.keys()]).map((gauge) => (
            <GaugeTile key={gauge.key} gauge={gauge} figure={byKey.get(gauge.key)} />
          ))}
        </dl>
        <Troubles rows={rows} />
        <Sources rows={sources.rows} />
        <Partitions rows={rows} />
        <Workers rows={[...workers.rows].sort((a, b) => a.name.localeCompare(b.name))} />
      </main>
    </div>
  );
}
