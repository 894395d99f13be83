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

/** The open stages in their order; past the room there is, those with the fewest go. */
export function choose(rows: readonly Stage[], most: number): Stage[] {
  const open = rows.filter((row) => row.status === "open");
  const from = open.length > 0 ? open : rows;
  const kept = [...from].sort((a, b) => b.count - a.count).slice(0, most);
  return kept.sort((a, b) => (a.order ?? 0) - (b.order ?? 0) || b.count - a.count);
}

/** What was decided stands apart: over the years it would dwarf every open stage. */
function Decided({ rows, status, sign }: { rows: readonly Stage[]; status: "won" | "lost"; sign: string }) {
  const total = rows.filter((row) => row.status === status).reduce((sum, row) => sum + row.count, 0);
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
  const stages = choose(rows, MOST).map(bar);
  const label = `Opportunities by stage: ${stages.map((stage) => `${stage.name} ${stage.count}`).join(", ")}`;
  return (
    <article className={styles.wide} data-dim={dim}>
      <header className={styles.wideHead}>
        <TileTitle figureKey="pipeline_open" title="Pipeline" />
        {rows.length > 0 && (
          <span className={styles.meta}>
            <Decided rows={rows} status="won" sign="▲" />
            <Decided rows={rows} status="lost" sign="▼" />
          </span>
        )}
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
