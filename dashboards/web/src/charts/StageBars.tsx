import { max } from "d3-array";
import { scaleBand, scaleLinear } from "d3-scale";
import { moneyShort } from "../format/money";
import { count } from "../format/number";
import styles from "./charts.module.css";
import { px, type Size } from "./size";

export interface StageBar {
  readonly id: string;
  readonly name: string;
  readonly count: number;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly colour: string;
}

interface Props extends Size {
  readonly stages: readonly StageBar[];
  readonly label: string;
  readonly source: (stage: StageBar, col: "count" | "amount") => string;
}

function shortened(name: string, room: number, em: number): string {
  const letters = Math.max(3, Math.floor(room / (em * 0.56)));
  return name.length <= letters ? name : `${name.slice(0, letters - 1)}…`;
}

/** One bar a stage, from the first contact to the decision: how many stand there and what they are worth. */
export function StageBars({ stages, width, height, em, label, source }: Props) {
  const names = Math.min(width * 0.36, em * 8.5);
  const numbers = em * 9;
  const y = scaleBand(
    stages.map((stage) => stage.id),
    [0, height],
  ).padding(0.22);
  const band = Math.min(y.bandwidth(), em * 1.7);
  const longest = Math.max(1, max(stages, (stage) => stage.count) ?? 0);
  const x = scaleLinear([0, longest], [0, Math.max(8, width - names - numbers - em * 0.6)]);
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      {stages.map((stage) => {
        const middle = (y(stage.id) ?? 0) + y.bandwidth() / 2;
        const base = px(middle + em * 0.36);
        return (
          <g key={stage.id}>
            <text className={styles.name} x={0} y={base} fontSize={px(em)}>
              {shortened(stage.name, names, em)}
            </text>
            <rect
              x={px(names)}
              y={px(middle - band / 2)}
              width={px(Math.max(2, x(stage.count)))}
              height={px(band)}
              fill={stage.colour}
            />
            <text className={styles.figure} x={px(width - em * 5.1)} y={base} fontSize={px(em)}>
              <tspan data-src={source(stage, "count")} data-raw={stage.count}>
                {count(stage.count)}
              </tspan>
            </text>
            {stage.amount !== null && stage.currency !== null && (
              <text className={styles.quiet} x={px(width)} y={base} fontSize={px(em)}>
                <tspan
                  data-src={source(stage, "amount")}
                  data-raw={stage.amount}
                  data-currency={stage.currency}
                >
                  {moneyShort(stage.amount, stage.currency)}
                </tspan>
              </text>
            )}
          </g>
        );
      })}
    </svg>
  );
}
