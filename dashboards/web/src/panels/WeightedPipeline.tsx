import { Fact, SecondFigure } from "./FigureTile";
import { type Part, PartsBar } from "./parts";

const PARTS: readonly Part[] = [
  { key: "lost", label: "Lost", colour: "var(--bad)" },
  { key: "won", label: "Won", colour: "var(--good)" },
];

export function WeightedPipeline() {
  return (
    <SecondFigure figureKey="pipeline_weighted" chart={<PartsBar figureKey="win_rate" parts={PARTS} />}>
      <Fact figureKey="pipeline_open" label="Open" />
      <Fact figureKey="win_rate" label="won" after />
    </SecondFigure>
  );
}
