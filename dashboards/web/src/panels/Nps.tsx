import { SecondFigure } from "./FigureTile";
import { Observed, type Part, PartsBar } from "./parts";

const PARTS: readonly Part[] = [
  { key: "detractors", label: "Detractors", colour: "var(--bad)" },
  { key: "passives", label: "Passives", colour: "var(--column)" },
  { key: "promoters", label: "Promoters", colour: "var(--good)" },
];

export function Nps() {
  return (
    <SecondFigure figureKey="nps" chart={<PartsBar figureKey="nps" parts={PARTS} />}>
      <Observed figureKey="nps" label="answers" />
    </SecondFigure>
  );
}
