import { Hidden } from "../ui/Hidden";
import styles from "./parts.module.css";
import type { Severity as Of } from "./topics";
import { SEVERITY_WORDS } from "./words";

const SHAPES: Readonly<Record<Of, string>> = {
  S1: "M5 1h6l4 4v6l-4 4H5l-4-4V5z",
  S2: "M8 1.5 15.2 14.5H.8z",
  S3: "M8 .8 15.2 8 8 15.2.8 8z",
  S4: "M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z",
};

/** A severity by its shape, its colour and its name. */
export function SeverityMark({ severity, bare = false }: { severity: Of; bare?: boolean }) {
  return (
    <span className={styles.severity} data-severity={severity}>
      <svg viewBox="0 0 16 16" aria-hidden="true">
        <path d={SHAPES[severity]} />
      </svg>
      {!bare && <span>{severity}</span>}
      <Hidden>
        {bare ? severity : ""} {SEVERITY_WORDS[severity]}
      </Hidden>
    </span>
  );
}
