import { type Bin, Histogram } from "../charts/Histogram";
import { useTopic } from "../feed/hooks";
import { HEALTH } from "../feed/topics";
import { count } from "../format/number";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import { BANDS } from "./bands";
import { TileTitle } from "./FigureTile";
import styles from "./panels.module.css";

const source = (bin: Bin) => `health|${bin.from}|customers`;

export function Health() {
  const { rows, dim } = useTopic(HEALTH);
  const bins = rows
    .filter((row) => row.from >= 0)
    .sort((a, b) => a.from - b.from)
    .map((row) => ({
      from: row.from,
      label: String(row.from),
      value: row.customers,
      colour: BANDS[row.band].colour,
    }));
  const unknown = rows.find((row) => row.from < 0);
  const label = `Customers by health score: ${bins.map((bin) => `from ${bin.from}: ${bin.value}`).join(", ")}`;
  return (
    <article className={styles.wide} data-dim={dim}>
      <header className={styles.wideHead}>
        <TileTitle figureKey="health_mean" title="Customer health" />
        {unknown !== undefined && unknown.customers > 0 && (
          <span className={styles.meta}>
            <Num text={count(unknown.customers)} raw={unknown.customers} source="health|-1|customers" /> too
            new to tell
          </span>
        )}
      </header>
      <div className={styles.chart}>
        {bins.length > 0 ? (
          <Sized>{(size) => <Histogram {...size} bins={bins} label={label} source={source} />}</Sized>
        ) : (
          <p className={styles.none}>Nothing known of any customer yet</p>
        )}
      </div>
    </article>
  );
}
