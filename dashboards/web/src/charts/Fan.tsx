import { scaleLinear, scaleTime } from "d3-scale";
import { area, curveLinear, line } from "d3-shape";
import { utcFormat } from "d3-time-format";
import styles from "./charts.module.css";
import { Levels } from "./Levels";
import { px, type Size, shorten } from "./size";

interface Props extends Size {
  readonly from: string;
  readonly to: string;
  /** (day, sum) so far. */
  readonly won: readonly (readonly [string, number])[];
  /** (day, low, value, high) to come. */
  readonly fan: readonly (readonly [string, number, number, number])[];
  readonly label: string;
  readonly tick: (value: number) => string;
}

const day = (iso: string) => Date.parse(`${iso}T00:00:00Z`);
const dayName = utcFormat("%-d %b");

/** A sum that grows through a period: as it was, and between which it will lie with 80 %. */
export function Fan({ from, to, won, fan, width, height, em, label, tick }: Props) {
  const left = em * 4.2;
  const floor = height - em * 1.8;
  const highest = Math.max(1, ...won.map(([, sum]) => sum), ...fan.map(([, , , high]) => high));
  const x = scaleTime([day(from), day(to)], [left, width - em * 0.4]);
  const y = scaleLinear([0, highest], [floor, em * 0.8]).nice(4);
  const begin: readonly [string, number] = won.at(-1) ?? [from, 0];
  const coming = [[begin[0], begin[1], begin[1], begin[1]] as const, ...fan];
  const so = line<readonly [string, number]>()
    .x(([at]) => x(day(at)))
    .y(([, sum]) => y(sum));
  const band = area<(typeof coming)[number]>()
    .x(([at]) => x(day(at)))
    .y0(([, low]) => y(low))
    .y1(([, , , high]) => y(high))
    .curve(curveLinear);
  const middle = line<(typeof coming)[number]>()
    .x(([at]) => x(day(at)))
    .y(([, , value]) => y(value));
  return (
    <svg className={styles.chart} width={px(width)} height={px(height)} role="img" aria-label={label}>
      <Levels y={y} left={left} width={width} em={em} tick={tick} gap={0.5} />
      {fan.length > 0 && (
        <>
          <path d={shorten(band(coming))} fill="var(--great)" fillOpacity={0.22} />
          <path className={styles.line} d={shorten(middle(coming))} strokeWidth={2} strokeDasharray="5 4" />
        </>
      )}
      <path className={styles.line} d={shorten(so([[from, 0], ...won]))} strokeWidth={2.5} />
      {won.length > 0 && (
        <circle className={styles.dot} cx={px(x(day(begin[0])))} cy={px(y(begin[1]))} r={3.5} />
      )}
      {x.ticks(4).map((at) => (
        <text
          key={at.getTime()}
          className={styles.tick}
          x={px(x(at))}
          y={px(height - em * 0.3)}
          fontSize={px(em * 0.9)}
        >
          {dayName(at)}
        </text>
      ))}
    </svg>
  );
}
