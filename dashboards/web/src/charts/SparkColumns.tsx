import { max, min } from "d3-array";
import { scaleBand, scaleLinear } from "d3-scale";
import styles from "./charts.module.css";
import { px, type Size } from "./size";

interface Props extends Size {
  readonly values: readonly (number | null)[];
  readonly label: string;
}

const FEWEST = 7;

/** Columns without axes for what happens in an hour, a day, a week. The last one with a value is the present one. */
export function SparkColumns({ values, width, height, em, label }: Props) {
  const known = values.filter((value): value is number => value !== null);
  // Two months of history are two columns, not two blocks.
  const places = Array.from({ length: Math.max(values.length, FEWEST) }, (_, i) => i);
  const x = scaleBand(places, [0, width])
    .paddingInner(values.length > 40 ? 0.18 : 0.26)
    .paddingOuter(0);
  const y = scaleLinear([Math.min(0, min(known) ?? 0), Math.max(1, max(known) ?? 0)], [height, 0]);
  const zero = y(0);
  const last = values.findLastIndex((value) => value !== null);
  const tick = Math.max(1, em * 0.07);
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      {values.map((value, i) => {
        const top = Math.min(zero, y(value ?? 0));
        const tall = Math.max(tick, Math.abs(y(value ?? 0) - zero));
        const kind = value === null ? styles.coming : i === last ? styles.present : styles.column;
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place in time
            key={i}
            className={kind}
            x={px(x(i) ?? 0)}
            width={px(x.bandwidth())}
            y={px(Math.min(top, height - tick))}
            height={px(tall)}
          />
        );
      })}
    </svg>
  );
}
