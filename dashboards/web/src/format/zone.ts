// From what a clock on the wall of some place shows to an instant.

const PARTS = {
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
} as const;

/** What the clocks of `zone` show at `at`, as if it were UTC, in ms. An unknown zone is UTC. */
function shownAt(at: number, zone: string): number {
  try {
    const parts = new Intl.DateTimeFormat("en-GB", { ...PARTS, timeZone: zone }).formatToParts(at);
    const of = (type: Intl.DateTimeFormatPartTypes) =>
      Number(parts.find((part) => part.type === type)?.value ?? 0);
    return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
  } catch {
    return Math.floor(at / 1000) * 1000;
  }
}

/** The instant at which the clocks of `zone` show `wanted` (ms, as if it were UTC). Where they skip it, the next. */
function instantOf(wanted: number, zone: string): number {
  const first = wanted - (shownAt(wanted, zone) - wanted);
  return first + (wanted - shownAt(first, zone));
}

/** Tomorrow at `hour` by the clocks of `zone`. */
export function tomorrowAt(hour: number, now: number, zone: string): number {
  const midnight = Math.floor(shownAt(now, zone) / 86_400_000) * 86_400_000;
  return instantOf(midnight + 86_400_000 + hour * 3_600_000, zone);
}

/** The instant of `2026-01-31T14:02`, as a date field says it, in `zone`; null where it is no time. */
export function fieldInstant(field: string, zone: string): number | null {
  const wanted = Date.parse(`${field}Z`);
  return Number.isNaN(wanted) ? null : instantOf(wanted, zone);
}

/** `at` as a date field wants it. */
export function fieldText(at: number, zone: string): string {
  return new Date(shownAt(at, zone)).toISOString().slice(0, 16);
}
