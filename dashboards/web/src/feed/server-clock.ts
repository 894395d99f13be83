const HEARD = 8;
const NOTICED_MS = 250;

/** How far the server's clock is ahead of the browser's, by what heartbeats say. */
export class ServerClock {
  private heard: number[] = [];
  private told: number | null = null;

  /**
   * `ts` is the server's time, `now` the browser's. A message that was long on its way makes the server look slow, so
   * the furthest ahead of the last few is believed. Small changes are noise.
   */
  hear(ts: string | number | null, now: number): number | null {
    const at = typeof ts === "number" ? ts : Date.parse(ts ?? "");
    if (Number.isNaN(at)) return this.told;
    this.heard = [...this.heard, at - now].slice(-HEARD);
    const ahead = Math.max(...this.heard);
    if (this.told === null || Math.abs(ahead - this.told) > NOTICED_MS) this.told = ahead;
    return this.told;
  }
}
