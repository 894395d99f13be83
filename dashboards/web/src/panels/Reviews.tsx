import { SecondFigure } from "./FigureTile";
import { Observed, type Part, PartsBar } from "./parts";

const PARTS: readonly Part[] = [
  { key: "s1", label: "1 of 5", colour: "var(--bad)" },
  { key: "s2", label: "2 of 5", colour: "color-mix(in oklab, var(--bad) 55%, var(--column))" },
  { key: "s3", label: "3 of 5", colour: "var(--column)" },
  { key: "s4", label: "4 of 5", colour: "color-mix(in oklab, var(--good) 55%, var(--column))" },
  { key: "s5", label: "5 of 5", colour: "var(--good)" },
];

export function Reviews() {
  return (
    <SecondFigure
      figureKey="review_score"
      scale="of 5"
      chart={<PartsBar figureKey="review_score" parts={PARTS} />}
    >
      <Observed figureKey="review_score" label="reviews" />
    </SecondFigure>
  );
}
