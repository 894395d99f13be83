import { describe, expect, it } from "vitest";
import { fieldInstant, fieldText, tomorrowAt } from "./zone";

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
const MADRID = "Europe/Madrid";

describe("a time on the clocks of a place", () => {
  it("is tomorrow at nine, whatever the season and the day it is there", () => {
    expect(iso(tomorrowAt(9, at("2026-01-31T22:59:00Z"), MADRID))).toBe("2026-02-01T08:00:00.000Z");
    expect(iso(tomorrowAt(9, at("2026-01-31T23:01:00Z"), MADRID))).toBe("2026-02-02T08:00:00.000Z");
    expect(iso(tomorrowAt(9, at("2026-03-28T12:00:00Z"), MADRID))).toBe("2026-03-29T07:00:00.000Z");
    expect(iso(tomorrowAt(9, at("2026-10-24T12:00:00Z"), MADRID))).toBe("2026-10-25T08:00:00.000Z");
  });

  it("goes into a date field and comes back", () => {
    const when = at("2026-07-01T12:34:00Z");
    expect(fieldText(when, MADRID)).toBe("2026-07-01T14:34");
    expect(fieldInstant("2026-07-01T14:34", MADRID)).toBe(when);
    expect(fieldInstant("", MADRID)).toBeNull();
  });

  it("is UTC where nobody has heard of the place", () => {
    expect(iso(tomorrowAt(9, at("2026-01-31T12:00:00Z"), "Mars/Olympus"))).toBe("2026-02-01T09:00:00.000Z");
  });
});
