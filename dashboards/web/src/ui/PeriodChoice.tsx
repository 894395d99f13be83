import { Link } from "wouter";
import { PERIOD_WORDS, PERIODS, type Period } from "../figures/periods";
import { Hidden } from "./Hidden";
import styles from "./period.module.css";

/** The period is in the address: a link to a board is a link to what was seen on it. */
export function PeriodChoice({ period }: { period: Period }) {
  return (
    <nav className={styles.periods} aria-label="Period">
      {PERIODS.map((each) => (
        <Link
          key={each}
          href={each === "today" ? "/" : `/?period=${each}`}
          aria-current={each === period ? "true" : undefined}
        >
          <span aria-hidden="true">{PERIOD_WORDS[each].label}</span>
          <Hidden>{PERIOD_WORDS[each].long}</Hidden>
        </Link>
      ))}
    </nav>
  );
}
