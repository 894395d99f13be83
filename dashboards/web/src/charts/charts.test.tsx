import type { ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, it } from "vitest";
import { BandLine } from "./BandLine";
import { Histogram } from "./Histogram";
import { SparkColumns } from "./SparkColumns";
import { Sparkline } from "./Sparkline";
import { StackBar } from "./StackBar";
import { StageBars } from "./StageBars";
import { TrendChart } from "./TrendChart";

const SIZE = { width: 240, height: 80, em: 16, label: "A chart" };

/** One element a line, so that a change shows as the line it is. */
function picture(chart: ReactElement): string {
  return renderToStaticMarkup(chart).replaceAll("><", ">\n<");
}

describe("charts", () => {
  it("sparkline, with a gap and hours to come", () => {
    const values = [3, 5, null, 4, 9, 7, null, null];
    expect(picture(<Sparkline {...SIZE} values={values} />)).toMatchSnapshot();
  });
  it("sparkline of nothing", () => {
    expect(picture(<Sparkline {...SIZE} values={[null, null]} />)).toMatchSnapshot();
  });
  it("columns, the present one marked", () => {
    expect(picture(<SparkColumns {...SIZE} values={[1, 0, 4, -2, 3, null]} />)).toMatchSnapshot();
  });
  it("histogram by bands", () => {
    const bins = [0, 25, 50, 75].map((from, i) => ({ from, value: i * 10, colour: "var(--good)" }));
    expect(picture(<Histogram {...SIZE} bins={bins} edges={[0, 50, 100]} />)).toMatchSnapshot();
  });
  it("a bar of shares, and of nothing", () => {
    const segments = [
      { key: "a", value: 1, colour: "red" },
      { key: "b", value: 0, colour: "grey" },
      { key: "c", value: 3, colour: "green" },
    ];
    expect(picture(<StackBar {...SIZE} segments={segments} />)).toMatchSnapshot();
    expect(picture(<StackBar {...SIZE} segments={[]} />)).toMatchSnapshot();
  });
  it("a line in its band, with a gap and a value without one", () => {
    const points = [
      { value: 100, margin: 50 },
      { value: null, margin: null },
      { value: -200, margin: null },
      { value: 950, margin: 400 },
    ];
    const words = { tick: (value: number) => String(value), place: (i: number) => (i === 0 ? "Mon" : "") };
    expect(
      picture(<BandLine {...SIZE} {...words} points={points} limits={[-1000, 1000]} />),
    ).toMatchSnapshot();
    expect(picture(<BandLine {...SIZE} {...words} points={[]} limits={[-1000, 1000]} />)).toMatchSnapshot();
  });
  it("stages", () => {
    const stage = { currency: "EUR", colour: "var(--column)" };
    const stages = [
      { ...stage, id: "a", name: "Prospecting in the far north", count: 12, amount: 1250000 },
      { ...stage, id: "b", name: "Proposal", count: 4, amount: null },
    ];
    const chart = <StageBars {...SIZE} width={480} stages={stages} source={(of, col) => `${of.id}|${col}`} />;
    expect(picture(chart)).toMatchSnapshot();
  });
  it.each(["line", "columns"] as const)("trend as %s", (kind) => {
    const chart = (
      <TrendChart
        {...SIZE}
        kind={kind}
        values={[10, 14, null, 12]}
        tick={String}
        place={(i) => (i === 0 ? "a" : "")}
      />
    );
    expect(picture(chart)).toMatchSnapshot();
  });
});
