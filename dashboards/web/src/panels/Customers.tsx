import { Sparkline } from "../charts/Sparkline";
import { useWallFigures } from "../figures/context";
import { Sized } from "../ui/Sized";
import { Fact, SecondFigure } from "./FigureTile";

export function Customers() {
  const trend = useWallFigures().byKey.get("active_customers")?.trend ?? [];
  const chart =
    trend.length > 0 ? (
      <Sized>{(size) => <Sparkline {...size} values={trend} label="Active customers, trend" />}</Sized>
    ) : null;
  return (
    <SecondFigure figureKey="customers" chart={chart}>
      <Fact figureKey="health_mean" label="Health, mean" />
    </SecondFigure>
  );
}
