import { beforeEach, describe, expect, it } from "vitest";
import { FakeWorld } from "./fake-surroundings";
import { Feed } from "./store";
import { LOG_CAPACITY } from "./topic";

const COLS = ["key", "value"];
const TODAY = { period: "today" };

let world: FakeWorld;
let feed: Feed;
let refused: number;

function snap(id: string, rows: unknown[][], seq = 1, epoch = "e1", last = true): object {
  return {
    type: "snap",
    id,
    epoch,
    seq,
    as_of: "2026-01-31T12:00:00Z",
    key: ["key"],
    cols: COLS,
    rows,
    last,
  };
}

function delta(
  id: string,
  prev: number,
  seq: number,
  up: unknown[][],
  rm: unknown[][] = [],
  epoch = "e1",
): object {
  return { type: "delta", id, epoch, prev, seq, as_of: "2026-01-31T12:00:01Z", up, rm };
}

function hb(topics: object = {}): object {
  return { type: "hb", ts: "2026-01-31T12:00:00Z", topics };
}

function shown() {
  world.paint();
  const view = feed.view("figures", TODAY);
  if (view === null) throw new Error("nobody watches figures");
  return view;
}

function values(): Record<string, unknown> {
  return Object.fromEntries(shown().rows.map((row) => [row.key, row.value]));
}

function state(): string {
  world.paint();
  return feed.getSnapshot().state.kind;
}

/** Connected, subscribed, with one row. */
function begun(): string {
  feed.watch("figures", TODAY, () => {});
  world.socket.welcome();
  const { id } = world.socket.lastSub("figures");
  world.socket.say(snap(id, [["orders", 10]]));
  return id;
}

beforeEach(() => {
  world = new FakeWorld();
  refused = 0;
  feed = new Feed(world, { build: "b1", onRefused: () => (refused += 1) });
  feed.start();
});

describe("a subscription", () => {
  it("greets first, and subscribes when it is welcome", () => {
    feed.watch("figures", TODAY, () => {});
    world.socket.onopen?.();
    expect(world.socket.sent).toEqual([{ type: "hello", v: 1, client: "web", build: "b1" }]);
    world.socket.welcome();
    expect(world.socket.lastSub("figures")).toEqual({
      type: "sub",
      id: "s1",
      topic: "figures",
      params: TODAY,
    });
    expect(state()).toBe("live");
  });

  it("is shared by those who want the same, and ends some time after the last let go", () => {
    const first = feed.watch("figures", TODAY, () => {});
    const second = feed.watch("figures", { ...TODAY }, () => {});
    world.socket.welcome();
    expect(world.socket.count("sub")).toBe(1);
    first();
    first();
    world.pass(5000);
    expect(world.socket.count("unsub")).toBe(0);
    second();
    world.socket.say(hb());
    world.pass(3100);
    expect(world.socket.count("unsub")).toBe(1);
    expect(feed.view("figures", TODAY)).toBeNull();
  });

  it("takes a snapshot of several frames as one", () => {
    const id = begun();
    world.socket.say(snap(id, [["a", 1]], 2, "e1", false));
    expect(values()).toEqual({ orders: 10 });
    world.socket.say(snap(id, [["b", 2]], 2));
    expect(values()).toEqual({ a: 1, b: 2 });
  });

  it("applies deltas in order, replaces by key and removes", () => {
    const id = begun();
    world.socket.say(
      delta(id, 1, 2, [
        ["orders", 11],
        ["revenue", 5],
      ]),
    );
    world.socket.say(delta(id, 2, 3, [], [["revenue"]]));
    expect(values()).toEqual({ orders: 11 });
    expect(shown().asOf).toBe("2026-01-31T12:00:01Z");
  });

  it("drops what is not newer", () => {
    const id = begun();
    world.socket.say(delta(id, 1, 2, [["orders", 11]]));
    world.socket.say(delta(id, 1, 2, [["orders", 99]]));
    expect(values()).toEqual({ orders: 11 });
    expect(world.socket.count("sub")).toBe(1);
  });

  it("tells React once a frame, however many frames the server sent", () => {
    let told = 0;
    feed.watch("figures", TODAY, () => (told += 1));
    world.socket.welcome();
    const { id } = world.socket.lastSub("figures");
    world.socket.say(snap(id, [["orders", 10]]));
    for (let seq = 2; seq < 50; seq += 1) world.socket.say(delta(id, seq - 1, seq, [["orders", seq]]));
    world.paint();
    expect(told).toBe(1);
    expect(values()).toEqual({ orders: 49 });
  });
});

describe("what went wrong on the way", () => {
  const again = (id: string) => {
    const next = world.socket.lastSub("figures");
    expect(next.id).not.toBe(id);
    expect(next.since).toBeUndefined();
    expect(shown().status).toBe("refetching");
    expect(values()).toEqual({ orders: 10 });
    world.socket.say(delta(id, 1, 2, [["orders", 77]]));
    world.socket.say(snap(next.id, [["orders", 20]], 9, "e2"));
    expect(values()).toEqual({ orders: 20 });
    expect(shown().status).toBe("current");
  };

  it("a gap: subscribes anew and keeps the old rows, dimmed, until the snapshot is there", () => {
    const id = begun();
    world.socket.say(delta(id, 4, 5, [["orders", 15]]));
    again(id);
  });

  it("another epoch: the same", () => {
    const id = begun();
    world.socket.say(delta(id, 1, 2, [["orders", 15]], [], "e2"));
    again(id);
  });

  it("a resync: the same", () => {
    const id = begun();
    world.socket.say({ type: "resync", id, reason: "too_far" });
    again(id);
  });

  it("a lost frame, noticed by two heartbeats that stand further on", () => {
    const id = begun();
    world.socket.say(hb({ [id]: { seq: 3, lag_ms: 5, stale: false } }));
    expect(world.socket.count("sub")).toBe(1);
    world.socket.say(hb({ [id]: { seq: 3, lag_ms: 5, stale: false } }));
    again(id);
  });

  it("a heartbeat alone leaves the very rows that were there", () => {
    const id = begun();
    const before = shown().rows;
    world.socket.say(hb({ [id]: { seq: 1, lag_ms: 5 } }));
    expect(shown().lagMs).toBe(5);
    expect(shown().rows).toBe(before);
    world.socket.say(delta(id, 1, 2, [["orders", 11]]));
    expect(values()).toEqual({ orders: 11 });
  });

  it("a malformed frame is counted and changes nothing", () => {
    const id = begun();
    for (const bad of ["{", "[]", "null", '{"type":"nonsense"}', `{"type":"delta","id":"${id}","seq":"2"}`]) {
      world.socket.say(bad);
    }
    expect(values()).toEqual({ orders: 10 });
    expect(feed.getSnapshot().malformed).toBe(5);
    expect(state()).toBe("live");
  });

  it("an error of a topic is shown, and tried again only where the server says so", () => {
    const id = begun();
    world.socket.say({ type: "err", id, code: "busy", msg: "Too busy", retry: true });
    expect(shown().error).toBe("Too busy");
    expect(values()).toEqual({ orders: 10 });
    world.socket.say(hb());
    world.pass(5000);
    expect(world.socket.lastSub("figures").id).not.toBe(id);
  });
});

describe("silence", () => {
  it("of 2.5 heartbeats makes everything stale, and a frame makes it live again", () => {
    begun();
    world.pass(4750);
    expect(state()).toBe("live");
    world.pass(500);
    expect(state()).toBe("stale");
    world.socket.say(hb());
    expect(state()).toBe("live");
  });

  it("of 4 heartbeats gives the socket up and comes back with what it has", () => {
    begun();
    const first = world.socket;
    world.pass(8250);
    expect(first.closed).toBe(true);
    expect(state()).toBe("lost");
    expect(values()).toEqual({ orders: 10 });
    world.pass(500);
    expect(world.sockets).toHaveLength(2);
    world.socket.welcome();
    expect(world.socket.lastSub("figures").since).toEqual({ epoch: "e1", seq: 1 });
    expect(shown().status).toBe("refetching");
    const { id } = world.socket.lastSub("figures");
    world.socket.say(delta(id, 1, 2, [["orders", 12]]));
    expect(values()).toEqual({ orders: 12 });
    expect(shown().status).toBe("current");
  });

  it("after `since` a heartbeat at the same place is answer enough", () => {
    begun();
    feed.reconnectNow();
    world.socket.welcome();
    const { id } = world.socket.lastSub("figures");
    world.socket.say(hb({ [id]: { seq: 1, lag_ms: 3, stale: false } }));
    expect(shown().status).toBe("current");
  });

  it("while the machine slept: comes back at once", () => {
    begun();
    world.sleep(3_600_000);
    world.pass(300);
    expect(world.sockets).toHaveLength(2);
    expect(state()).toBe("lost");
  });

  it("looked at again: comes back at once after a silence, and stays where there was none", () => {
    begun();
    feed.wake();
    expect(world.sockets.length).toBe(1);
    world.sleep(6000);
    feed.wake();
    expect(world.sockets.length).toBe(2);
  });

  it("says why, where the server itself calls a topic stale", () => {
    const id = begun();
    world.socket.say(hb({ [id]: { seq: 1, lag_ms: 41_000, stale: true, why: "partition 3 has no owner" } }));
    expect(shown()).toMatchObject({ staleWhy: "partition 3 has no owner", lagMs: 41_000 });
  });
});

describe("a closed socket", () => {
  it("waits longer each time, with full jitter, between 0.5 and 30 s", () => {
    world.randomness = 1;
    const waits: number[] = [];
    for (let i = 0; i < 10; i += 1) {
      world.socket.onclose?.();
      world.paint();
      const at = feed.getSnapshot().state;
      const wait = at.kind === "lost" ? at.retryAt - world.now() : -1;
      waits.push(wait);
      world.pass(wait);
    }
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000, 30000]);
    world.randomness = 0;
    world.socket.onclose?.();
    world.paint();
    expect(feed.getSnapshot().state).toMatchObject({ kind: "lost", retryAt: world.now() + 500 });
    expect(refused).toBe(11);
  });

  it("after `bye` comes back when the server said", () => {
    begun();
    world.socket.say({ type: "bye", code: "draining", retry_ms: 1234 });
    world.socket.onclose?.();
    world.pass(1233);
    expect(world.sockets).toHaveLength(1);
    world.pass(1);
    expect(world.sockets).toHaveLength(2);
    expect(refused).toBe(0);
  });
});

describe("a log topic", () => {
  const items = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => ({ place: `0:${from + i}:0`, what: "x" }));
  const log = () => {
    world.paint();
    return feed.view("activity", {})?.items.map((item) => item.place) ?? [];
  };
  const say = (id: string, seq: number, from: number, to: number, epoch = "e1") =>
    world.socket.say({ type: "event", id, epoch, seq, items: items(from, to) });

  it("keeps the last of what came, and never more", () => {
    feed.watch("activity", {}, () => {});
    world.socket.welcome();
    const { id } = world.socket.lastSub("activity");
    for (let i = 0; i < 30; i += 1) say(id, i + 1, i * 50, i * 50 + 50);
    expect(log()).toHaveLength(LOG_CAPACITY);
    expect(log().at(-1)).toBe("0:1499:0");
  });

  it("shows nothing twice after it came back", () => {
    feed.watch("activity", {}, () => {});
    world.socket.welcome();
    say(world.socket.lastSub("activity").id, 50, 0, 50);
    feed.reconnectNow();
    world.socket.welcome();
    say(world.socket.lastSub("activity").id, 60, 10, 60);
    expect(log()).toHaveLength(60);
  });

  it("begins anew in another epoch", () => {
    feed.watch("activity", {}, () => {});
    world.socket.welcome();
    say(world.socket.lastSub("activity").id, 50, 0, 50);
    feed.reconnectNow();
    world.socket.welcome();
    say(world.socket.lastSub("activity").id, 2, 100, 102, "e2");
    expect(log()).toEqual(["0:100:0", "0:101:0"]);
  });
});

describe("what a person has seen", () => {
  it("is told under the subscription it came by, and not told without one", () => {
    expect(feed.got("figures", TODAY, [["c", "a", 1]])).toBe(false);
    const id = begun();
    expect(feed.got("figures", TODAY, [["c", "a", 1]])).toBe(true);
    expect(world.socket.sent.at(-1)).toEqual({ type: "got", id, alerts: [["c", "a", 1]] });
    expect(feed.got("figures", { period: "7d" }, [["c", "a", 1]])).toBe(false);
    world.socket.onclose?.();
    expect(feed.got("figures", TODAY, [["c", "a", 1]])).toBe(false);
  });
});

describe("whose figures they are", () => {
  it("is what was told last; a server that has just started changes nothing", () => {
    begun();
    const whose = () => {
      world.paint();
      const { business, zone } = feed.getSnapshot();
      return { business, zone };
    };
    expect(whose()).toEqual({ business: null, zone: null });
    world.socket.say({ ...hb(), business: "Acme", time_zone: "Asia/Tokyo" });
    expect(whose()).toEqual({ business: "Acme", zone: "Asia/Tokyo" });
    world.socket.say({ type: "welcome", v: 1, heartbeat_ms: 2000, business: null, time_zone: null });
    world.socket.say(hb());
    expect(whose()).toEqual({ business: "Acme", zone: "Asia/Tokyo" });
    world.socket.say({ ...hb(), business: "Acme & Co", time_zone: "Asia/Tokyo" });
    expect(whose()).toEqual({ business: "Acme & Co", zone: "Asia/Tokyo" });
  });
});
