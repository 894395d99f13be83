import { Fact, HeroFigure } from "./FigureTile";

export function Orders() {
  return (
    <HeroFigure figureKey="orders" trend="columns">
      <Fact figureKey="order_value" label="Ordered" />
    </HeroFigure>
  );
}
