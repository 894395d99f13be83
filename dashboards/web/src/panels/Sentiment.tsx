import { SecondFigure } from "./FigureTile";
import { Observed, type Part, PartsBar } from "./parts";

const PARTS: readonly Part[] = [
  { key: "negative", label: "Negative", colour: "var(--bad)" },
  { key: "neutral", label: "Neutral", colour: "var(--column)" },
  { key: "positive", label: "Positive", colour: "var(--good)" },
];

export function Sentiment() {
  return (
    <SecondFigure figureKey="sentiment" chart={<PartsBar figureKey="sentiment" parts={PARTS} />}>
      <Observed figureKey="sentiment" label="texts" />
    </SecondFigure>
  );
}
