import { max } from "d3-array";
import { scaleBand, scaleLinear } from "d3-scale";
import { count } from "../format/number";
import styles from "./charts.module.css";
import { px, type Size } from "./size";

export interface Bin {
  readonly from: number;
  readonly label: string;
  readonly value: number;
  /** The CSS colour of the state this bin stands for. */
  readonly colour: string;
}

interface Props extends Size {
  readonly bins: readonly Bin[];
  readonly label: string;
  /** Names the raw value behind a label for whoever checks the screen against the API. */
  readonly source: (bin: Bin) => string;
}

/** Columns over a scale, each with its number above and its start below. */
export function Histogram({ bins, width, height, em, label, source }: Props) {
  const x = scaleBand(
    bins.map((bin) => bin.from),
    [0, width],
  ).padding(0.14);
  const floor = height - em * 1.3;
  const y = scaleLinear([0, Math.max(1, max(bins, (bin) => bin.value) ?? 0)], [floor, em * 1.25]);
  const small = em * 0.86;
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      <line className={styles.axis} x1={0} x2={px(width)} y1={px(floor)} y2={px(floor)} />
      {bins.map((bin) => {
        const left = x(bin.from) ?? 0;
        const middle = px(left + x.bandwidth() / 2);
        const top = y(bin.value);
        return (
          <g key={bin.from}>
            {bin.value > 0 && (
              <rect
                x={px(left)}
                y={px(Math.min(top, floor - 2))}
                width={px(x.bandwidth())}
                height={px(Math.max(2, floor - top))}
                fill={bin.colour}
              />
            )}
            <text className={styles.value} x={middle} y={px(top - em * 0.32)} fontSize={px(small)}>
              <tspan data-src={source(bin)} data-raw={bin.value}>
                {count(bin.value)}
              </tspan>
            </text>
            <text className={styles.tick} x={middle} y={px(height - em * 0.2)} fontSize={px(small)}>
              {bin.label}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
