import { Histogram } from "../charts/Histogram";
import { StackBar } from "../charts/StackBar";
import type { Band, HealthBand, HealthKind } from "../feed/topics";
import { DASH } from "../format/money";
import { count, points } from "../format/number";
import { BANDS } from "../panels/bands";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import styles from "./health.module.css";

const TOLD = ["poor", "watch", "good", "great"] as const;

function Kind({ row }: { row: HealthKind }) {
  const name = row.kind === "" ? "no kind" : row.kind;
  const segments = TOLD.map((band) => ({ key: band, value: row[band], colour: BANDS[band].colour }));
  const label = `${name}: ${TOLD.map((band) => `${BANDS[band].label} ${row[band]}`).join(", ")}`;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className={styles.bar}>
        <Sized>{(size) => <StackBar {...size} segments={segments} label={label} />}</Sized>
      </td>
      {TOLD.map((band) => (
        <td key={band} className={styles.number}>
          <Num text={count(row[band])} raw={row[band]} source={`health.kinds|${row.kind}|${band}`} />
        </td>
      ))}
      <td className={styles.number}>{count(row.unknown)}</td>
      <td className={styles.number}>{row.mean_milli === null ? DASH : points(row.mean_milli)}</td>
    </tr>
  );
}

interface Props {
  readonly bands: readonly HealthBand[];
  readonly kinds: readonly HealthKind[];
  readonly dim: boolean;
}

/** How many customers stand where, and of which kind. */
export function Distribution({ bands, kinds, dim }: Props) {
  const columns = bands
    .filter((row) => row.from >= 0)
    .sort((a, b) => a.from - b.from)
    .map((row) => ({ from: row.from, value: row.customers, colour: BANDS[row.band].colour }));
  const edge = (band: Band) => bands.find((row) => row.band === band)?.from;
  const inner = (["watch", "good", "great"] as const).map(edge).filter((at) => at !== undefined);
  const label = `Customers by score: ${columns.map((bin) => `from ${bin.from}: ${bin.value}`).join(", ")}`;
  return (
    <section className={styles.panel} data-dim={dim} aria-labelledby="distribution">
      <h2 id="distribution" className={styles.h2}>
        Customers by score
      </h2>
      <div className={styles.chart}>
        <Sized>
          {(size) => (
            <Histogram
              {...size}
              em={Math.min(size.em, 14)}
              bins={columns}
              edges={[0, ...inner, 100]}
              label={label}
            />
          )}
        </Sized>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section className={styles.scroll} tabIndex={0} aria-label="By kind of customer">
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Kind</th>
              <td />
              {TOLD.map((band) => (
                <th key={band} scope="col" className={styles.number}>
                  <span
                    className={styles.swatch}
                    style={{ background: BANDS[band].colour }}
                    aria-hidden="true"
                  />
                  {BANDS[band].label}
                </th>
              ))}
              <th scope="col" className={styles.number}>
                Unknown
              </th>
              <th scope="col" className={styles.number}>
                Mean
              </th>
            </tr>
          </thead>
          <tbody>
            {kinds.map((row) => (
              <Kind key={row.kind} row={row} />
            ))}
          </tbody>
        </table>
      </section>
    </section>
  );
}
