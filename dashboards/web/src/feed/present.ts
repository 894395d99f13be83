/** A log this far behind the clock on the wall is not late: it is a replay, and lives in its own time. */
const REPLAY_MS = 36 * 3_600_000;

/**
 * What "now" is for the business, to count "3 days ago" from: the clock, or, in a replay, how far the log has come.
 * `now` is the browser's clock in ms.
 */
export function presentOf(asOf: string | null, now: number): number {
  const come = asOf === null ? Number.NaN : Date.parse(asOf);
  return now - come > REPLAY_MS ? come : now;
}
