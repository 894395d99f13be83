import { Fact, HeroFigure } from "./FigureTile";

export function Tickets() {
  return (
    <HeroFigure figureKey="open_tickets" trend="line" flow={{ key: "tickets_opened", label: "Opened" }}>
      <Fact figureKey="tickets_opened" label="In" />
      <Fact figureKey="tickets_resolved" label="Out" />
      <Fact figureKey="first_reply_median" label="Reply" />
    </HeroFigure>
  );
}
