import { FunnelBars } from "../charts/FunnelBars";
import { Waterfall } from "../charts/Waterfall";
import { useTopic } from "../feed/hooks";
import { moneyShort } from "../format/money";
import { count } from "../format/number";
import { Sized } from "../ui/Sized";
import type { Asked } from "./Drill";
import { None, Part } from "./Part";
import type { Days } from "./period";
import styles from "./pipeline.module.css";
import { BRIDGE, FUNNEL } from "./topics";

interface Props {
  readonly pipeline: string;
  readonly days: Days;
  readonly onAsk: (asked: Asked) => void;
}

const times = (n: number) => (n === 1 ? "once" : `${count(n)} times`);

/** How far the deals came that were created in the period. */
export function Funnel({ pipeline, days, onAsk }: Props) {
  const { rows, dim } = useTopic(FUNNEL, { pipeline, ...days });
  const stages = [...rows].filter((row) => row.entered + row.skipped > 0).sort((a, b) => a.order - b.order);
  const bars = stages.map((stage) => ({
    id: `${stage.pipeline}|${stage.stage}`,
    name: stage.stage,
    entered: stage.entered,
    advanced: stage.advanced,
    advancedBp: stage.advanced_bp,
  }));
  const label = `Deals by stage: ${stages.map((stage) => `${stage.stage} ${stage.entered}, of which ${stage.advanced} went further`).join("; ")}`;
  const skipped = stages.reduce((sum, stage) => sum + stage.skipped, 0);
  const again = stages.reduce((sum, stage) => sum + stage.reentered, 0);
  return (
    <Part
      id="funnel"
      title="Funnel"
      about="Of the deals created in the period: entered, went further"
      dim={dim}
    >
      {bars.length === 0 ? (
        <None>No deal was created in this period.</None>
      ) : (
        <>
          <div className={styles.tall}>
            <Sized>{(size) => <FunnelBars {...size} bars={bars} label={label} />}</Sized>
          </div>
          <p className={styles.note}>
            Stages were skipped {times(skipped)} and come back to {times(again)}.
          </p>
          <p className={styles.links}>
            {(["open", "won", "lost"] as const).map((status) => (
              <button
                key={status}
                type="button"
                onClick={() =>
                  onAsk({
                    title:
                      status === "open"
                        ? "Open deals created in the period"
                        : `Deals ${status} in the period`,
                    params: { pipeline, status, ...days },
                  })
                }
              >
                Deals {status}
              </button>
            ))}
          </p>
        </>
      )}
    </Part>
  );
}

const NAMES: Readonly<Record<string, string>> = {
  opening: "Open before",
  created: "Created",
  increased: "Increased",
  decreased: "Decreased",
  won: "Won",
  lost: "Lost",
  closing: "Open after",
};

/** What moved the worth of the open deals between two days. */
export function Bridge({ pipeline, days, onAsk, currency }: Props & { currency: string }) {
  const { rows, dim } = useTopic(BRIDGE, { pipeline, ...days });
  const steps = rows.filter((row) => row.currency === currency).sort((a, b) => a.order - b.order);
  const falls = steps.map((step) => ({
    id: step.step,
    name: NAMES[step.step] ?? step.step,
    amount: step.amount,
    isLevel: step.step === "opening" || step.step === "closing",
    text: moneyShort(step.amount, step.currency),
    source: `bridge|${step.pipeline}|${step.step}|${step.currency}|amount`,
    currency: step.currency,
  }));
  const label = `What moved the pipeline: ${falls.map((fall) => `${fall.name} ${fall.text}`).join(", ")}`;
  return (
    <Part id="bridge" title="What moved it" about={`${days.from} to ${days.to}`} dim={dim}>
      {falls.length === 0 ? (
        <None>Nothing was open, and nothing moved.</None>
      ) : (
        <>
          <div className={styles.tall}>
            <Sized>{(size) => <Waterfall {...size} falls={falls} label={label} />}</Sized>
          </div>
          <p className={styles.note}>
            {steps
              .filter((step) => step.count > 0 && step.step !== "opening" && step.step !== "closing")
              .map((step) => `${NAMES[step.step]} ${count(step.count)}`)
              .join(" · ")}
          </p>
          <p className={styles.links}>
            {(["won", "lost"] as const).map((status) => (
              <button
                key={status}
                type="button"
                onClick={() =>
                  onAsk({ title: `Deals ${status} in the period`, params: { pipeline, status, ...days } })
                }
              >
                Deals {status}
              </button>
            ))}
          </p>
        </>
      )}
    </Part>
  );
}
