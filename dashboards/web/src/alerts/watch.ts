// Notices what becomes of the alerts, whatever page is shown: what is new, and what happened while nobody could know.
import type { Surroundings } from "../feed/connection";
import type { Feed } from "../feed/store";
import { readRows } from "../feed/topics";
import { asksForAttention, type Change, changesSince, type KnownAlerts, knownOf } from "./changes";
import { recall, remember } from "./memory";
import { ALERTS, type AlertRow, alertId } from "./topics";

/** A time in which nothing could be heard, and what happened in it. Times are the browser's clock. */
export interface Away {
  readonly since: number;
  readonly until: number;
  readonly changes: readonly Change[];
}

export interface WatchSnapshot {
  readonly away: Away | null;
  /** The last that asked for attention, the newest last; `news` counts them all, so that each is called out once. */
  readonly last: readonly Change[];
  readonly news: number;
}

export interface WatchEnv extends Pick<Surroundings, "now" | "after"> {
  readonly storage: Storage;
  hidden(): boolean;
}

const PARAMS = {};
const TICK_MS = 1000;
/** A timer later than this was not late: the machine slept. A hidden page's timers are slowed to one a minute. */
const SLEPT_MS = 10_000;
const SLEPT_HIDDEN_MS = 90_000;
/** How long a page may go on after it was told that it is frozen. */
const FREEZING_MS = 2000;
/** A heartbeat and a little: what comes in after an absence belongs to it. */
const CATCHING_UP_MS = 2500;
const REMEMBER_EVERY_MS = 5000;
const LAST = 20;

export class AlertWatch {
  private snapshot: WatchSnapshot = { away: null, last: [], news: 0 };
  private readonly listeners = new Set<() => void>();
  private known: KnownAlerts | null = null;
  private knownAsOf = 0;
  /** When what is known was last known to be true. */
  private trueAt = 0;
  private gapSince: number | null = null;
  /** Since when it can hear again. */
  private backAt: number | null = null;
  private tickedAt = 0;
  private rememberedAt = 0;
  private rows: readonly AlertRow[] = [];
  private seen: unknown = null;
  private started = false;
  private frozenAt: number | null = null;
  /** What is known is from an earlier page. */
  private recalled = false;

  constructor(
    private readonly feed: Feed,
    private readonly env: WatchEnv,
  ) {}

  getSnapshot = (): WatchSnapshot => this.snapshot;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** From now on until the page is left. Once is enough. */
  start = (): void => {
    if (this.started) return;
    this.started = true;
    this.tickedAt = this.env.now();
    const before = recall(this.env.storage, this.tickedAt);
    if (before !== null) {
      this.known = before.known;
      this.knownAsOf = before.asOf;
      this.recalled = true;
      this.gapSince = this.trueAt = before.at;
    }
    this.feed.watch(ALERTS.name, PARAMS, () => this.look());
    this.feed.subscribe(() => this.look());
    this.tick();
    this.look();
  };

  /** The page is about to be frozen: nothing that happens from now on is noticed until `thaw`. */
  freeze = (): void => {
    this.look();
    this.keep();
    this.frozenAt = this.env.now();
    this.beginGap(this.frozenAt);
  };

  thaw = (): void => {
    this.frozenAt = null;
    this.look();
  };

  dismiss = (): void => this.become({ ...this.snapshot, away: null });

  private tick(): void {
    this.noticeSleep();
    this.look();
    this.tickedAt = this.env.now();
    this.env.after(TICK_MS, () => this.tick());
  }

  private noticeSleep(): void {
    const late = this.env.now() - this.tickedAt;
    if (late > (this.env.hidden() ? SLEPT_HIDDEN_MS : SLEPT_MS)) this.beginGap(this.tickedAt);
  }

  private beginGap(at: number): void {
    if (this.known === null) return;
    this.gapSince ??= at;
    this.backAt = null;
  }

  /** Whether what was missed is still coming in: messages that waited for a sleeping page arrive one by one. */
  private isCatchingUp(now: number): boolean {
    if (this.gapSince === null) return false;
    this.backAt ??= now;
    return now - this.backAt < CATCHING_UP_MS;
  }

  private look(): void {
    // What still runs after being told is no life; but not every browser says when it is over.
    if (this.frozenAt !== null && this.env.now() - this.frozenAt < FREEZING_MS) return;
    this.frozenAt = null;
    this.noticeSleep();
    const view = this.feed.view(ALERTS.name, PARAMS);
    const live = this.feed.getSnapshot().state.kind === "live" && view?.status === "current";
    if (view === null || !live) {
      this.beginGap(this.trueAt);
      return;
    }
    const now = this.env.now();
    if (this.isCatchingUp(now)) return;
    if (view.rows !== this.seen || this.known === null || this.gapSince !== null) {
      this.seen = view.rows;
      this.take(readRows(ALERTS, view.rows).rows, Date.parse(view.asOf ?? "") || 0, now);
    }
    this.trueAt = now;
    if (now - this.rememberedAt > REMEMBER_EVERY_MS) this.keep();
  }

  private take(rows: readonly AlertRow[], asOf: number, now: number): void {
    const changes = this.known === null ? [] : changesSince(this.known, rows, this.knownAsOf);
    const opened = this.recalled;
    this.recalled = false;
    const since = this.gapSince;
    this.gapSince = null;
    this.known = knownOf(rows);
    this.knownAsOf = asOf;
    this.rows = rows;
    if (changes.length === 0) return;
    const away =
      since === null ? this.snapshot.away : joined(this.snapshot.away, { since, until: now, changes });
    // What was there when the page was opened is told in the summary, and calls nobody.
    const news = opened ? [] : changes.filter(asksForAttention);
    if (away === this.snapshot.away && news.length === 0) return;
    this.become({
      away,
      last: [...this.snapshot.last, ...news].slice(-LAST),
      news: this.snapshot.news + news.length,
    });
  }

  private keep(): void {
    if (this.known === null || this.gapSince !== null) return;
    this.rememberedAt = this.env.now();
    remember(this.env.storage, this.rows, this.trueAt, this.knownAsOf);
  }

  private become(next: WatchSnapshot): void {
    this.snapshot = next;
    for (const listener of this.listeners) listener();
  }
}

/** Two absences nobody has read about yet are one: of each alert what became of it last. */
function joined(before: Away | null, next: Away): Away {
  if (before === null) return next;
  const newer = new Set(next.changes.map(({ row }) => alertId(row)));
  const older = before.changes.filter(({ row }) => !newer.has(alertId(row)));
  return { since: before.since, until: next.until, changes: [...older, ...next.changes] };
}
