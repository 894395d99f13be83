const FLOOR_MS = 500;
const CEILING_MS = 30_000;

/**
 * How long to wait before attempt number `attempt` (from 0): full jitter, so that a thousand boards whose server
 * restarted do not come back in the same instant. `random` is uniform in 0..1.
 */
export function reconnectDelayMs(attempt: number, random: number): number {
  const reach = Math.min(CEILING_MS, FLOOR_MS * 2 ** Math.min(attempt + 1, 10));
  return Math.round(FLOOR_MS + random * (reach - FLOOR_MS));
}
