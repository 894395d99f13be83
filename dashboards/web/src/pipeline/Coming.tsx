import { Fan } from "../charts/Fan";
import { useTopic } from "../feed/hooks";
import { DASH, moneyShort } from "../format/money";
import { share, signed } from "../format/number";
import sections from "../pages/sections.module.css";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import { Head, None, Part } from "./Part";
import styles from "./pipeline.module.css";
import { FORECAST, type Forecast } from "./topics";

const NAMES: Readonly<Record<Forecast["period"], string>> = {
  this_month: "This month",
  next_month: "Next month",
  this_quarter: "This quarter",
  next_quarter: "Next quarter",
};

const WAYS: Readonly<Record<string, string>> = {
  recent: "last 91 days go on",
  settled: "all days go on",
  trend: "half the growth goes on",
  year: "months as a year ago",
  pipeline: "open deals by stage and age",
};

function Line({ row }: { row: Forecast }) {
  const source = (col: string) => `forecast|${row.period}|${row.currency}|${col}`;
  const interval =
    row.low === null || row.high === null
      ? "too early to say"
      : `${moneyShort(row.low, row.currency)} to ${moneyShort(row.high, row.currency)}`;
  return (
    <tr>
      <th scope="row">{NAMES[row.period]}</th>
      <td className={sections.number}>
        <Num
          text={moneyShort(row.value, row.currency)}
          raw={row.value}
          source={source("value")}
          currency={row.currency}
        />
      </td>
      <td className={sections.number}>{interval}</td>
      <td className={sections.number}>{moneyShort(row.so_far, row.currency)}</td>
      <td className={sections.number}>{row.error_bp === null ? DASH : share(row.error_bp)}</td>
      <td className={sections.number}>
        {row.bias_bp === null ? DASH : signed(share(row.bias_bp), row.bias_bp)}
      </td>
    </tr>
  );
}

/** What will be won, with the interval that holds 80 %, and how wrong it was before. */
export function Coming({ currency }: { currency: string }) {
  const { rows, dim } = useTopic(FORECAST);
  const own = rows.filter((row) => row.currency === currency);
  const quarter =
    own.find((row) => row.period === "this_quarter" && row.fan.length + row.won.length > 0) ??
    own.find((row) => row.period === "next_quarter");
  const ways = [...(quarter?.ways ?? [])].sort((a, b) => b.weight_bp - a.weight_bp);
  const label = quarter
    ? `${NAMES[quarter.period]}: ${moneyShort(quarter.so_far, currency)} so far, ${moneyShort(quarter.value, currency)} expected`
    : "";
  return (
    <Part
      id="forecast"
      title="What will be won"
      about="Whatever the pipeline; 80 % of the time within the band"
      dim={dim}
    >
      {quarter === undefined ? (
        <None>Nothing was won in the last year: there is nothing to forecast from.</None>
      ) : (
        <>
          {quarter.fan.length + quarter.won.length > 0 && (
            <div className={styles.tall}>
              <Sized>
                {(size) => (
                  <Fan
                    {...size}
                    from={quarter.from}
                    to={quarter.to}
                    won={quarter.won}
                    fan={quarter.fan}
                    label={label}
                    tick={(value) => moneyShort(value, currency)}
                  />
                )}
              </Sized>
            </div>
          )}
          {quarter.is_early && (
            <None>
              It is too early to say how sure this is: not every month of a quarter was seen for four weeks.
            </None>
          )}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
          <section className={styles.scroll} tabIndex={0} aria-label="Forecasts">
            <table className={sections.table}>
              <Head
                first="Period"
                numbers={["Expected", "80 % between", "So far", "Usually off by", "Bias"]}
              />
              <tbody>
                {own.map((row) => (
                  <Line key={row.period} row={row} />
                ))}
              </tbody>
            </table>
          </section>
          {ways.length > 0 && (
            <p className={styles.note}>
              {NAMES[quarter.period]} is made of:{" "}
              {ways.map((each) => `${WAYS[each.way] ?? each.way} ${share(each.weight_bp)}`).join(", ")}.
            </p>
          )}
        </>
      )}
    </Part>
  );
}
