import { useMemo } from "react";
import { byUrgency, openBySeverity } from "../alerts/order";
import { SeverityMark } from "../alerts/Severity";
import { ALERTS, isOpen } from "../alerts/topics";
import { useTopic } from "../feed/hooks";
import { count } from "../format/number";
import styles from "./ticker.module.css";

/** How many of the worst alerts are open, and what the most urgent is about. Nothing where all is well. */
export function AlertTicker() {
  const { rows } = useTopic(ALERTS);
  const worst = useMemo(
    () => rows.filter((row) => isOpen(row) && (row.severity === "S1" || row.severity === "S2")),
    [rows],
  );
  const counts = openBySeverity(worst);
  const [first] = [...worst].sort(byUrgency);
  if (first === undefined) return null;
  return (
    <section className={styles.ticker} aria-label="Open alerts" data-testid="ticker">
      {(["S1", "S2"] as const).map((severity) => (
        <span key={severity} className={styles.count}>
          <SeverityMark severity={severity} />{" "}
          <data value={counts[severity]} data-src={`alerts|${severity}|value`} data-raw={counts[severity]}>
            {count(counts[severity])}
          </data>
        </span>
      ))}
      <span className={styles.first}>{first.why}</span>
    </section>
  );
}
