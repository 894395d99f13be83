import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { Bullet } from "./Bullet";
import { Fan } from "./Fan";
import { FunnelBars } from "./FunnelBars";
import { type Fall, Waterfall } from "./Waterfall";

const SIZE = { width: 320, height: 120, em: 16, label: "A chart" };

function picture(chart: ReactElement): string {
  return renderToStaticMarkup(chart).replaceAll("><", ">\n<");
}

function fall(id: string, amount: number, isLevel = false): Fall {
  return { id, name: id, amount, isLevel, text: String(amount), source: `bridge|${id}`, currency: "EUR" };
}

describe("charts of sales", () => {
  it("a waterfall stands where it says: 100 + 50 - 80 = 70", () => {
    const falls = [fall("before", 100, true), fall("created", 50), fall("won", -80), fall("after", 70, true)];
    const drawn = picture(<Waterfall {...SIZE} falls={falls} />);
    expect(drawn).toMatchSnapshot();
    const rects = [...drawn.matchAll(/<rect[^>]* y="([\d.]+)" height="([\d.]+)"/g)].map(([, y, height]) => [
      Number(y),
      Number(y) + Number(height),
    ]);
    // What is won hangs from where what was created reaches, down to what is left.
    expect(rects[2]?.[0]).toBeCloseTo(rects[1]?.[0] ?? 0, 0);
    expect(rects[2]?.[1]).toBeCloseTo(rects[3]?.[0] ?? 0, 0);
  });
  it("a fan, and one of which nothing is known to come", () => {
    const won = [["2026-01-07", 10] as const, ["2026-01-14", 20] as const];
    const fan = [["2026-01-21", 24, 30, 36] as const, ["2026-01-31", 30, 42, 55] as const];
    const props = { ...SIZE, from: "2026-01-01", to: "2026-01-31", won, tick: String };
    expect(picture(<Fan {...props} fan={fan} />)).toMatchSnapshot();
    expect(picture(<Fan {...props} won={[]} fan={[]} />)).toMatchSnapshot();
  });
  it("a funnel", () => {
    const bars = [
      { id: "p|a", name: "Qualified by somebody far away", entered: 20, advanced: 15, advancedBp: 7500 },
      { id: "p|b", name: "Demo", entered: 0, advanced: 0, advancedBp: null },
    ];
    expect(picture(<FunnelBars {...SIZE} bars={bars} />)).toMatchSnapshot();
  });
  it("a bullet that is behind its pace, and one beyond its goal", () => {
    const bullet = { ...SIZE, height: 16 };
    expect(picture(<Bullet {...bullet} attainedBp={4000} paceBp={5000} endBp={12_000} />)).toContain(
      "--watch-mark",
    );
    expect(picture(<Bullet {...bullet} attainedBp={15000} paceBp={5000} endBp={12_000} />)).toContain(
      "--good",
    );
  });
});
