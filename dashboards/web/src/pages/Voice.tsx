import { useEffect, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { Who } from "../alerts/Who";
import { useTopic, useZone } from "../feed/hooks";
import { presentOf } from "../feed/present";
import { COMPETITORS, SENTIMENT, THEMES } from "../feed/topics";
import { useNow } from "../ui/clock";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import { Apart, Competitors } from "../voice/Apart";
import { Line } from "../voice/Line";
import { Nps } from "../voice/Nps";
import { Review } from "../voice/Review";
import { Texts } from "../voice/Texts";
import { Themes } from "../voice/Themes";
import type { Sentiment } from "../voice/texts";
import styles from "../voice/voice.module.css";
import page from "./page.module.css";

const DAYS = ["1", "7", "30", "90", "365"] as const;
const SENTIMENTS = ["negative", "neutral", "positive", "unknown"] as const;
const APART = ["channel", "kind", "tier", "product"] as const;
/** Texts are asked for this often: they are in the log, not among the figures. */
const AGAIN_MS = 15_000;

function useVersion(): [number, () => void] {
  const [version, setVersion] = useState(0);
  const again = () => setVersion((before) => before + 1);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setVersion((before) => before + 1);
    }, AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  return [version, again];
}

function useAddress() {
  const query = new URLSearchParams(useSearch());
  const [, navigate] = useLocation();
  const set = (name: string, value: string | null) => {
    const next = new URLSearchParams(query);
    if (value === null) next.delete(name);
    else next.set(name, value);
    navigate(next.size > 0 ? `/voice?${next}` : "/voice", { replace: true });
  };
  const days = DAYS.find((each) => each === query.get("days")) ?? "30";
  const sentiment = SENTIMENTS.find((each) => each === query.get("sentiment")) ?? null;
  const by = APART.find((each) => each === query.get("by")) ?? "channel";
  return { days, theme: query.get("theme"), sentiment, by, set };
}

function Choice<T extends string>({ of, chosen, label, onChoose, words }: ChoiceProps<T>) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend nobody needs here
    <div className={styles.choices} role="group" aria-label={label}>
      {of.map((each) => (
        <button key={each} type="button" aria-pressed={each === chosen} onClick={() => onChoose(each)}>
          {words(each)}
        </button>
      ))}
    </div>
  );
}

interface ChoiceProps<T extends string> {
  readonly of: readonly T[];
  readonly chosen: T;
  readonly label: string;
  readonly onChoose: (value: T) => void;
  readonly words: (value: T) => string;
}

/** The voice of the customer: how it sounds, what it is about, what it says, and what a person should look at. */
export function Voice() {
  useTitle("Voice of the customer");
  const zone = useZone();
  const now = useNow();
  const { days, theme, sentiment, by, set } = useAddress();
  const [version, again] = useVersion();
  const line = useTopic(SENTIMENT, { days });
  const whole = useTopic(SENTIMENT, { days, step: "all" });
  const apart = useTopic(SENTIMENT, { days, step: "all", by });
  const themes = useTopic(THEMES, { days });
  const rivals = useTopic(COMPETITORS, { days });
  const names = themes.rows.map((row) => row.theme).filter((name) => name !== "");
  const present = presentOf(line.view?.asOf ?? null, now);
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Who />
        <Freshness view={line.view} />
      </Header>
      <main id="main" tabIndex={-1}>
        <h1 className={page.h1}>Voice of the customer</h1>
        <Choice
          of={DAYS}
          chosen={days}
          label="Period"
          onChoose={(value) => set("days", value)}
          words={(value) => (value === "1" ? "Today" : value === "365" ? "1 year" : `${value} days`)}
        />
        <div className={styles.grid} data-dim={line.dim}>
          <div className={styles.column}>
            <Line rows={line.rows} whole={whole.rows[0]} zone={zone} />
            <Themes rows={themes.rows} chosen={theme} onChoose={(value) => set("theme", value)} />
            <Texts
              key={`${theme}|${sentiment}`}
              theme={theme}
              sentiment={sentiment}
              onSentiment={(value: Sentiment | null) => set("sentiment", value)}
              version={version}
              now={present}
            />
          </div>
          <div className={styles.column}>
            <Nps days={days} />
            <Apart rows={apart.rows} title={`By ${by}`}>
              <Choice
                of={APART}
                chosen={by}
                label="Counted apart by"
                onChoose={(value) => set("by", value)}
                words={(value) => value}
              />
            </Apart>
            <Competitors rows={rivals.rows} />
            <Review themes={names} version={version} now={present} onLabelled={again} />
          </div>
        </div>
      </main>
    </div>
  );
}
