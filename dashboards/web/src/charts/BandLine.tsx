import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import styles from "./charts.module.css";
import { Levels } from "./Levels";
import { px, type Size, shorten } from "./size";

/** A value and how far around it the true one may lie; none where it is not known. */
export interface BandPoint {
  readonly value: number | null;
  readonly margin: number | null;
}

interface Props extends Size {
  readonly points: readonly BandPoint[];
  readonly label: string;
  readonly tick: (value: number) => string;
  /** What to write under place `i`; empty for most. */
  readonly place: (i: number) => string;
  /** The ends of what is possible: a band does not leave them. */
  readonly limits: readonly [number, number];
}

/** A line in its band of uncertainty. A gap in what is known is a gap in the line. */
export function BandLine({ points, width, height, em, label, tick, place, limits }: Props) {
  const left = em * 3.2;
  const floor = height - em * 1.7;
  const within = (value: number) => Math.min(limits[1], Math.max(limits[0], value));
  const ends = points.flatMap(({ value, margin }) =>
    value === null ? [] : [within(value - (margin ?? 0)), within(value + (margin ?? 0))],
  );
  const [low = limits[0], high = limits[1]] = ends.length === 0 ? limits : extent([...ends, 0]);
  const y = scaleLinear([low, high === low ? low + 1 : high], [floor, em * 0.7]).nice(4);
  const step = (width - left) / Math.max(1, points.length);
  const x = (i: number) => left + step * (i + 0.5);
  const known = (point: BandPoint) => point.value !== null;
  const band = area<BandPoint>()
    .defined((point) => known(point) && point.margin !== null)
    .x((_, i) => x(i))
    .y0(({ value, margin }) => y(within((value ?? 0) - (margin ?? 0))))
    .y1(({ value, margin }) => y(within((value ?? 0) + (margin ?? 0))))
    .curve(curveMonotoneX);
  const shape = line<BandPoint>()
    .defined(known)
    .x((_, i) => x(i))
    .y(({ value }) => y(value ?? 0))
    .curve(curveMonotoneX);
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      <Levels y={y} left={left} width={width} em={em} tick={tick} axis={0} />
      <path className={styles.band} d={shorten(band([...points]))} />
      <path className={styles.line} d={shorten(shape([...points]))} strokeWidth={2} />
      {points.map((point, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a value is its place in time
        <g key={i}>
          {point.value !== null && (points.length <= 45 || i === points.length - 1) && (
            <circle className={styles.dot} cx={px(x(i))} cy={px(y(point.value))} r={2.5} />
          )}
          <text className={styles.tick} x={px(x(i))} y={px(height - em * 0.2)} fontSize={px(em * 0.9)}>
            {place(i)}
          </text>
        </g>
      ))}
    </svg>
  );
}
