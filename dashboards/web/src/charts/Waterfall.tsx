import { scaleBand, scaleLinear } from "d3-scale";
import styles from "./charts.module.css";
import { px, type Size } from "./size";

/** A column of a waterfall: a level stands on the ground, a change hangs where the one before it ended. */
export interface Fall {
  readonly id: string;
  readonly name: string;
  readonly amount: number;
  readonly isLevel: boolean;
  readonly text: string;
  readonly source: string;
  readonly currency: string;
}

interface Props extends Size {
  readonly falls: readonly Fall[];
  readonly label: string;
}

/** What shrinks has its sign in its text. */
const SIGN = { up: "+", down: "", level: "" } as const;
const COLOUR = { up: "var(--good)", down: "var(--bad)", level: "var(--column)" } as const;

function way(fall: Fall): keyof typeof SIGN {
  if (fall.isLevel) return "level";
  return fall.amount >= 0 ? "up" : "down";
}

/** From one level to another, change by change. What grew and what shrank is told by a sign as well as by colour. */
export function Waterfall({ falls, width, height, em, label }: Props) {
  const names = falls.map((fall) => fall.name.split(" "));
  const lines = Math.max(1, ...names.map((words) => words.length));
  const x = scaleBand(
    falls.map((fall) => fall.id),
    [0, width],
  ).paddingInner(0.22);
  // Small enough for nine letters a column, and never too small to be read.
  const size = px(Math.max(10, Math.min(em, x.step() / 5)));
  const floor = height - size * (lines * 1.15 + 0.5);
  let level = 0;
  const spans = falls.map((fall) => {
    const from = fall.isLevel ? 0 : level;
    level = fall.isLevel ? fall.amount : level + fall.amount;
    return { fall, from, to: level };
  });
  const ends = spans.flatMap(({ from, to }) => [from, to]);
  const y = scaleLinear([Math.min(0, ...ends), Math.max(1, ...ends)], [floor, em * 2]);
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      <line className={styles.axis} x1={0} x2={px(width)} y1={px(y(0))} y2={px(y(0))} />
      {spans.map(({ fall, from, to }, i) => {
        const left = x(fall.id) ?? 0;
        const middle = px(left + x.bandwidth() / 2);
        const top = Math.min(y(from), y(to));
        const next = falls[i + 1];
        return (
          <g key={fall.id}>
            <rect
              x={px(left)}
              width={px(x.bandwidth())}
              y={px(top)}
              height={px(Math.max(1, Math.abs(y(to) - y(from))))}
              fill={COLOUR[way(fall)]}
            />
            {next !== undefined && (
              <line
                className={styles.axis}
                x1={px(left + x.bandwidth())}
                x2={px(x(next.id) ?? width)}
                y1={px(y(to))}
                y2={px(y(to))}
              />
            )}
            <text className={styles.tick} x={middle} y={px(top - em * 0.4)} fontSize={size}>
              {SIGN[way(fall)]}
              <tspan data-src={fall.source} data-raw={fall.amount} data-currency={fall.currency}>
                {fall.text}
              </tspan>
            </text>
            {names[i]?.map((word, at) => (
              <text
                key={word}
                className={styles.tick}
                x={middle}
                y={px(floor + size * (1.15 * (at + 1) + 0.1))}
                fontSize={size}
              >
                {word}
              </text>
            ))}
          </g>
        );
      })}
    </svg>
  );
}
