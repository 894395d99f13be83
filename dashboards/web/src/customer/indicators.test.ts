import { describe, expect, it } from "vitest";
import type { Indicator } from "../api/customer";
import { indicatorName, lifts, waterfall } from "./indicators";

function indicator(
  key: string,
  weight: number,
  value: number | null,
  contribution: number | null,
): Indicator {
  return {
    key,
    weight,
    value_milli: value,
    contribution_milli: contribution,
    why: "",
    number: null,
    unit: "",
    curve: [],
    valid_days: null,
    events: [],
  };
}

const ALL = [
  indicator("csat", 10, 1000, 33_334),
  indicator("nps", 10, 0, 0),
  indicator("usage.adoption", 10, null, null),
  indicator("tickets.open", 10, 600, 20_000),
];

describe("waterfall", () => {
  it("leads from nothing to the score, what costs most first, the unknown last", () => {
    const steps = waterfall(ALL);
    expect(steps.map((step) => [step.key, step.from])).toEqual([
      ["nps", 0],
      ["tickets.open", 0],
      ["csat", 20_000],
      ["usage.adoption", 53_334],
    ]);
    expect(Math.round(steps[0]?.most ?? 0)).toBe(33_333);
  });
  it("says what would lift it, and nothing that would not", () => {
    expect(lifts(waterfall(ALL), 5).map(({ step, points }) => [step.key, Math.round(points)])).toEqual([
      ["nps", 33_333],
      ["tickets.open", 13_333],
    ]);
  });
  it("names what it has no name for", () => {
    expect(indicatorName("usage.adoption_depth")).toBe("Usage · adoption depth");
  });
});
