import { Fact, HeroFigure } from "./FigureTile";

export function Tickets() {
  return (
    <HeroFigure figureKey="open_tickets" trend="line" flow={{ key: "tickets_opened", label: "New" }}>
      <Fact figureKey="tickets_opened" label="New" />
      <Fact figureKey="tickets_resolved" label="Solved" />
      <Fact figureKey="first_reply_median" label="Reply" />
    </HeroFigure>
  );
}
