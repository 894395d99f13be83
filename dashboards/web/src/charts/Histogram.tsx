import { max } from "d3-array";
import { scaleLinear } from "d3-scale";
import styles from "./charts.module.css";
import { px, type Size } from "./size";

export interface Bin {
  readonly from: number;
  readonly value: number;
  /** The CSS colour of the state this bin stands for. */
  readonly colour: string;
}

interface Props extends Size {
  readonly bins: readonly Bin[];
  /** Where the scale is labelled; its first and last are its ends. */
  readonly edges: readonly number[];
  readonly label: string;
}

/** Columns over a scale that is cut into equal bins. */
export function Histogram({ bins, edges, width, height, em, label }: Props) {
  const first = edges[0] ?? 0;
  const last = edges.at(-1) ?? 1;
  const x = scaleLinear([first, last], [0, width]);
  const floor = height - em * 1.25;
  const y = scaleLinear([0, Math.max(1, max(bins, (bin) => bin.value) ?? 0)], [floor, 2]);
  const wide = width / Math.max(1, bins.length);
  const anchor = (edge: number) => (edge === first ? "start" : edge === last ? "end" : "middle");
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      {bins.map((bin) => (
        <rect
          key={bin.from}
          x={px(x(bin.from) + wide * 0.06)}
          y={px(bin.value > 0 ? Math.min(y(bin.value), floor - 3) : floor - 1)}
          width={px(wide * 0.88)}
          height={px(bin.value > 0 ? Math.max(3, floor - y(bin.value)) : 1)}
          fill={bin.value > 0 ? bin.colour : "var(--line-strong)"}
        />
      ))}
      <line className={styles.axis} x1={0} x2={px(width)} y1={px(floor)} y2={px(floor)} />
      {edges.map((edge) => (
        <text
          key={edge}
          className={styles.tick}
          data-scale=""
          x={px(x(edge))}
          y={px(height - em * 0.18)}
          fontSize={px(em)}
          style={{ textAnchor: anchor(edge) }}
        >
          {edge}
        </text>
      ))}
    </svg>
  );
}
