import { scaleBand, scaleLinear } from "d3-scale";
import { count, share } from "../format/number";
import styles from "./charts.module.css";
import { px, type Size } from "./size";

export interface FunnelBar {
  readonly id: string;
  readonly name: string;
  readonly entered: number;
  readonly advanced: number;
  readonly advancedBp: number | null;
}

interface Props extends Size {
  readonly bars: readonly FunnelBar[];
  readonly label: string;
}

/** A bar a stage: how many came into it, the darker part went further, and what share that is. */
export function FunnelBars({ bars, width, height, em, label }: Props) {
  const names = Math.min(width * 0.34, em * 9);
  const numbers = em * 9;
  const y = scaleBand(
    bars.map((bar) => bar.id),
    [0, height],
  ).padding(0.25);
  const band = Math.min(y.bandwidth(), em * 1.9);
  const x = scaleLinear(
    [0, Math.max(1, ...bars.map((bar) => bar.entered))],
    [0, Math.max(8, width - names - numbers)],
  );
  const letters = Math.max(4, Math.floor(names / (em * 0.58)));
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      {bars.map((bar) => {
        const middle = (y(bar.id) ?? 0) + y.bandwidth() / 2;
        const base = px(middle + em * 0.36);
        return (
          <g key={bar.id}>
            <text className={styles.name} x={0} y={base} fontSize={px(em)}>
              {bar.name.length > letters ? `${bar.name.slice(0, letters - 1)}…` : bar.name}
            </text>
            <rect
              className={styles.track}
              x={px(names)}
              y={px(middle - band / 2)}
              width={px(x(bar.entered))}
              height={px(band)}
            />
            <rect
              className={styles.steady}
              x={px(names)}
              y={px(middle - band / 2)}
              width={px(x(bar.advanced))}
              height={px(band)}
            />
            <text className={styles.figure} x={px(width - em * 4.4)} y={base} fontSize={px(em)}>
              <tspan data-src={`funnel|${bar.id}|entered`} data-raw={bar.entered}>
                {count(bar.entered)}
              </tspan>
            </text>
            <text className={styles.quiet} x={px(width)} y={base} fontSize={px(em)}>
              {bar.advancedBp === null ? "–" : share(bar.advancedBp)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
