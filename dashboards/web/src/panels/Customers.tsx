import { StackBar } from "../charts/StackBar";
import { useWallFigures } from "../figures/context";
import { Sized } from "../ui/Sized";
import { Fact, SecondFigure } from "./FigureTile";

export function Customers() {
  const { byKey } = useWallFigures();
  const all = byKey.get("customers")?.value ?? null;
  const active = byKey.get("active_customers")?.value ?? null;
  const segments =
    all === null || active === null
      ? []
      : [
          { key: "active", value: Math.min(active, all), colour: "var(--ink-2)" },
          { key: "quiet", value: Math.max(0, all - active), colour: "var(--line-strong)" },
        ];
  const chart =
    segments.length === 0 ? null : (
      <Sized>
        {(size) => <StackBar {...size} segments={segments} label={`${active} of ${all} active`} />}
      </Sized>
    );
  return (
    <SecondFigure figureKey="customers" chart={chart}>
      <Fact figureKey="active_customers" label="active" after />
    </SecondFigure>
  );
}
