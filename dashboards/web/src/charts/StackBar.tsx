import { sum } from "d3-array";
import { scaleLinear } from "d3-scale";
import styles from "./charts.module.css";
import { px, type Size } from "./size";

export interface Segment {
  readonly key: string;
  readonly value: number;
  readonly colour: string;
}

interface Props extends Size {
  readonly segments: readonly Segment[];
  readonly label: string;
}

/** One bar cut into the shares of a whole. */
export function StackBar({ segments, width, height, label }: Props) {
  const total = sum(segments, (segment) => segment.value);
  const gap = 2;
  const x = scaleLinear([0, Math.max(1, total)], [0, width]);
  let before = 0;
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      {total === 0 && <rect className={styles.coming} width={px(width)} height={px(height)} />}
      {segments.map((segment) => {
        const left = x(before);
        before += segment.value;
        const wide = x(before) - left - gap;
        if (segment.value <= 0) return null;
        return (
          <rect
            key={segment.key}
            x={px(left)}
            width={px(Math.max(1, wide))}
            height={px(height)}
            fill={segment.colour}
          />
        );
      })}
    </svg>
  );
}
