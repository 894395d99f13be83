import { describe, expect, it } from "vitest";
import { duration, durationShort } from "./duration";
import { changeOf, figureText } from "./figure";
import { DASH, moneyExact, moneyShort, moneyWhole } from "./money";
import { count, share, signed } from "./number";
import { ago, clock, dayOf, moment } from "./time";

describe("money", () => {
  it("knows how many minor units make one of each currency", () => {
    expect(moneyExact(123450, "EUR")).toBe("€1,234.50");
    expect(moneyExact(1234, "JPY")).toBe("¥1,234");
    expect(moneyExact(1234567, "BHD")).toContain("1,234.567");
    expect(moneyExact(-500, "USD")).toBe("-$5.00");
  });
  it("rounds to whole units for the wall, and shortens from a billion on", () => {
    expect(moneyWhole(123450, "EUR")).toBe("€1,235");
    expect(moneyWhole(123_456_789_000, "BRL")).toBe("R$1.23B");
    expect(moneyShort(123_456_700, "EUR")).toBe("€1.23M");
  });
  it("shows an amount whose currency is not one", () => {
    expect(moneyExact(1250, "")).toBe("12.50");
  });
});

describe("numbers", () => {
  it("are grouped, signed with a true minus, and shortened late", () => {
    expect(count(1234567)).toBe("1,234,567");
    expect(count(12_345_678)).toBe("12.3M");
    expect(share(9264)).toBe("92.6%");
    expect(signed("-1.2", -1.2)).toBe("−1.2");
    expect(signed("0.0", -0.01)).toBe("0.0");
  });
});

describe("durations", () => {
  it.each([
    [0, "0 ms"],
    [999, "999 ms"],
    [4000, "4 s"],
    [65_000, "1 min 5 s"],
    [3_600_000, "1 h"],
    [5_100_000, "1 h 25 min"],
    [187_200_000, "2 d 4 h"],
    [881_000_000, "10 d"],
    [-90_000, "−1 min 30 s"],
  ])("%i ms is %s", (ms, text) => expect(duration(ms)).toBe(text));
  it("in short have one unit", () => {
    expect(durationShort(5_100_000)).toBe("1.4 h");
    expect(durationShort(881_000_000)).toBe("10 d");
    expect(durationShort(35_000)).toBe("35 s");
  });
});

describe("time", () => {
  const now = Date.parse("2026-03-03T14:00:00Z");
  it("is told as people do", () => {
    expect(ago("2026-03-03T13:59:55Z", now)).toBe("now");
    expect(ago("2026-03-03T13:55:00Z", now)).toBe("5 min ago");
    expect(ago("2026-02-28T14:00:00Z", now)).toBe("3 days ago");
    expect(ago("nonsense", now)).toBe("");
  });
  it("belongs to the zone asked for, not to the browser", () => {
    expect(clock("2026-03-03T23:30:05Z", "Asia/Tokyo")).toBe("08:30:05");
    expect(dayOf("2026-03-03T23:30:05Z", "Asia/Tokyo")).toBe("Wed 4 Mar 2026");
    expect(moment("2026-03-03T23:30:05Z", "Not/AZone")).toBe("3 Mar 2026, 23:30");
  });
});

describe("figures", () => {
  const of = (unit: "count" | "money" | "bp" | "milli" | "nps" | "ms", value: number | null, key = "x") => ({
    key,
    unit,
    value,
    currency: "EUR",
  });
  it("are written by their unit", () => {
    expect(figureText(of("nps", 534))).toBe("+53.4");
    expect(figureText(of("nps", -120))).toBe("−12.0");
    expect(figureText(of("milli", 4123))).toBe("4.12");
    expect(figureText(of("milli", -300, "sentiment"))).toBe("−0.30");
    expect(figureText(of("milli", 71500, "health_mean"))).toBe("71.5");
    expect(figureText(of("count", null))).toBe(DASH);
  });
  it("change by percent, shares and scores by points", () => {
    expect(changeOf(of("count", 110), 100)).toEqual({ text: "+10.0%", direction: 1 });
    expect(changeOf(of("count", 338), 100)).toEqual({ text: "+238%", direction: 1 });
    expect(changeOf(of("count", 2000), 100)).toEqual({ text: "×20", direction: 1 });
    expect(changeOf(of("bp", 9200), 9310)).toEqual({ text: "−1.1 pts", direction: -1 });
    expect(changeOf(of("nps", 440), 412)).toEqual({ text: "+2.8", direction: 1 });
    expect(changeOf(of("milli", 4111), 4112)).toEqual({ text: "0.00", direction: 0 });
    expect(changeOf(of("count", 0), 0)).toEqual({ text: "0%", direction: 0 });
    expect(changeOf(of("count", 5), 0)).toBeNull();
    expect(changeOf(of("count", 5), null)).toBeNull();
  });
});
