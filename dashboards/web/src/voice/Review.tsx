import { useState } from "react";
import * as v from "valibot";
import { useActor } from "../alerts/actor";
import { freshId } from "../alerts/command";
import { ActToken } from "../alerts/Outcome";
import parts from "../alerts/parts.module.css";
import { useRights } from "../alerts/rights";
import { WhoDialog } from "../alerts/Who";
import { ApiError } from "../api/get";
import { postJson } from "../api/post";
import { useGet } from "../api/use-get";
import { TextCard } from "./TextCard";
import { type TextItem, textList } from "./texts";
import styles from "./voice.module.css";

const MOST = 6;
const answer = v.object({ accepted: v.literal(true) });
const MEANT = [
  { label: "Negative", score: -800 },
  { label: "Neutral", score: 0 },
  { label: "Positive", score: 800 },
] as const;

interface Label {
  readonly item: TextItem;
  readonly sentiment: number | null;
  readonly theme: string | null;
}

async function say({ item, sentiment, theme }: Label, actor: string, id: string): Promise<string | null> {
  const body = {
    id,
    customer: item.customer,
    feedback: item.id,
    text: item.text,
    actor,
    ...(sentiment === null ? {} : { sentiment }),
    ...(theme === null ? {} : { themes: [theme] }),
  };
  try {
    await postJson("/api/v1/texts/labels", body, answer);
    return null;
  } catch (error) {
    return error instanceof ApiError ? error.message : String(error);
  }
}

function Judge({ item, themes, busy, onLabel }: JudgeProps) {
  const [theme, setTheme] = useState(item.themes[0] ?? item.theme_guess?.theme ?? "");
  return (
    <div className={styles.judge}>
      <label>
        <span>About</span>{" "}
        <select
          className={parts.field}
          value={theme}
          disabled={busy}
          onChange={(event) => setTheme(event.target.value)}
        >
          <option value="">leave as it is</option>
          {themes.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
      </label>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend nobody needs here */}
      <span className={styles.meant} role="group" aria-label="It is meant">
        {MEANT.map(({ label, score }) => (
          <button
            key={label}
            type="button"
            className={parts.button}
            disabled={busy}
            onClick={() => onLabel({ item, sentiment: score, theme: theme === "" ? null : theme })}
          >
            {label}
          </button>
        ))}
      </span>
    </div>
  );
}

interface JudgeProps {
  readonly item: TextItem;
  readonly themes: readonly string[];
  readonly busy: boolean;
  readonly onLabel: (label: Label) => void;
}

interface Props {
  readonly themes: readonly string[];
  readonly version: number;
  readonly now: number;
  readonly onLabelled: () => void;
}

/** The texts that are hardest to judge: a person says how each is meant, and the models learn from it. */
export function Review({ themes, version, now, onLabelled }: Props) {
  const { value, error } = useGet(`/api/v1/texts?review=true&limit=${MOST}`, textList, version);
  const { mayAct, again } = useRights();
  const actor = useActor();
  const [waiting, setWaiting] = useState<Label | null>(null);
  const [busy, setBusy] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [done, setDone] = useState<ReadonlySet<string>>(new Set());
  const items = (value?.items ?? []).filter((item) => !done.has(item.place));
  const give = async (label: Label, name: string) => {
    setWaiting(null);
    setBusy(label.item.place);
    const problem = await say(label, name, freshId());
    setBusy(null);
    setSaid(
      problem === null ? "Counted as you say; the models have learned from it." : `Not done: ${problem}`,
    );
    if (problem !== null) return;
    setDone((before) => new Set(before).add(label.item.place));
    onLabelled();
  };
  return (
    <section aria-labelledby="review" className={styles.section}>
      <h2 id="review" className={styles.h2}>
        To be looked at
      </h2>
      <p className={styles.quiet}>
        What is hardest to judge, the least sure first. What you say is counted from then on, and learned
        from.
      </p>
      <p role="status" className={styles.status}>
        {said}
      </p>
      {!mayAct && (
        <div>
          <p>This browser may look, but not act.</p>
          <ActToken onSignedIn={again} />
        </div>
      )}
      {items.length === 0 && (
        <p className={styles.quiet}>{error?.message ?? (value === null ? "Loading…" : "Nothing waits.")}</p>
      )}
      <ul className={styles.cards} data-testid="review">
        {items.map((item) => (
          <TextCard key={item.place} item={item} now={now}>
            {mayAct && (
              <Judge
                item={item}
                themes={themes}
                busy={busy === item.place}
                onLabel={(label) => (actor === null ? setWaiting(label) : void give(label, actor))}
              />
            )}
          </TextCard>
        ))}
      </ul>
      {waiting !== null && (
        <WhoDialog onName={(name) => void give(waiting, name)} onClose={() => setWaiting(null)} />
      )}
    </section>
  );
}
