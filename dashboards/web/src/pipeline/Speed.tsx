import { Sparkline } from "../charts/Sparkline";
import { useTopic } from "../feed/hooks";
import { duration } from "../format/duration";
import { DASH, moneyShort } from "../format/money";
import { count, share, signed } from "../format/number";
import sections from "../pages/sections.module.css";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import type { Asked } from "./Drill";
import { Head, None, Part } from "./Part";
import type { Days } from "./period";
import styles from "./pipeline.module.css";
import { SEGMENTS, VELOCITY, type Week } from "./topics";

function bySegment(rows: readonly Week[]): [string, Week[]][] {
  const segments = new Map<string, Week[]>();
  for (const row of rows) segments.set(row.segment, [...(segments.get(row.segment) ?? []), row]);
  return [...segments].map(([name, weeks]) => [name, weeks.sort((a, b) => a.week.localeCompare(b.week))]);
}

function Multiple({ name, weeks }: { name: string; weeks: readonly Week[] }) {
  const last = weeks.at(-1);
  if (last === undefined) return null;
  const title = name === "" ? "All segments" : name;
  const levers: [string, string][] = [
    ["Open", count(last.open)],
    ["Size", last.size === null ? DASH : moneyShort(last.size, last.currency)],
    ["Win rate", last.rate_bp === null ? DASH : share(last.rate_bp)],
    ["Takes", last.cycle_mean_ms === null ? DASH : duration(last.cycle_mean_ms)],
  ];
  const a_day = last.velocity === null ? DASH : `${moneyShort(last.velocity, last.currency)} a day`;
  return (
    <article className={styles.multiple}>
      <h3>{title}</h3>
      <Num
        text={a_day}
        raw={last.velocity}
        source={`velocity|${name}|${last.week}|velocity`}
        currency={last.currency}
      />
      <div className={styles.spark}>
        <Sized>
          {(size) => (
            <Sparkline
              {...size}
              values={weeks.map((week) => week.velocity)}
              label={`${title}, velocity by week: now ${a_day}`}
            />
          )}
        </Sized>
      </div>
      <dl className={styles.levers}>
        {levers.map(([lever, value]) => (
          <div key={lever} style={{ display: "contents" }}>
            <dt>{lever}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}

/** What the pipeline brings a day, by segment, week by week. */
export function Velocity({ pipeline }: { pipeline: string }) {
  const { rows, dim } = useTopic(VELOCITY, { pipeline });
  const segments = bySegment(rows);
  return (
    <Part
      id="velocity"
      title="Velocity"
      about="Open deals × size × win rate ÷ days it takes, 52 weeks; the levers as of the last 13"
      dim={dim}
      isWide
    >
      {segments.length === 0 ? (
        <None>No deal was seen yet.</None>
      ) : (
        <div className={styles.multiples}>
          {segments.map(([name, weeks]) => (
            <Multiple key={name} name={name} weeks={weeks} />
          ))}
        </div>
      )}
    </Part>
  );
}

const points = (bp: number) => signed((bp / 100).toFixed(1), bp);

/** Which segments win more than others, as far as that is not chance. */
export function Segments({
  pipeline,
  days,
  onAsk,
}: {
  pipeline: string;
  days: Days;
  onAsk: (asked: Asked) => void;
}) {
  const { rows, dim } = useTopic(SEGMENTS, { pipeline, ...days });
  const sorted = [...rows].sort((a, b) => a.rank - b.rank);
  return (
    <Part
      id="segments"
      title="Segments"
      about="Drawn towards all of them as far as few deals were decided"
      dim={dim}
    >
      {sorted.length === 0 ? (
        <None>No deal of a segment was decided in this period.</None>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
        <section className={styles.scroll} tabIndex={0} aria-label="By segment">
          <table className={sections.table}>
            <Head first="Segment" numbers={["Decided", "Win rate", "Believed", "Lift, points", "Growth"]} />
            <tbody>
              {sorted.slice(0, 12).map((row) => (
                <tr key={row.segment}>
                  <th scope="row">
                    <button
                      type="button"
                      className={styles.more}
                      onClick={() =>
                        onAsk({
                          title: `Won in ${row.segment}`,
                          params: { pipeline, segment: row.segment, status: "won", ...days },
                        })
                      }
                    >
                      {row.segment}
                    </button>
                  </th>
                  <td className={sections.number}>{count(row.decided)}</td>
                  <td className={sections.number}>{row.rate_bp === null ? DASH : share(row.rate_bp)}</td>
                  <td className={sections.number}>{share(row.shrunk_rate_bp)}</td>
                  <td className={sections.number}>{points(row.lift_bp)}</td>
                  <td className={sections.number}>
                    {row.shrunk_growth_bp === null
                      ? DASH
                      : signed(share(row.shrunk_growth_bp), row.shrunk_growth_bp)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Part>
  );
}
