// One topic's state: what the frames of a subscription do to it. Pure; the store owns the socket and the clock.
import type { Delta, EventFrame, Params, Snap, Standing } from "./protocol";

export const LOG_CAPACITY = 200;

export type Row = Readonly<Record<string, unknown>>;

/**
 * `empty`: nothing has come yet. `current`: what the server has. `refetching`: what it had; shown, dimmed, until
 * the new snapshot is there.
 */
export type TopicStatus = "empty" | "current" | "refetching";

/** What React sees of a topic; replaced, never changed. */
export interface TopicView {
  readonly topic: string;
  readonly params: Params;
  readonly status: TopicStatus;
  readonly epoch: string | null;
  readonly seq: number;
  readonly asOf: string | null;
  readonly rows: readonly Row[];
  /** Log topics: the last items, oldest first. */
  readonly items: readonly Row[];
  /** How far the figures are behind the log, by the last heartbeat; null before the first one. */
  readonly lagMs: number | null;
  /** The browser's clock when `lagMs` was true. */
  readonly heardAt: number | null;
  /** Why the server itself calls this topic stale, or null where it does not. */
  readonly staleWhy: string | null;
  readonly error: string | null;
}

export type Outcome = "applied" | "ignored" | "resubscribe";

export class TopicState {
  status: TopicStatus = "empty";
  epoch: string | null = null;
  seq = -1;
  private cols: readonly string[] = [];
  private keyAt: readonly number[] = [];
  private byKey = new Map<string, Row>();
  private rows: readonly Row[] | null = null;
  private items: Row[] = [];
  private asOf: string | null = null;
  private lagMs: number | null = null;
  private heardAt: number | null = null;
  private staleWhy: string | null = null;
  private error: string | null = null;
  private arriving: { frame: Snap; rows: unknown[][] } | null = null;
  private firstAnswer = true;
  private offered = false;
  private behindSince = -1;

  constructor(
    readonly topic: string,
    readonly params: Params,
  ) {}

  /**
   * A new `sub` was sent: what is here stays, dimmed, and whatever comes first is taken. `offered`: the `sub` told
   * the server what is here (`since`), so it may find that nothing is missing.
   */
  refetch(offered: boolean): void {
    if (this.status === "current") this.status = "refetching";
    this.offered = offered;
    this.arriving = null;
    this.firstAnswer = true;
    this.behindSince = -1;
  }

  snap(frame: Snap): Outcome {
    const begun = this.arriving;
    const continues = begun !== null && begun.frame.seq === frame.seq && begun.frame.epoch === frame.epoch;
    const rows = continues ? [...begun.rows, ...frame.rows] : frame.rows;
    if (!frame.last) {
      this.arriving = { frame, rows };
      return "applied";
    }
    this.arriving = null;
    this.cols = frame.cols;
    this.keyAt = frame.key.map((name) => frame.cols.indexOf(name));
    this.byKey = new Map();
    this.rows = null;
    for (const cells of rows) this.put(cells);
    this.arrived(frame.epoch, frame.seq);
    this.trueAsOf(frame.as_of);
    return "applied";
  }

  delta(frame: Delta): Outcome {
    if (this.arriving !== null || this.seq < 0) return "resubscribe";
    if (frame.epoch !== this.epoch) return "resubscribe";
    if (frame.seq <= this.seq) return "ignored";
    if (frame.prev !== this.seq) return "resubscribe";
    if (frame.up.length > 0 || frame.rm.length > 0) this.rows = null;
    for (const cells of frame.up) this.put(cells);
    for (const key of frame.rm) this.byKey.delete(JSON.stringify(key));
    this.arrived(frame.epoch, frame.seq);
    this.trueAsOf(frame.as_of);
    return "applied";
  }

  event(frame: EventFrame): Outcome {
    if (!this.firstAnswer) {
      if (frame.epoch !== this.epoch) return "resubscribe";
      if (frame.seq <= this.seq) return "ignored";
    }
    // Another epoch is another log: its places mean something else, so the old items go. In the same epoch the
    // first answer may overlap with what is here.
    const kept = frame.epoch === this.epoch ? this.items : [];
    const known = new Set(this.firstAnswer ? kept.map((item) => JSON.stringify(item)) : []);
    const fresh = frame.items.filter((item) => !known.has(JSON.stringify(item)));
    this.items = [...kept, ...fresh].slice(-LOG_CAPACITY);
    this.arrived(frame.epoch, frame.seq);
    return "applied";
  }

  heartbeat(at: Standing, now: number): Outcome {
    this.trueAsOf(at.as_of);
    this.lagMs = at.lag_ms ?? 0;
    this.heardAt = now;
    this.staleWhy = at.stale ? (at.why ?? "a source of these figures is not answering") : null;
    if (at.seq === this.seq) {
      // After `sub` with `since` a server that has nothing newer may answer with nothing but this.
      if (this.offered && this.status === "refetching") this.status = "current";
      this.behindSince = -1;
      return "applied";
    }
    // A frame was lost if the server stands further on for a whole heartbeat and nothing has come meanwhile.
    if (this.status === "current" && at.seq > this.seq) {
      if (this.behindSince === this.seq) return "resubscribe";
      this.behindSince = this.seq;
    }
    return "applied";
  }

  fail(message: string): void {
    this.error = message;
  }

  view(): TopicView {
    const { topic, params, status, epoch, seq, asOf, items, lagMs, heardAt, staleWhy, error } = this;
    // The same array as long as no row changed: a heartbeat alone makes nobody look through them again.
    this.rows ??= [...this.byKey.values()];
    const { rows } = this;
    return { topic, params, status, epoch, seq, asOf, rows, items, lagMs, heardAt, staleWhy, error };
  }

  private arrived(epoch: string, seq: number): void {
    this.epoch = epoch;
    this.seq = seq;
    this.status = "current";
    this.firstAnswer = false;
    this.behindSince = -1;
    this.error = null;
  }

  /** An empty log has no time yet; the server may say so by an empty text. */
  private trueAsOf(asOf: string | null | undefined): void {
    if (asOf != null && asOf !== "") this.asOf = asOf;
  }

  private put(cells: readonly unknown[]): void {
    const row: Record<string, unknown> = {};
    for (const [i, col] of this.cols.entries()) row[col] = cells[i];
    const key = this.keyAt.map((i) => cells[i]);
    this.byKey.set(JSON.stringify(key), row);
  }
}
