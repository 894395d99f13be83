import { duration } from "../format/duration";

export interface Countdown {
  readonly text: string;
  /** In words, for who listens: "12 min left", "overdue by 3 min". */
  readonly said: string;
  readonly level: "overdue" | "soon" | "later" | "none";
}

const HOUR = 3_600_000;
const SOON_MS = 15 * 60_000;

const two = (value: number) => String(value).padStart(2, "0");

/** `12:34` below an hour, then the two largest units. */
function clockText(ms: number): string {
  if (ms >= HOUR) return duration(Math.floor(ms / 60_000) * 60_000);
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${two(seconds % 60)}`;
}

/** How long there is until `dueAt`, or how long it has been over; both in ms of the same clock. */
export function countdown(dueAt: number | null, now: number): Countdown {
  if (dueAt === null || Number.isNaN(dueAt)) return { text: "no limit", said: "no limit", level: "none" };
  const left = dueAt - now;
  if (left <= 0) {
    const over = clockText(-left);
    return { text: `${over} overdue`, said: `overdue by ${roughly(-left)}`, level: "overdue" };
  }
  // The last second is a second: nought is said when it is over.
  const text = clockText(Math.ceil(left / 1000) * 1000);
  return { text: `${text} left`, said: `${roughly(left)} left`, level: left <= SOON_MS ? "soon" : "later" };
}

function roughly(ms: number): string {
  return ms < 60_000 ? "less than a minute" : duration(Math.floor(ms / 60_000) * 60_000);
}

/** A log this far from the server's clock is a replay, and lives in its own time. */
export const REPLAY_MS = 10 * 60_000;

export interface Present {
  /** What to count from, in ms. */
  readonly now: number;
  /** It is the log's time, not the clock's. */
  readonly ofLog: boolean;
}

/** `asOf`: how far the log has come. `server`: the server's clock now. */
export function presentFor(asOf: string | null, server: number): Present {
  const come = asOf === null ? Number.NaN : Date.parse(asOf);
  return Math.abs(server - come) > REPLAY_MS ? { now: come, ofLog: true } : { now: server, ofLog: false };
}
