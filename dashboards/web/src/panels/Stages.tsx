import { type StageBar, StageBars } from "../charts/StageBars";
import { useTopic } from "../feed/hooks";
import { PIPELINE, type Stage } from "../feed/topics";
import { Sized } from "../ui/Sized";
import { TileTitle } from "./FigureTile";
import styles from "./panels.module.css";

const MOST = 7;

const COLOURS: Readonly<Record<string, string>> = { won: "var(--good)", lost: "var(--bad)" };

const source = (stage: StageBar, col: "count" | "amount") => `pipeline|${stage.id}|${col}`;

function bar(stage: Stage): StageBar {
  return {
    id: `${stage.pipeline}|${stage.stage}|${stage.currency ?? ""}`,
    name: stage.stage,
    count: stage.count,
    amount: stage.amount,
    currency: stage.currency ?? null,
    colour: COLOURS[stage.status] ?? "var(--column)",
  };
}

/** Open stages in their order, then won, then lost. Past the room there is, those with the fewest go. */
export function choose(rows: readonly Stage[], most: number): Stage[] {
  const rank = { open: 0, won: 1, lost: 2 } as Record<string, number>;
  const kept = [...rows].sort((a, b) => b.count - a.count).slice(0, most);
  return kept.sort(
    (a, b) =>
      (rank[a.status] ?? 0) - (rank[b.status] ?? 0) || (a.order ?? 0) - (b.order ?? 0) || b.count - a.count,
  );
}

export function Stages() {
  const { rows, dim } = useTopic(PIPELINE);
  const stages = choose(rows, MOST).map(bar);
  const label = `Opportunities by stage: ${stages.map((stage) => `${stage.name} ${stage.count}`).join(", ")}`;
  return (
    <article className={styles.wide} data-dim={dim}>
      <header className={styles.wideHead}>
        <TileTitle figureKey="pipeline_open" title="Pipeline by stage" />
        {rows.length > stages.length && <span className={styles.meta}>largest stages</span>}
      </header>
      <div className={styles.chart}>
        {stages.length > 0 ? (
          <Sized>{(size) => <StageBars {...size} stages={stages} label={label} source={source} />}</Sized>
        ) : (
          <p className={styles.none}>No opportunities yet</p>
        )}
      </div>
    </article>
  );
}
