import { Sections } from "../alerts/Sections";
import { ALERTING, type Quality } from "../alerts/topics";
import { kindLabel } from "../alerts/words";
import { useTopic } from "../feed/hooks";
import { duration } from "../format/duration";
import { DASH } from "../format/money";
import { count, share } from "../format/number";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import operator from "./operator.module.css";
import page from "./page.module.css";
import styles from "./sections.module.css";

const number = (value: number | null) => (value === null ? DASH : count(value));
const time = (value: number | null) => (value === null ? DASH : duration(value));

/** More than this share of a kind ignored: people have learned not to look. */
const MUCH_BP = 5000;

/** A share as a bar and a number; the bar is for the eye that goes down the column. */
function Share({ bp, isBad = false }: { bp: number | null; isBad?: boolean }) {
  if (bp === null) return <>{DASH}</>;
  return (
    <span className={styles.share}>
      <span className={styles.track} aria-hidden="true">
        <span
          className={styles.bar}
          data-much={isBad && bp > MUCH_BP}
          style={{ display: "block", width: `${Math.min(100, Math.max(0, bp / 100))}%` }}
        />
      </span>
      <span>{share(bp)}</span>
    </span>
  );
}

function actedBp({ raised, acted }: Quality): number | null {
  return raised === null || raised === 0 || acted === null ? null : Math.round((acted / raised) * 10_000);
}

const COLUMNS = [
  "Raised",
  "Open",
  "Acknowledged",
  "Acted on",
  "Ignored",
  "Acknowledged after",
  "Contacted after",
  "Resolved after",
] as const;

function Line({ row }: { row: Quality }) {
  return (
    <tr>
      <th scope="row">{kindLabel(row.kind)}</th>
      <td className={styles.number}>{number(row.raised)}</td>
      <td className={styles.number}>{number(row.open)}</td>
      <td className={styles.number}>{number(row.acknowledged)}</td>
      <td>
        <Share bp={actedBp(row)} />
      </td>
      <td>
        <Share bp={row.ignored_bp} isBad />
      </td>
      <td className={styles.number}>{time(row.ack_median_ms)}</td>
      <td className={styles.number}>{time(row.contact_median_ms)}</td>
      <td className={styles.number}>{time(row.resolve_median_ms)}</td>
      <td className={styles.long}>{row.suggestion ?? ""}</td>
    </tr>
  );
}

/** Whether the alerts are worth their noise: what was acted on, how soon, and what to tune. */
export function AlertQuality() {
  useTitle("Quality of alerting");
  const { rows, view } = useTopic(ALERTING);
  const sorted = [...rows].sort((a, b) => (b.raised ?? 0) - (a.raised ?? 0));
  const loaded = view !== null && view.status !== "empty";
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Freshness view={view} />
      </Header>
      <main id="main" tabIndex={-1}>
        <Sections />
        <h1 className={styles.h1}>Quality of alerting</h1>
        <p className={page.lead}>
          An alert that is ignored teaches people to ignore the next. Times are medians, from being raised.
        </p>
        <p className={styles.said} />
        {sorted.length === 0 ? (
          <p className={styles.none}>
            {loaded ? "Nothing has been raised yet." : (view?.error ?? "Loading…")}
          </p>
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
          <section className={operator.scroll} tabIndex={0} aria-label="By kind">
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">Kind</th>
                  {COLUMNS.map((label) => (
                    <th
                      key={label}
                      scope="col"
                      className={label === "Acted on" || label === "Ignored" ? undefined : styles.number}
                    >
                      {label}
                    </th>
                  ))}
                  <th scope="col">Suggestion</th>
                </tr>
              </thead>
              <tbody>
                {sorted.map((row) => (
                  <Line key={row.kind} row={row} />
                ))}
              </tbody>
            </table>
          </section>
        )}
      </main>
    </div>
  );
}
