import { describe, expect, it } from "vitest";
import { dayIn, daysOf, readPeriod } from "./period";

describe("periods", () => {
  it("are quarters of the calendar, and days behind today", () => {
    expect(daysOf("quarter", "2026-05-20")).toEqual({ from: "2026-04-01", to: "2026-05-20" });
    expect(daysOf("before", "2026-02-20")).toEqual({ from: "2025-10-01", to: "2025-12-31" });
    expect(daysOf("year", "2026-03-01")).toEqual({ from: "2025-03-02", to: "2026-03-01" });
  });
  it("come from the address", () => {
    expect([readPeriod("year"), readPeriod("eternity"), readPeriod(null)]).toEqual([
      "year",
      "quarter",
      "quarter",
    ]);
  });
  it("know the day in a zone, and one nobody has heard of", () => {
    const late = Date.parse("2018-01-02T01:30:00Z");
    expect([dayIn(late, "America/Sao_Paulo"), dayIn(late, "Nowhere/Else")]).toEqual([
      "2018-01-01",
      "2018-01-02",
    ]);
  });
});
