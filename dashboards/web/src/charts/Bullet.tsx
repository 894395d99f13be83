import { scaleLinear } from "d3-scale";
import styles from "./charts.module.css";
import { px, type Size } from "./size";

interface Props extends Size {
  /** In basis points of the goal. */
  readonly attainedBp: number;
  /** Where an even pace would be. */
  readonly paceBp: number;
  /** Where the scale ends: the same for all that stand together. */
  readonly endBp: number;
  readonly label: string;
}

/** How much of a goal is reached, beside where it would be at an even pace (a bar, a mark, and the goal). */
export function Bullet({ attainedBp, paceBp, endBp, width, height, label }: Props) {
  const x = scaleLinear([0, endBp], [0, width]).clamp(true);
  const isBehind = attainedBp < paceBp;
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      <rect className={styles.track} x={0} y={0} width={px(x(10_000))} height={px(height)} />
      <rect
        x={0}
        y={px(height * 0.28)}
        width={px(Math.max(1, x(Math.max(0, attainedBp))))}
        height={px(height * 0.44)}
        fill={isBehind ? "var(--watch-mark)" : "var(--good)"}
      />
      <line
        className={styles.line}
        x1={px(x(paceBp))}
        x2={px(x(paceBp))}
        y1={0}
        y2={px(height)}
        strokeWidth={2}
      />
      <line
        className={styles.axis}
        x1={px(x(10_000))}
        x2={px(x(10_000))}
        y1={0}
        y2={px(height)}
        strokeWidth={1}
      />
    </svg>
  );
}
