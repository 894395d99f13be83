import { useTopic } from "../feed/hooks";
import { MOVERS, type Ranked } from "../feed/topics";
import { points, signed } from "../format/number";
import { bandWords } from "../panels/bands";
import { Hidden } from "../ui/Hidden";
import styles from "./health.module.css";

const SINCE = [
  { days: "0", label: "Today" },
  { days: "7", label: "7 days" },
  { days: "30", label: "30 days" },
] as const;

/** So many are shown each way. */
const EACH = 8;

const movedBy = (row: Ranked) => row.score_milli - (row.before_milli ?? row.score_milli);

interface ListProps {
  readonly title: string;
  readonly rows: readonly Ranked[];
  readonly chosen: string | null;
  readonly onChoose: (customer: string) => void;
}

function List({ title, rows, chosen, onChoose }: ListProps) {
  return (
    <div>
      <h3 className={styles.h3}>{title}</h3>
      {rows.length === 0 && <p className={styles.none}>Nobody</p>}
      <ol className={styles.queue}>
        {rows.map((row) => (
          <li key={row.customer}>
            <button
              type="button"
              className={styles.mover}
              aria-pressed={row.customer === chosen}
              onClick={() => onChoose(row.customer)}
            >
              <span className={styles.name}>{row.name ?? row.customer}</span>
              <span className={styles.moved} data-way={movedBy(row) < 0 ? "down" : "up"}>
                {signed(points(Math.abs(movedBy(row))), movedBy(row))}
              </span>
              <span className={styles.score}>
                <span
                  className={styles.swatch}
                  style={{ background: bandWords(row.band).colour }}
                  aria-hidden="true"
                />
                {points(row.score_milli)}
                <Hidden> of 100, {bandWords(row.band).label}</Hidden>
              </span>
            </button>
          </li>
        ))}
      </ol>
    </div>
  );
}

interface Props {
  readonly only: Readonly<Record<string, string>>;
  readonly days: string;
  readonly chosen: string | null;
  readonly onDays: (days: string) => void;
  readonly onChoose: (customer: string) => void;
}

/** Whose health moved most, down and up. */
export function Movers({ only, days, chosen, onDays, onChoose }: Props) {
  const { rows, dim } = useTopic(MOVERS, { ...only, days, limit: String(2 * EACH) });
  const sorted = [...rows].sort((a, b) => movedBy(a) - movedBy(b));
  const fell = sorted.filter((row) => movedBy(row) < 0).slice(0, EACH);
  const rose = sorted
    .filter((row) => movedBy(row) > 0)
    .reverse()
    .slice(0, EACH);
  return (
    <section className={styles.panel} aria-labelledby="movers" data-dim={dim}>
      <div className={styles.head}>
        <h2 id="movers" className={styles.h2}>
          Movers
        </h2>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend nobody needs here */}
        <div className={styles.since} role="group" aria-label="Since">
          {SINCE.map((each) => (
            <button
              key={each.days}
              type="button"
              aria-pressed={each.days === days}
              onClick={() => onDays(each.days)}
            >
              {each.label}
            </button>
          ))}
        </div>
      </div>
      <div className={styles.movers}>
        <List title="Fell" rows={fell} chosen={chosen} onChoose={onChoose} />
        <List title="Rose" rows={rose} chosen={chosen} onChoose={onChoose} />
      </div>
    </section>
  );
}
