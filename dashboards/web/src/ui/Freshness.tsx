import { freshness } from "../feed/freshness";
import { useFeedSnapshot, useZone } from "../feed/hooks";
import type { TopicView } from "../feed/topic";
import { clock, dayOf } from "../format/time";
import { useNow } from "./clock";
import styles from "./freshness.module.css";
import { Hidden } from "./Hidden";

/** What a level is called out as; announced once when it changes, not every second. */
const ANNOUNCED = {
  waiting: "Waiting for figures",
  fresh: "Figures are live",
  amber: "Figures are behind",
  red: "Figures are old",
} as const;

/** How old the figures are, in words, and the business's own time. Always on the screen. */
export function Freshness({ view }: { view: TopicView | null }) {
  const now = useNow();
  const { state } = useFeedSnapshot();
  const { level, words } = freshness(state, view, now);
  const zone = useZone();
  const asOf = view?.asOf ?? null;
  return (
    <div className={styles.freshness} data-level={level}>
      <p className={styles.words}>
        <span className={styles.lamp} aria-hidden="true" />
        <span>{words}</span>
      </p>
      {asOf !== null && (
        <p className={styles.asOf}>
          <span className={styles.quiet}>as of </span>
          <time dateTime={asOf}>
            <span className={styles.day}>{dayOf(asOf, zone)} </span>
            <span className={styles.clock}>{clock(asOf, zone)}</span>
          </time>{" "}
          <span className={styles.quiet}>{zone.split("/").at(-1)?.replaceAll("_", " ")}</span>
        </p>
      )}
      <span role="status" className={styles.announced}>
        <Hidden>{ANNOUNCED[level]}</Hidden>
      </span>
    </div>
  );
}
