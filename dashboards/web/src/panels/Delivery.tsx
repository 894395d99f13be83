import { Fact, HeroFigure } from "./FigureTile";
import { PartCount } from "./parts";

export function Delivery() {
  return (
    <HeroFigure figureKey="on_time_share" trend="line">
      <PartCount figureKey="on_time_share" part="late" label="late" />
      <Fact figureKey="overdue_deliveries" label="Overdue" />
      <Fact figureKey="lead_time_median" label="Lead time" />
    </HeroFigure>
  );
}
