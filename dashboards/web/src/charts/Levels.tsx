import type { ScaleLinear } from "d3-scale";
import styles from "./charts.module.css";
import { px } from "./size";

interface Props {
  readonly y: ScaleLinear<number, number>;
  readonly left: number;
  readonly width: number;
  readonly em: number;
  readonly tick: (value: number) => string;
  /** Between what a level stands for and its line, in em. */
  readonly gap?: number;
  /** The level that is drawn as an axis. */
  readonly axis?: number;
}

/** The levels of a chart: a line across each, and what it stands for to its left. */
export function Levels({ y, left, width, em, tick, gap = 0.6, axis }: Props) {
  return y.ticks(4).map((at) => (
    <g key={at}>
      <line
        className={at === axis ? styles.axis : styles.grid}
        x1={px(left)}
        x2={px(width)}
        y1={px(y(at))}
        y2={px(y(at))}
      />
      <text
        className={styles.quiet}
        x={px(left - em * gap)}
        y={px(y(at) + em * 0.33)}
        fontSize={px(em * 0.9)}
      >
        {tick(at)}
      </text>
    </g>
  ));
}
