import { useState } from "react";
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

interface LineProps {
  readonly row: Quota;
  readonly endBp: number;
  readonly isOpened: boolean;
  readonly onOpen: () => void;
  readonly onAsk: (asked: Asked) => void;
}

function Line({ row, endBp, isOpened, onOpen, onAsk }: LineProps) {
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
          <button type="button" aria-expanded={isOpened} onClick={onOpen}>
            <span aria-hidden="true">{isOpened ? "▾" : "▸"}</span> {name}
          </button>
        ) : (
          <button type="button" onClick={() => onAsk(asked)}>
            {name}
            <Hidden>, the deals</Hidden>
          </button>
        )}
      </span>
      <span className={styles.bullet}>
        <Sized>
          {(size) => (
            <Bullet {...size} attainedBp={attained} paceBp={row.pace_bp ?? 0} endBp={endBp} label={label} />
          )}
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
  const [opened, setOpened] = useState<string | null>(null);
  const teams = new Set(rows.filter((row) => row.level === "team").map((row) => row.name));
  const isHidden = (row: Quota) =>
    row.level === "seller" && row.team !== null && teams.has(row.team) && row.team !== opened;
  const shown = inOrder(rows).filter((row) => !isHidden(row));
  const endBp = Math.min(20_000, Math.max(12_000, ...shown.map((row) => row.attained_bp ?? 0)));
  const all = rows.find((row) => row.level === "organisation");
  const behind = all === undefined || all.coverage_bp === null ? null : (all.coverage_bp / 10_000).toFixed(1);
  return (
    <Part id="quota" title="Quota" about="The mark is where an even pace would be" dim={dim}>
      {rows.length === 0 ? (
        <None>No quota holds today. It is set by an event: quota.set, about a seller or a team.</None>
      ) : (
        <>
          <div className={styles.quotas}>
            {shown.map((row) => (
              <Line
                key={`${row.level} ${row.name} ${row.from} ${row.currency}`}
                row={row}
                endBp={endBp}
                isOpened={row.name === opened}
                onOpen={() => setOpened(row.name === opened ? null : row.name)}
                onAsk={onAsk}
              />
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
