import type { CSSProperties } from "react";
import type { TimelineEntry } from "../api/customer";
import { DASH } from "../format/money";
import { count, points } from "../format/number";
import { Hidden } from "../ui/Hidden";
import { indicatorName, type Step } from "./indicators";
import styles from "./waterfall.module.css";

interface StepProps {
  readonly step: Step;
  /** The weights of all that are known; what each is divided by. */
  readonly weights: number;
  readonly timeline: readonly TimelineEntry[];
  readonly page: string;
}

function state(step: Step): "bad" | "watch" | "good" {
  const value = step.value_milli ?? 0;
  return value < 400 ? "bad" : value < 700 ? "watch" : "good";
}

/** The arithmetic of one step, and the events behind it. */
function Arithmetic({ step, weights, timeline, page }: StepProps) {
  const byPlace = new Map(timeline.map((entry) => [entry.place, entry]));
  const behind = step.events.map((place) => byPlace.get(place)).filter((entry) => entry !== undefined);
  return (
    <div className={styles.arithmetic}>
      <p>
        {step.unit}: <b>{step.number === null ? DASH : count(step.number)}</b>, worth{" "}
        <b>{step.value_milli === null ? DASH : points(step.value_milli * 100)}</b> of 100
        {step.value_milli !== null && step.contribution_milli !== null && (
          <>
            {" "}
            × {step.weight} of {weights} = <b>{points(step.contribution_milli)}</b>
          </>
        )}
      </p>
      <p className={styles.quiet}>
        Curve: {step.curve.map(([number, value]) => `${count(number)} → ${points(value * 100)}`).join(", ")}
        {step.valid_days !== null && `. Counts for ${step.valid_days} days.`}
      </p>
      {behind.length > 0 && (
        <ul className={styles.behind}>
          {behind.map((entry) => (
            <li key={entry.place}>
              <a href={`${page}#event-${entry.place}`}>{entry.what || entry.kind}</a>{" "}
              <span className={styles.quiet}>{entry.occurred_at.slice(0, 10)}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Bar({ step }: { step: Step }) {
  const given = step.contribution_milli ?? 0;
  const style = {
    "--from": `${step.from / 1000}%`,
    "--given": `${given / 1000}%`,
    "--missing": `${Math.max(0, step.most - given) / 1000}%`,
  } as CSSProperties;
  return (
    <span className={styles.track} style={style} aria-hidden="true">
      <span className={styles.given} data-state={state(step)} />
      <span className={styles.missing} />
    </span>
  );
}

function Row({ step, weights, timeline, page }: StepProps) {
  const known = step.contribution_milli !== null;
  return (
    <li className={styles.row} data-known={known}>
      <details>
        <summary>
          <span className={styles.name}>{indicatorName(step.key)}</span>
          {known && <Bar step={step} />}
          <span className={styles.points}>
            {step.contribution_milli === null ? DASH : points(step.contribution_milli)}
            {known && (
              <span className={styles.quiet}>
                {" "}
                <Hidden>points </Hidden>of {points(step.most)}
              </span>
            )}
          </span>
          <span className={styles.why}>{step.why || "Nothing known"}</span>
        </summary>
        <Arithmetic step={step} weights={weights} timeline={timeline} page={page} />
      </details>
    </li>
  );
}

interface Props {
  readonly steps: readonly Step[];
  readonly score: number | null;
  readonly timeline: readonly TimelineEntry[];
  /** Where the timeline is; empty where it is on this page. */
  readonly page: string;
}

/** From nothing to the score, a step an indicator. What is outlined could be had and is not. */
export function Waterfall({ steps, score, timeline, page }: Props) {
  const known = steps.filter((step) => step.contribution_milli !== null);
  const unknown = steps.filter((step) => step.contribution_milli === null);
  const weights = known.reduce((sum, step) => sum + step.weight, 0);
  const total = { "--from": "0%", "--given": `${(score ?? 0) / 1000}%`, "--missing": "0%" } as CSSProperties;
  return (
    <>
      <ol className={styles.rows} data-testid="waterfall">
        {known.map((step) => (
          <Row key={step.key} step={step} weights={weights} timeline={timeline} page={page} />
        ))}
        {score !== null && (
          <li className={styles.row} data-total="true">
            <span className={styles.name}>Score</span>
            <span className={styles.track} style={total} aria-hidden="true">
              <span className={styles.given} />
            </span>
            <span className={styles.points}>{points(score)}</span>
          </li>
        )}
      </ol>
      {unknown.length > 0 && (
        <details className={styles.unknown}>
          <summary>Nothing known of {unknown.length} more</summary>
          <ul>
            {unknown.map((step) => (
              <li key={step.key}>{indicatorName(step.key)}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
