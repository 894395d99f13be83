import { Fact, HeroFigure } from "./FigureTile";

export function Orders() {
  return (
    <HeroFigure figureKey="orders" trend="columns">
      <Fact figureKey="active_customers" label="Active customers" />
    </HeroFigure>
  );
}
