import { describe, expect, it } from "vitest";
import { npsOf } from "./Nps";

const day = (nps_promoters: number, nps_detractors: number, nps_answers: number) => ({
  day: "2026-01-05",
  nps_promoters,
  nps_detractors,
  nps_answers,
});

describe("the NPS of some days", () => {
  it("is the share of promoters less that of detractors, of all answers together", () => {
    expect(npsOf([day(5, 0, 6), day(0, 3, 4)])).toMatchObject({ score: 200, answers: 10 });
    expect(npsOf([day(0, 1, 3)]).score).toBe(-333);
    expect(npsOf([day(0, 0, 0)]).score).toBeNull();
    expect(npsOf([]).score).toBeNull();
  });
});
