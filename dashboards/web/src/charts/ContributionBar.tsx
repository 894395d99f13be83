import { scaleLinear } from "d3-scale";
import styles from "./charts.module.css";
import { px, type Size } from "./size";

interface Props extends Size {
  /** Points that could be had, that the weightiest indicator could have, and that were had. */
  readonly weight: number;
  readonly heaviest: number;
  readonly contribution: number | null;
  readonly label: string;
}

/** How much of what an indicator could give it gives: the track is its weight, so light ones are short. */
export function ContributionBar({ weight, heaviest, contribution, width, height, label }: Props) {
  const x = scaleLinear([0, Math.max(1, heaviest)], [0, width]);
  const share = weight > 0 && contribution !== null ? contribution / weight : 0;
  const colour = share < 0.4 ? "var(--bad)" : share < 0.6 ? "var(--watch-mark)" : "var(--good)";
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      <rect className={styles.track} width={px(x(weight))} height={px(height)} />
      {contribution !== null && (
        <rect width={px(Math.max(2, x(Math.max(0, contribution))))} height={px(height)} fill={colour} />
      )}
    </svg>
  );
}
