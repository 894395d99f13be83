import { Bullet } from "../charts/Bullet";
import { useTopic } from "../feed/hooks";
import { DASH, moneyShort } from "../format/money";
import { share } from "../format/number";
import { Hidden } from "../ui/Hidden";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import type { Asked } from "./Drill";
import { None, Part } from "./Part";
import styles from "./pipeline.module.css";
import { QUOTA, type Quota } from "./topics";

/** Each team before its sellers, the ones without a team last. */
export function inOrder(rows: readonly Quota[]): Quota[] {
  const of = (level: Quota["level"]) => rows.filter((row) => row.level === level);
  const sellers = of("seller");
  const teams = of("team").flatMap((team) => [team, ...sellers.filter((row) => row.team === team.name)]);
  return [...of("organisation"), ...teams, ...sellers.filter((row) => !teams.includes(row))];
}

function Line({ row, onAsk }: { row: Quota; onAsk: (asked: Asked) => void }) {
  const name = row.level === "organisation" ? "Everybody" : row.name;
  const attained = row.attained_bp ?? 0;
  const label = `${name}: ${share(attained)} of the quota, at an even pace ${share(row.pace_bp ?? 0)}`;
  const asked: Asked = {
    title: `Won by ${name}, ${row.from} to ${row.to}`,
    params: {
      status: "won",
      from: row.from,
      to: row.to,
      ...(row.level === "seller" ? { owner: row.name } : {}),
    },
  };
  return (
    <div className={styles.quota} data-level={row.level}>
      <span>
        {row.level === "team" ? (
          name
        ) : (
          <button type="button" onClick={() => onAsk(asked)}>
            {name}
            <Hidden>, the deals</Hidden>
          </button>
        )}
      </span>
      <span className={styles.bullet}>
        <Sized>
          {(size) => <Bullet {...size} attainedBp={attained} paceBp={row.pace_bp ?? 0} label={label} />}
        </Sized>
      </span>
      <span className={styles.end}>
        <Num
          text={row.attained_bp === null ? DASH : share(row.attained_bp)}
          raw={row.attained_bp}
          source={`quota|${row.level}|${row.name}|${row.from}|${row.to}|${row.currency}|attained_bp`}
        />
      </span>
      <span className={`${styles.end} ${styles.amounts}`}>
        {moneyShort(row.attained, row.currency)} of {moneyShort(row.quota, row.currency)}
      </span>
    </div>
  );
}

/** Who reached their quota, beside where they would be at an even pace. */
export function Quotas({ onAsk }: { onAsk: (asked: Asked) => void }) {
  const { rows, dim } = useTopic(QUOTA);
  const all = rows.find((row) => row.level === "organisation");
  const behind = all === undefined || all.coverage_bp === null ? null : (all.coverage_bp / 10_000).toFixed(1);
  return (
    <Part
      id="quota"
      title="Quota"
      about="The mark is where an even pace would be"
      dim={dim}
      isWide={rows.length > 8}
    >
      {rows.length === 0 ? (
        <None>No quota holds today. It is set by an event: quota.set, about a seller or a team.</None>
      ) : (
        <>
          <div className={styles.quotas}>
            {inOrder(rows).map((row) => (
              <Line key={`${row.level} ${row.name} ${row.from} ${row.currency}`} row={row} onAsk={onAsk} />
            ))}
          </div>
          {behind !== null && (
            <p className={styles.note}>What is open is {behind} times what remains to be sold.</p>
          )}
        </>
      )}
    </Part>
  );
}
