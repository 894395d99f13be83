// One socket's life: connect, greet, notice silence, come back. Knows nothing of topics.
import { reconnectDelayMs } from "./backoff";
import { type ClientFrame, readFrame, type ServerFrame, SUBPROTOCOL, type Welcome } from "./protocol";

/** What the page may claim about its figures. Times are the browser's clock, in ms. */
export type FeedState =
  | { kind: "connecting"; since: number }
  | { kind: "live"; since: number }
  | { kind: "stale"; since: number }
  | { kind: "lost"; since: number; retryAt: number };

/** The part of WebSocket that is used, so that a test can put its own in its place. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((message: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

/** Everything from outside: time, randomness, the network. */
export interface Surroundings {
  open(protocol: string): Socket;
  now(): number;
  random(): number;
  /** Calls `run` in `ms`; the answer cancels. */
  after(ms: number, run: () => void): () => void;
  /** Calls `run` at the next frame the browser paints. */
  frame(run: () => void): void;
}

export interface Listener {
  state(state: FeedState): void;
  welcome(welcome: Welcome): void;
  frame(frame: ServerFrame): void;
  malformed(): void;
  /** The server could not be reached, or would not have us: somebody may want to ask it why. */
  refused(): void;
}

const STALE_AFTER_HEARTBEATS = 2.5;
const LOST_AFTER_HEARTBEATS = 4;
const DEFAULT_HEARTBEAT_MS = 2000;
/** A handshake that says nothing for this long is given up. */
const WELCOME_WITHIN_MS = 10_000;
const TICK_MS = 250;

export class Connection {
  private socket: Socket | null = null;
  private state: FeedState;
  private welcomed = false;
  private attempt = 0;
  private heartbeatMs = DEFAULT_HEARTBEAT_MS;
  private heardAt: number;
  private tickedAt: number;
  private byeRetryMs: number | null = null;
  private cancelRetry: (() => void) | null = null;
  private cancelTick: (() => void) | null = null;

  constructor(
    private readonly env: Surroundings,
    private readonly listener: Listener,
    private readonly build: string,
  ) {
    this.heardAt = this.tickedAt = env.now();
    this.state = { kind: "connecting", since: this.heardAt };
  }

  start(): void {
    this.connect();
    this.tick();
  }

  stop(): void {
    this.cancelRetry?.();
    this.cancelTick?.();
    this.cancelRetry = this.cancelTick = null;
    this.drop();
  }

  /** Comes back at once: the network is there again, somebody signed in, or the machine woke up. */
  reconnectNow(): void {
    this.attempt = 0;
    this.cancelRetry?.();
    this.cancelRetry = null;
    this.drop();
    this.become({ kind: "lost", since: this.env.now(), retryAt: this.env.now() });
    this.connect();
  }

  /** Somebody looks at the page again: after a silence a new connection is quicker than waiting for the old one. */
  wake(): void {
    const silent = this.env.now() - this.heardAt;
    if (this.socket === null || silent >= STALE_AFTER_HEARTBEATS * this.heartbeatMs) this.reconnectNow();
  }

  /** Whether it was sent: not without a session. */
  send(frame: ClientFrame): boolean {
    if (!this.welcomed || this.socket === null) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  private connect(): void {
    const socket = this.env.open(SUBPROTOCOL);
    this.socket = socket;
    this.heardAt = this.env.now();
    socket.onopen = () => {
      const hello: ClientFrame = { type: "hello", v: 1, client: "web", build: this.build };
      socket.send(JSON.stringify(hello));
    };
    socket.onmessage = (message) => this.hear(message.data);
    socket.onclose = () => this.lose();
  }

  private hear(data: unknown): void {
    this.heardAt = this.env.now();
    const frame = readFrame(data);
    if (frame === null) {
      this.listener.malformed();
      return;
    }
    if (frame.type === "welcome") {
      this.welcomed = true;
      this.attempt = 0;
      this.byeRetryMs = null;
      this.heartbeatMs = frame.heartbeat_ms;
      this.become({ kind: "live", since: this.heardAt });
      this.listener.welcome(frame);
      return;
    }
    if (this.state.kind === "stale") this.become({ kind: "live", since: this.heardAt });
    if (frame.type === "bye") this.byeRetryMs = frame.retry_ms ?? null;
    else this.listener.frame(frame);
  }

  /** The socket is gone: say so, and try again later. */
  private lose(): void {
    const refused = !this.welcomed;
    this.drop();
    const now = this.env.now();
    const wait = this.byeRetryMs ?? reconnectDelayMs(this.attempt, this.env.random());
    this.byeRetryMs = null;
    this.attempt += 1;
    const since = this.state.kind === "lost" || this.state.kind === "stale" ? this.state.since : now;
    this.become({ kind: "lost", since, retryAt: now + wait });
    this.cancelRetry = this.env.after(wait, () => {
      this.cancelRetry = null;
      this.connect();
    });
    if (refused) this.listener.refused();
  }

  private drop(): void {
    const socket = this.socket;
    this.socket = null;
    this.welcomed = false;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private tick(): void {
    const now = this.env.now();
    const slept = now - this.tickedAt > LOST_AFTER_HEARTBEATS * this.heartbeatMs;
    this.tickedAt = now;
    this.watch(now, slept);
    this.cancelTick = this.env.after(TICK_MS, () => this.tick());
  }

  private watch(now: number, slept: boolean): void {
    if (this.socket === null) {
      if (slept) this.reconnectNow();
      return;
    }
    const silent = now - this.heardAt;
    if (!this.welcomed) {
      if (silent > WELCOME_WITHIN_MS) this.lose();
      return;
    }
    // A hidden tab's timers are slowed to one a minute while its socket still hears: a late tick alone is no sleep.
    if (silent >= LOST_AFTER_HEARTBEATS * this.heartbeatMs) {
      if (slept) this.reconnectNow();
      else this.lose();
    } else if (silent >= STALE_AFTER_HEARTBEATS * this.heartbeatMs && this.state.kind === "live") {
      this.become({ kind: "stale", since: this.heardAt });
    }
  }

  private become(state: FeedState): void {
    this.state = state;
    this.listener.state(state);
  }
}
