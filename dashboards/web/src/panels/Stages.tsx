import { type StageBar, StageBars } from "../charts/StageBars";
import { useTopic } from "../feed/hooks";
import { PIPELINE, type Stage } from "../feed/topics";
import { count } from "../format/number";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import { TileTitle } from "./FigureTile";
import styles from "./panels.module.css";

const MOST = 7;

const COLOURS: Readonly<Record<string, string>> = { won: "var(--good)", lost: "var(--bad)" };

const source = (stage: StageBar, col: "count" | "amount") => `pipeline|${stage.id}|${col}`;

/** A stage with several currencies has a row for each, all with the stage's count; the first is the business's own. */
export function oneRowAStage(rows: readonly Stage[]): Stage[] {
  const stages = new Map<string, Stage>();
  for (const row of rows) {
    const key = `${row.pipeline}|${row.status}|${row.stage}`;
    if (!stages.has(key)) stages.set(key, row);
  }
  return [...stages.values()];
}

/** The open stages in their order; past the room there is, those with the fewest go. */
export function choose(stages: readonly Stage[], most: number): Stage[] {
  const open = stages.filter((stage) => stage.status === "open");
  const from = open.length > 0 ? open : stages;
  const kept = [...from].sort((a, b) => b.count - a.count).slice(0, most);
  return kept.sort(
    (a, b) => a.pipeline.localeCompare(b.pipeline) || (a.order ?? 0) - (b.order ?? 0) || b.count - a.count,
  );
}

function bars(stages: readonly Stage[]): StageBar[] {
  const pipelines = new Set(stages.map((stage) => stage.pipeline));
  return stages.map((stage) => ({
    id: `${stage.pipeline}|${stage.stage}|${stage.currency ?? ""}`,
    name: pipelines.size > 1 ? `${stage.stage}, ${stage.pipeline}` : stage.stage,
    count: stage.count,
    amount: stage.amount,
    currency: stage.currency ?? null,
    colour: COLOURS[stage.status] ?? "var(--column)",
  }));
}

/** What was decided stands apart: over the years it would dwarf every open stage. */
function Decided({
  stages,
  status,
  sign,
}: {
  stages: readonly Stage[];
  status: "won" | "lost";
  sign: string;
}) {
  const total = stages
    .filter((stage) => stage.status === status)
    .reduce((sum, stage) => sum + stage.count, 0);
  return (
    <span className={styles.decided}>
      <span className={styles.sign} style={{ color: COLOURS[status] }} aria-hidden="true">
        {sign}
      </span>
      <Num text={count(total)} raw={total} source={`pipeline|${status}|sum`} className={styles.factValue} />{" "}
      {status}
    </span>
  );
}

export function Stages() {
  const { rows, dim } = useTopic(PIPELINE);
  const stages = oneRowAStage(rows);
  const shown = bars(choose(stages, MOST));
  const label = `Opportunities by stage: ${shown.map((stage) => `${stage.name} ${stage.count}`).join(", ")}`;
  return (
    <article className={styles.wide} data-dim={dim}>
      <header className={styles.wideHead}>
        <TileTitle figureKey="pipeline_open" title="Pipeline" />
        {stages.length > 0 && (
          <span className={styles.meta}>
            <Decided stages={stages} status="won" sign="▲" />
            <Decided stages={stages} status="lost" sign="▼" />
          </span>
        )}
      </header>
      <div className={styles.chart}>
        {shown.length > 0 ? (
          <Sized>{(size) => <StageBars {...size} stages={shown} label={label} source={source} />}</Sized>
        ) : (
          <p className={styles.none}>No opportunities yet</p>
        )}
      </div>
    </article>
  );
}
