import { describe, expect, it } from "vitest";
import { countdown, presentFor } from "./time-left";

const DUE = Date.parse("2026-01-31T12:00:00Z");
const MIN = 60_000;

describe("a countdown", () => {
  it("ticks in seconds below an hour, and says larger units above", () => {
    expect(countdown(DUE, DUE - 12 * MIN - 34_000).text).toBe("12:34 left");
    expect(countdown(DUE, DUE - 1).text).toBe("0:01 left");
    expect(countdown(DUE, DUE - 119 * MIN).text).toBe("1 h 59 min left");
    expect(countdown(DUE, DUE - 52 * 60 * MIN).text).toBe("2 d 4 h left");
  });

  it("says in words and by level that time is up", () => {
    expect(countdown(DUE, DUE)).toEqual({
      text: "0:00 overdue",
      said: "overdue by less than a minute",
      level: "overdue",
    });
    expect(countdown(DUE, DUE + 3 * MIN + 12_000)).toMatchObject({
      text: "3:12 overdue",
      said: "overdue by 3 min",
    });
    expect(countdown(DUE, DUE + 125 * MIN).text).toBe("2 h 5 min overdue");
  });

  it("warns in the last quarter of an hour", () => {
    expect(countdown(DUE, DUE - 15 * MIN).level).toBe("soon");
    expect(countdown(DUE, DUE - 15 * MIN - 1).level).toBe("later");
  });

  it("says where there is no limit, or none that can be read", () => {
    expect(countdown(null, DUE).text).toBe("no limit");
    expect(countdown(Number.NaN, DUE).level).toBe("none");
  });
});

describe("what is counted from", () => {
  it("is the server's clock, unless the log is far from it", () => {
    const at = (iso: string) => presentFor(iso, DUE);
    expect(at("2026-01-31T11:51:00Z")).toEqual({ now: DUE, ofLog: false });
    expect(at("2026-01-31T11:49:00Z")).toEqual({ now: DUE - 11 * MIN, ofLog: true });
    expect(at("2026-01-31T12:11:00Z")).toEqual({ now: DUE + 11 * MIN, ofLog: true });
    expect(presentFor(null, DUE)).toEqual({ now: DUE, ofLog: false });
    expect(presentFor("", DUE)).toEqual({ now: DUE, ofLog: false });
  });
});
