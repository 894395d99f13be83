import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { curveMonotoneX, line } from "d3-shape";
import styles from "./charts.module.css";
import { Levels } from "./Levels";
import { px, type Size, shorten } from "./size";

type Value = number | null;

interface Props extends Size {
  readonly values: readonly Value[];
  readonly kind: "line" | "columns";
  readonly label: string;
  readonly tick: (value: number) => string;
  /** What to write under place `i`; empty for most. */
  readonly place: (i: number) => string;
}

/** The trend with its axes, for the dialog behind a figure. */
export function TrendChart({ values, kind, width, height, em, label, tick, place }: Props) {
  const left = em * 5;
  const floor = height - em * 1.8;
  const [low = 0, high = 1] = extent(values.filter((value): value is number => value !== null));
  const bottom = kind === "columns" ? Math.min(0, low) : low;
  const y = scaleLinear([bottom, high === bottom ? bottom + 1 : high], [floor, em]).nice(4);
  const step = (width - left) / Math.max(1, values.length);
  const x = (i: number) => left + step * (i + 0.5);
  const shape = line<Value>()
    .defined((value) => value !== null)
    .x((_, i) => x(i))
    .y((value) => y(value ?? 0))
    .curve(curveMonotoneX);
  const zero = y(Math.max(bottom, 0));
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      <Levels y={y} left={left} width={width} em={em} tick={tick} />
      {kind === "line" && <path className={styles.line} d={shorten(shape(values))} strokeWidth={2} />}
      {values.map((value, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a value is its place in time
        <g key={i}>
          {value !== null && kind === "columns" && (
            <rect
              className={styles.steady}
              x={px(x(i) - step * 0.36)}
              width={px(step * 0.72)}
              y={px(Math.min(zero, y(value)))}
              height={px(Math.max(1, Math.abs(y(value) - zero)))}
            />
          )}
          {value !== null && kind === "line" && (
            <circle className={styles.dot} cx={px(x(i))} cy={px(y(value))} r={2.5} />
          )}
          <text className={styles.tick} x={px(x(i))} y={px(height - em * 0.3)} fontSize={px(em * 0.9)}>
            {place(i)}
          </text>
        </g>
      ))}
    </svg>
  );
}
