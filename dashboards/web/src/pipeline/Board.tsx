import { Link } from "wouter";
import { useGet } from "../api/use-get";
import type { Stage } from "../feed/topics";
import { DASH, moneyShort } from "../format/money";
import { count } from "../format/number";
import { ago } from "../format/time";
import { type Asked, dealsPath } from "./Drill";
import { None, Part } from "./Part";
import styles from "./pipeline.module.css";
import { type Deal, deals } from "./topics";

const CARDS = 6;

function Card({ deal, now }: { deal: Deal; now: number }) {
  return (
    <Link className={styles.card} href={`/customers/${encodeURIComponent(deal.customer)}`}>
      <strong>{deal.name ?? deal.customer_name ?? deal.customer}</strong>
      <span>
        <span>{deal.amount === null ? DASH : moneyShort(deal.amount.minor, deal.amount.currency)}</span>
        <span>{deal.owner ?? ""}</span>
      </span>
      <span>
        <span>{deal.in_stage_since === null ? "" : `here ${ago(deal.in_stage_since, now)}`}</span>
        <span>{deal.pushes > 0 ? `put off ${deal.pushes}×` : ""}</span>
      </span>
    </Link>
  );
}

function Column({ stage, now, onAsk }: { stage: Stage; now: number; onAsk: (asked: Asked) => void }) {
  const params = { status: "open", pipeline: stage.pipeline, stage: stage.stage };
  // The column is asked for again whenever the figures of its stage change.
  const { value, error } = useGet(dealsPath(params, CARDS), deals, `${stage.count} ${stage.amount}`);
  return (
    <section className={styles.column} aria-label={`${stage.stage}, ${stage.count} deals`}>
      <h3>
        {stage.stage}
        <span className={styles.stageSum}>
          {count(stage.count)} · {moneyShort(stage.amount ?? 0, stage.currency ?? "EUR")}
        </span>
      </h3>
      {value !== null && value.missing_partitions.length > 0 && (
        <p className={styles.problem}>Not all of them: a part does not answer just now.</p>
      )}
      {error !== null && <p className={styles.problem}>{error.message}</p>}
      <ul>
        {value?.items.map((deal) => (
          <li key={`${deal.customer} ${deal.opportunity}`}>
            <Card deal={deal} now={now} />
          </li>
        ))}
      </ul>
      {value !== null && value.total > CARDS && (
        <button
          type="button"
          className={styles.more}
          onClick={() => onAsk({ title: `Open in ${stage.stage}`, params })}
        >
          All {count(value.total)}
        </button>
      )}
    </section>
  );
}

/** The open deals by stage, the largest first. */
export function Board({
  stages,
  now,
  dim,
  onAsk,
}: {
  stages: readonly Stage[];
  now: number;
  dim: boolean;
  onAsk: (asked: Asked) => void;
}) {
  return (
    <Part id="board" title="Stage board" about="Open deals, the largest first" dim={dim} isWide>
      {stages.length === 0 ? (
        <None>Nothing is open.</None>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
        <section className={styles.board} tabIndex={0} aria-label="Stages">
          {stages.map((stage) => (
            <Column key={`${stage.pipeline} ${stage.stage}`} stage={stage} now={now} onAsk={onAsk} />
          ))}
        </section>
      )}
    </Part>
  );
}
