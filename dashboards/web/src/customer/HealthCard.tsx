import type { Customer, Indicator } from "../api/customer";
import { ContributionBar } from "../charts/ContributionBar";
import { DASH } from "../format/money";
import { points, share } from "../format/number";
import { bandWords } from "../panels/bands";
import { Hidden } from "../ui/Hidden";
import { Sized } from "../ui/Sized";
import styles from "./customer.module.css";

/** Named by what is good: `payment.failed` at full points means that payments went through. */
const NAMES: Readonly<Record<string, string>> = {
  "delivery.on_time": "Deliveries on time",
  "delivery.failed": "Deliveries made",
  "order.frequency": "Orders placed",
  "order.cancelled": "Orders kept",
  "payment.failed": "Payments made",
  "tickets.open": "Few open tickets",
  "tickets.resolution": "Tickets resolved soon",
  nps: "Would recommend",
  csat: "Satisfaction",
  reviews: "Reviews",
  sentiment: "Sentiment",
};

/** An indicator this page has no name for goes by its key: `usage.adoption` is "Usage · adoption". */
export function indicatorName(key: string): string {
  const known = NAMES[key];
  if (known !== undefined) return known;
  const [facet = "", ...rest] = key.split(".");
  const words = (text: string) => text.replaceAll("_", " ");
  const head = facet.charAt(0).toUpperCase() + words(facet).slice(1);
  return rest.length > 0 ? `${head} · ${words(rest.join(" "))}` : head;
}

interface Scored extends Indicator {
  /** The points of the score this indicator could give: its share of the weights of those that are known. */
  readonly most: number;
}

/** What costs the most points first; what nothing is known of last. */
function scored(indicators: readonly Indicator[]): Scored[] {
  const known = indicators.filter((each) => each.contribution_milli !== null);
  const weights = known.reduce((sum, each) => sum + each.weight, 0);
  const lost = (each: Scored) =>
    each.contribution_milli === null ? -1 : each.most * 1000 - each.contribution_milli;
  return indicators
    .map((each) => ({ ...each, most: weights > 0 ? (100 * each.weight) / weights : 0 }))
    .sort((a, b) => lost(b) - lost(a));
}

interface RowProps {
  readonly indicator: Scored;
  readonly heaviest: number;
  /** Without a score the contributions are shares of nothing. */
  readonly hasScore: boolean;
}

function Row({ indicator, heaviest, hasScore }: RowProps) {
  const contribution = hasScore ? indicator.contribution_milli : null;
  const most = indicator.most * 1000;
  const name = indicatorName(indicator.key);
  const label = `${name}: ${contribution === null ? "unknown" : points(contribution)} of ${points(most)} points`;
  return (
    <li className={styles.indicator}>
      <span className={styles.indicatorName}>{name}</span>
      {hasScore && (
        <span className={styles.indicatorPoints}>
          {contribution === null ? DASH : points(contribution)}
          <span className={styles.of}> of {points(most)}</span>
        </span>
      )}
      <span className={styles.indicatorBar}>
        <Sized>
          {(size) => (
            <ContributionBar
              {...size}
              weight={indicator.most}
              heaviest={heaviest}
              contribution={contribution === null ? null : contribution / 1000}
              label={label}
            />
          )}
        </Sized>
      </span>
      <span className={styles.why}>{indicator.why || "Nothing known yet"}</span>
    </li>
  );
}

/** The score and what makes it: what pulls it down most stands first. */
export function HealthCard({ health }: { health: Customer["health"] }) {
  const band = bandWords(health?.band);
  const indicators = scored(health?.indicators ?? []);
  const heaviest = Math.max(1, ...indicators.map((indicator) => indicator.most));
  const score = health?.score_milli ?? null;
  return (
    <section className={styles.card} aria-labelledby="health">
      <h2 id="health" className={styles.h2}>
        Health
      </h2>
      <p className={styles.score}>
        <data value={score ?? ""} className={styles.scoreNumber} data-src="customer|health.score_milli">
          {score === null ? DASH : points(score)}
        </data>
        <span className={styles.band}>
          <span className={styles.swatch} style={{ background: band.colour }} aria-hidden="true" />
          {band.label}
        </span>
      </p>
      <p className={styles.note}>
        {score === null && "Not enough is known to tell. "}
        {health?.coverage_bp != null && `Stands on ${share(health.coverage_bp)} of what could be known.`}
      </p>
      <ul className={styles.indicators}>
        {indicators.map((indicator) => (
          <Row key={indicator.key} indicator={indicator} heaviest={heaviest} hasScore={score !== null} />
        ))}
      </ul>
      {indicators.length > 0 && <Hidden>Ordered by how many points are missing.</Hidden>}
    </section>
  );
}
