import { indicatorName } from "../customer/indicators";
import type { TopicView } from "../feed/topic";
import type { Ranked } from "../feed/topics";
import { DASH, moneyExact } from "../format/money";
import { points } from "../format/number";
import { bandWords } from "../panels/bands";
import { Hidden } from "../ui/Hidden";
import styles from "./health.module.css";

interface Props {
  readonly rows: readonly Ranked[];
  readonly view: TopicView | null;
  readonly dim: boolean;
  readonly chosen: string | null;
  readonly kinds: readonly string[];
  readonly kind: string;
  readonly owner: string;
  readonly onChoose: (customer: string) => void;
  readonly onFilter: (change: Record<string, string | null>) => void;
}

function Row({
  row,
  chosen,
  onChoose,
}: {
  row: Ranked;
  chosen: boolean;
  onChoose: (customer: string) => void;
}) {
  const band = bandWords(row.band);
  return (
    <li>
      <button
        type="button"
        className={styles.risk}
        aria-pressed={chosen}
        data-customer={row.customer}
        onClick={() => onChoose(row.customer)}
      >
        <span className={styles.who}>
          <span className={styles.name}>{row.name ?? row.customer}</span>
          <span className={styles.quiet}>{[row.kind, row.owner].filter(Boolean).join(" · ")}</span>
        </span>
        <span className={styles.score}>
          <span className={styles.swatch} style={{ background: band.colour }} aria-hidden="true" />
          {points(row.score_milli)}
          <Hidden> of 100, {band.label}</Hidden>
        </span>
        <span className={styles.money}>
          {row.at_risk_minor > 0 ? moneyExact(row.at_risk_minor, row.currency) : DASH}
          <span className={styles.quiet}>
            {row.value_minor > 0
              ? `of ${moneyExact(row.value_minor, row.currency)}`
              : `nothing in ${row.currency}`}
          </span>
        </span>
        <span className={styles.worst}>
          {row.worst != null && (
            <>
              <span className={styles.quiet}>most lost by </span>
              {indicatorName(row.worst)}
              {row.worst_lost_milli != null && ` −${points(row.worst_lost_milli)}`}
            </>
          )}
        </span>
      </button>
    </li>
  );
}

/** Whom to call first: what is at risk is their value times what is missing of their score. */
export function RiskQueue({ rows, view, dim, chosen, kinds, kind, owner, onChoose, onFilter }: Props) {
  const owners = [...new Set(rows.map((row) => row.owner ?? "").filter((each) => each !== ""))].sort();
  if (owner !== "" && !owners.includes(owner)) owners.push(owner);
  const loaded = view !== null && view.status !== "empty";
  const none = kind === "" && owner === "" ? "Nobody is at risk." : "Nobody of these is at risk.";
  return (
    <section className={styles.panel} aria-labelledby="risk" data-dim={dim && loaded}>
      <div className={styles.head}>
        <h2 id="risk" className={styles.h2}>
          At risk
        </h2>
        <label className={styles.filter}>
          <Hidden>Kind of customer</Hidden>
          <select value={kind} onChange={(event) => onFilter({ kind: event.target.value, customer: null })}>
            <option value="">All kinds</option>
            {kinds.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
        <label className={styles.filter}>
          <Hidden>Owner</Hidden>
          <select value={owner} onChange={(event) => onFilter({ owner: event.target.value, customer: null })}>
            <option value="">All owners</option>
            {owners.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      </div>
      <p className={styles.quiet}>
        By what may be lost: the customer's value times what is missing of the score.
      </p>
      {rows.length === 0 ? (
        <p className={styles.none}>{loaded ? none : (view?.error ?? "Loading…")}</p>
      ) : (
        <ol className={styles.queue} data-testid="risk">
          {rows.map((row) => (
            <Row key={row.customer} row={row} chosen={row.customer === chosen} onChoose={onChoose} />
          ))}
        </ol>
      )}
    </section>
  );
}
