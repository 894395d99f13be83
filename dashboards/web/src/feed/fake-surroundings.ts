// A scripted world for the feed's unit tests: sockets that do nothing by themselves, and a clock that stands still.
import type { Socket, Surroundings } from "./connection";
import type { ClientFrame } from "./protocol";

export class FakeSocket implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: ClientFrame[] = [];
  closed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as ClientFrame);
  }
  close(): void {
    this.closed = true;
  }
  /** The server says something: an object, or raw text. */
  say(frame: object | string): void {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }
  /** Opens and greets. */
  welcome(build = "b1"): void {
    this.onopen?.();
    this.say({ type: "welcome", v: 1, server: "0.1.0", build, session: "s", heartbeat_ms: 2000 });
  }
  /** The last `sub` of a topic. */
  lastSub(topic: string): Extract<ClientFrame, { type: "sub" }> {
    const found = this.sent.findLast((frame) => frame.type === "sub" && frame.topic === topic);
    if (found?.type !== "sub") throw new Error(`no sub of ${topic} was sent`);
    return found;
  }
  count(type: ClientFrame["type"]): number {
    return this.sent.filter((frame) => frame.type === type).length;
  }
}

export class FakeWorld implements Surroundings {
  readonly sockets: FakeSocket[] = [];
  randomness = 0;
  private time = 1_000_000;
  private timers: { at: number; run: () => void }[] = [];
  private frames: (() => void)[] = [];

  open(): Socket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }
  now(): number {
    return this.time;
  }
  random(): number {
    return this.randomness;
  }
  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }
  frame(run: () => void): void {
    this.frames.push(run);
  }
  /** The browser paints: everything that waited for it is done. */
  paint(): void {
    const due = this.frames;
    this.frames = [];
    for (const run of due) run();
  }
  /** Time passes, timers run in their order. */
  pass(ms: number): void {
    const until = this.time + ms;
    for (;;) {
      const next = this.timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (next === undefined) break;
      this.timers = this.timers.filter((timer) => timer !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = until;
  }
  /** The machine sleeps: the clock goes on, nothing runs. */
  sleep(ms: number): void {
    this.time += ms;
  }
  get socket(): FakeSocket {
    const last = this.sockets.at(-1);
    if (last === undefined) throw new Error("no socket was opened");
    return last;
  }
}
