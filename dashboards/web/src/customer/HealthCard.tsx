import type { CustomerHealth, TimelineEntry } from "../api/customer";
import { DASH, moneyExact } from "../format/money";
import { points, share } from "../format/number";
import { bandWords } from "../panels/bands";
import { Hidden } from "../ui/Hidden";
import { Changes } from "./Changes";
import styles from "./customer.module.css";
import { indicatorName, lifts, type Step, waterfall } from "./indicators";
import { ScoreLine } from "./ScoreLine";
import { Waterfall } from "./Waterfall";

/** So many things to do are read; more are not. */
const LIFTS = 3;

function Lifts({ steps }: { steps: readonly Step[] }) {
  const most = lifts(steps, LIFTS);
  if (most.length === 0) return null;
  return (
    <p className={styles.lifts}>
      <span className={styles.note}>What would lift it: </span>
      {most.map(({ step, points: gained }, i) => (
        <span key={step.key}>
          {i > 0 && ", "}
          {indicatorName(step.key)} <b>+{points(gained)}</b>
        </span>
      ))}
    </p>
  );
}

interface Props {
  readonly health: CustomerHealth | null;
  readonly timeline: readonly TimelineEntry[];
  /** Where the timeline is; on this page, unless said otherwise. */
  readonly page?: string;
}

/** The score, what makes it, and what made it change: what pulls it down most stands first. */
export function HealthCard({ health, timeline, page = "" }: Props) {
  const band = bandWords(health?.band);
  const steps = waterfall(health?.indicators ?? []);
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
        {health?.value != null &&
          health.value.minor > 0 &&
          ` Worth ${moneyExact(health.value.minor, health.value.currency)}.`}
      </p>
      {score !== null && <Lifts steps={steps} />}
      <ScoreLine days={health?.days ?? []} />
      <Waterfall steps={steps} score={score} timeline={timeline} page={page} />
      {steps.length > 0 && <Hidden>Ordered by how many points are missing.</Hidden>}
      <Changes changes={health?.changes ?? []} timeline={timeline} page={page} />
    </section>
  );
}
