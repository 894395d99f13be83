import { useMemo } from "react";
import { openBySeverity } from "../alerts/order";
import { SeverityMark } from "../alerts/Severity";
import { ALERTS } from "../alerts/topics";
import { useTopic } from "../feed/hooks";
import { count } from "../format/number";
import styles from "./ticker.module.css";

/** How many of the worst alerts are open. Nothing where all is well. */
export function AlertTicker() {
  const { rows } = useTopic(ALERTS);
  const counts = useMemo(() => openBySeverity(rows), [rows]);
  if (counts.S1 + counts.S2 === 0) return null;
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
    </section>
  );
}
