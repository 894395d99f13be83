// The one feed of the page: topics shared by whoever shows them, outside React, handed to it once a frame.
import { Connection, type FeedState, type Surroundings } from "./connection";
import type { ErrFrame, Params, Receipt, ServerFrame, Since, Welcome } from "./protocol";
import { ServerClock } from "./server-clock";
import { type Outcome, TopicState, type TopicView } from "./topic";
import { topicKey } from "./topic-key";

/** Kept subscribed this long after the last panel let go, so that a page change does not fetch all anew. */
const LINGER_MS = 3000;
const RETRY_TOPIC_MS = 5000;

export interface FeedSnapshot {
  readonly state: FeedState;
  readonly welcome: Welcome | null;
  /** Whose figures these are and its time zone, as told last: a server that does not know them yet changes nothing. */
  readonly business: string | null;
  readonly zone: string | null;
  /** How far the server's clock is ahead of the browser's, in ms; null before the first heartbeat. */
  readonly skewMs: number | null;
  /** Inbound frames that were not understood since the page was opened. */
  readonly malformed: number;
}

interface Entry {
  readonly state: TopicState;
  id: string;
  users: number;
  view: TopicView;
  dirty: boolean;
  cancel: (() => void) | null;
  readonly listeners: Set<() => void>;
}

export interface FeedOptions {
  readonly build: string;
  /** Asked after a connection attempt that never became a session: the API may say 401. */
  readonly onRefused?: () => void;
}

export class Feed {
  private readonly connection: Connection;
  private readonly entries = new Map<string, Entry>();
  private readonly byId = new Map<string, Entry>();
  private readonly listeners = new Set<() => void>();
  private snapshot: FeedSnapshot;
  private pending: FeedSnapshot;
  private flushing = false;
  private live = false;
  private lastId = 0;
  private readonly clock = new ServerClock();

  constructor(
    private readonly env: Surroundings,
    options: FeedOptions,
  ) {
    const state: FeedState = { kind: "connecting", since: env.now() };
    this.snapshot = { state, welcome: null, business: null, zone: null, skewMs: null, malformed: 0 };
    this.pending = this.snapshot;
    this.connection = new Connection(
      env,
      {
        state: (state) => this.onState(state),
        welcome: (welcome) => this.onWelcome(welcome),
        frame: (frame) => this.onFrame(frame),
        malformed: () => this.update({ malformed: this.pending.malformed + 1 }),
        refused: () => options.onRefused?.(),
      },
      options.build,
    );
  }

  start = (): void => this.connection.start();
  stop = (): void => this.connection.stop();
  reconnectNow = (): void => this.connection.reconnectNow();
  wake = (): void => this.connection.wake();

  getSnapshot = (): FeedSnapshot => this.snapshot;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** What there is of a topic, whether or not anybody subscribes to it. */
  view(topic: string, params: Params): TopicView | null {
    return this.entries.get(topicKey(topic, params))?.view ?? null;
  }

  /** Shows `listener` every change of a topic until the answer is called. Sharing is by (topic, params). */
  watch(topic: string, params: Params, listener: () => void): () => void {
    const key = topicKey(topic, params);
    const entry = this.entries.get(key) ?? this.open(key, topic, params);
    entry.users += 1;
    entry.cancel?.();
    entry.cancel = null;
    entry.listeners.add(listener);
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      entry.listeners.delete(listener);
      entry.users -= 1;
      if (entry.users === 0) entry.cancel = this.env.after(LINGER_MS, () => this.close(key, entry));
    };
  }

  /** Tells the server what of a topic a person has seen; false where it could not be told. */
  got(topic: string, params: Params, alerts: readonly Receipt[]): boolean {
    const entry = this.entries.get(topicKey(topic, params));
    if (entry === undefined || !this.live || entry.id === "") return false;
    return this.connection.send({ type: "got", id: entry.id, alerts });
  }

  private open(key: string, topic: string, params: Params): Entry {
    const state = new TopicState(topic, params);
    const entry: Entry = {
      state,
      id: "",
      users: 0,
      view: state.view(),
      dirty: false,
      cancel: null,
      listeners: new Set(),
    };
    this.entries.set(key, entry);
    if (this.live) this.sub(entry, null);
    return entry;
  }

  private close(key: string, entry: Entry): void {
    if (entry.users > 0) return;
    this.entries.delete(key);
    this.byId.delete(entry.id);
    if (this.live && entry.id !== "") this.connection.send({ type: "unsub", id: entry.id });
  }

  /** A new id each time: what is still on its way to the old one finds nobody. */
  private sub(entry: Entry, since: Since | null): void {
    this.byId.delete(entry.id);
    this.lastId += 1;
    entry.id = `s${this.lastId}`;
    this.byId.set(entry.id, entry);
    const { topic, params } = entry.state;
    this.connection.send({
      type: "sub",
      id: entry.id,
      topic,
      ...(Object.keys(params).length > 0 ? { params } : {}),
      ...(since === null ? {} : { since }),
    });
    entry.state.refetch(since !== null);
    this.touch(entry);
  }

  private resub(entry: Entry): void {
    this.connection.send({ type: "unsub", id: entry.id });
    this.sub(entry, null);
  }

  private onState(state: FeedState): void {
    this.live = state.kind === "live" || state.kind === "stale";
    if (!this.live) this.byId.clear();
    this.update({ state });
  }

  private onWelcome(welcome: Welcome): void {
    this.update({ welcome });
    this.learn(welcome);
    for (const entry of this.entries.values()) {
      const { epoch, seq } = entry.state;
      this.sub(entry, epoch === null ? null : { epoch, seq });
    }
  }

  private onFrame(frame: ServerFrame): void {
    switch (frame.type) {
      case "snap":
        this.apply(frame.id, (topic) => topic.snap(frame));
        break;
      case "delta":
        this.apply(frame.id, (topic) => topic.delta(frame));
        break;
      case "event":
        this.apply(frame.id, (topic) => topic.event(frame));
        break;
      case "resync":
        this.apply(frame.id, () => "resubscribe");
        break;
      case "hb": {
        this.learn(frame);
        const now = this.env.now();
        const skewMs = this.clock.hear(frame.ts ?? null, now);
        if (skewMs !== this.pending.skewMs) this.update({ skewMs });
        for (const [id, standing] of Object.entries(frame.topics)) {
          this.apply(id, (topic) => topic.heartbeat(standing, now));
        }
        break;
      }
      case "err":
        this.onError(frame);
        break;
    }
  }

  private learn(told: { business?: string | null | undefined; time_zone?: string | null | undefined }): void {
    const business = told.business || this.pending.business;
    const zone = told.time_zone || this.pending.zone;
    if (business !== this.pending.business || zone !== this.pending.zone) this.update({ business, zone });
  }

  private onError(frame: ErrFrame): void {
    const entry = frame.id == null ? undefined : this.byId.get(frame.id);
    if (entry === undefined) return;
    entry.state.fail(frame.msg || frame.code);
    this.touch(entry);
    if (!frame.retry) return;
    const id = entry.id;
    this.env.after(RETRY_TOPIC_MS, () => {
      if (this.live && this.byId.get(id) === entry) this.resub(entry);
    });
  }

  private apply(id: string, change: (topic: TopicState) => Outcome): void {
    const entry = this.byId.get(id);
    if (entry === undefined) return;
    const outcome = change(entry.state);
    if (outcome === "resubscribe") this.resub(entry);
    else if (outcome === "applied") this.touch(entry);
  }

  private touch(entry: Entry): void {
    entry.dirty = true;
    this.schedule();
  }

  private update(change: Partial<FeedSnapshot>): void {
    this.pending = { ...this.pending, ...change };
    this.schedule();
  }

  private schedule(): void {
    if (this.flushing) return;
    this.flushing = true;
    this.env.frame(() => this.flush());
  }

  private flush(): void {
    this.flushing = false;
    const moved = this.snapshot !== this.pending;
    this.snapshot = this.pending;
    const changed = [...this.entries.values()].filter((entry) => entry.dirty);
    // All is as it is now before anybody looks: a new connection beside rows of the old one would look live.
    for (const entry of changed) {
      entry.dirty = false;
      entry.view = entry.state.view();
    }
    if (moved) for (const listener of this.listeners) listener();
    for (const entry of changed) for (const listener of entry.listeners) listener();
  }
}
