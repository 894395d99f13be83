import { extent } from "d3-array";
import { scaleLinear } from "d3-scale";
import { area, curveMonotoneX, line } from "d3-shape";
import styles from "./charts.module.css";
import { px, type Size, shorten } from "./size";

type Value = number | null;

interface Props extends Size {
  readonly values: readonly Value[];
  readonly label: string;
}

/** A line without axes for what goes up and down (shares, scores). A gap is bridged faintly; the last value has a dot. */
export function Sparkline({ values, width, height, em, label }: Props) {
  const pad = em * 0.22;
  const [low = 0, high = 0] = extent(values.filter((value): value is number => value !== null));
  // A level line belongs in the middle, not on the floor.
  const domain = low === high ? [low - 1, high + 1] : [low, high];
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [pad, width - pad]);
  const y = scaleLinear(domain, [height - pad, pad]);
  const shape = line<Value>()
    .defined((value) => value !== null)
    .x((_, i) => x(i))
    .y((value) => y(value ?? 0))
    .curve(curveMonotoneX);
  const under = area<Value>()
    .defined((value) => value !== null)
    .x((_, i) => x(i))
    .y0(height)
    .y1((value) => y(value ?? 0))
    .curve(curveMonotoneX);
  const known = values.map((value, i) => [x(i), value] as const).filter((at) => at[1] !== null);
  const bridge = line<(typeof known)[number]>(
    (at) => at[0],
    (at) => y(at[1] ?? 0),
  );
  const last = values.findLastIndex((value) => value !== null);
  const first = values.findIndex((value) => value !== null);
  const hasGap = known.length > 0 && last - first + 1 > known.length;
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      <path className={styles.under} d={shorten(under(values))} />
      {hasGap && <path className={styles.bridge} d={shorten(bridge(known))} strokeWidth={px(em * 0.06)} />}
      <path className={styles.line} d={shorten(shape(values))} strokeWidth={px(Math.max(1.5, em * 0.09))} />
      {last >= 0 && (
        <circle className={styles.dot} cx={px(x(last))} cy={px(y(values[last] ?? 0))} r={px(em * 0.18)} />
      )}
    </svg>
  );
}
