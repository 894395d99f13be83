import { type Bin, Histogram } from "../charts/Histogram";
import { useTopic } from "../feed/hooks";
import { type Band, HEALTH, type HealthBand } from "../feed/topics";
import { count } from "../format/number";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import { BANDS } from "./bands";
import { Fact, TileTitle } from "./FigureTile";
import styles from "./panels.module.css";

const TOLD: readonly Band[] = ["poor", "watch", "good", "great"];

function bins(rows: readonly HealthBand[]): Bin[] {
  return rows
    .filter((row) => row.from >= 0)
    .sort((a, b) => a.from - b.from)
    .map((row) => ({ from: row.from, value: row.customers, colour: BANDS[row.band].colour }));
}

function countIn(rows: readonly HealthBand[], band: Band): number {
  return rows.filter((row) => row.band === band).reduce((sum, row) => sum + row.customers, 0);
}

/** How many customers there are in each band; the numbers to the columns above. */
function Bands({ rows }: { rows: readonly HealthBand[] }) {
  return (
    <ul className={styles.bands}>
      {TOLD.map((band) => {
        const customers = countIn(rows, band);
        return (
          <li key={band}>
            <span className={styles.bandName}>
              <span className={styles.swatch} style={{ background: BANDS[band].colour }} aria-hidden="true" />
              {BANDS[band].label}
            </span>
            <Num
              text={count(customers)}
              raw={customers}
              source={`health|${band}|sum`}
              className={styles.bandCount}
            />
          </li>
        );
      })}
    </ul>
  );
}

export function Health() {
  const { rows, dim } = useTopic(HEALTH);
  const columns = bins(rows);
  const unknown = countIn(rows, "unknown");
  const label = `Customers by health score: ${columns.map((bin) => `from ${bin.from}: ${bin.value}`).join(", ")}`;
  return (
    <article className={styles.wide} data-dim={dim}>
      <header className={styles.wideHead}>
        <TileTitle figureKey="health_mean" title="Health" />
        <span className={styles.meta}>
          <Fact figureKey="health_mean" label="mean" />
          {unknown > 0 && (
            <span className={styles.decided}>
              <Num
                text={count(unknown)}
                raw={unknown}
                source="health|unknown|sum"
                className={styles.factValue}
              />{" "}
              unknown
            </span>
          )}
        </span>
      </header>
      {rows.length > 0 ? (
        <>
          <div className={styles.chart}>
            <Sized>
              {(size) => <Histogram {...size} bins={columns} edges={[0, 40, 60, 80, 100]} label={label} />}
            </Sized>
          </div>
          <Bands rows={rows} />
        </>
      ) : (
        <div className={styles.chart}>
          <p className={styles.none}>Nothing known of any customer yet</p>
        </div>
      )}
    </article>
  );
}
