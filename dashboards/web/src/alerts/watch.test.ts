import { beforeEach, describe, expect, it } from "vitest";
import { FakeWorld } from "../feed/fake-surroundings";
import { Feed } from "../feed/store";
import { alertRow } from "./alert-row";
import { changesInWords } from "./changes";
import type { AlertRow } from "./topics";
import { AlertWatch } from "./watch";

const COLS = Object.keys(alertRow());

let world: FakeWorld;
let feed: Feed;
let watch: AlertWatch;
let hidden: boolean;

function begin(): void {
  feed = new Feed(world, { build: "" });
  feed.start();
  watch = new AlertWatch(feed, {
    now: () => world.now(),
    after: (ms, run) => world.after(ms, run),
    storage: localStorage,
    hidden: () => hidden,
  });
  watch.start();
}

/** The server says what the alerts are. */
function says(rows: readonly AlertRow[], seq: number): void {
  const { id } = world.socket.lastSub("alerts");
  const cells = rows.map((row) => COLS.map((col) => row[col as keyof AlertRow]));
  const as_of = "2026-01-31T12:00:00Z";
  const key = ["customer", "alert"];
  world.socket.say({ type: "snap", id, epoch: "e", seq, as_of, key, cols: COLS, rows: cells, last: true });
  world.paint();
}

/** The server is there for `ms`, with a heartbeat a second. */
function lives(ms: number): void {
  for (let passed = 0; passed < ms; passed += 1000) {
    world.socket.say({ type: "hb", ts: 0, topics: {} });
    world.pass(1000);
    world.paint();
  }
}

/** The server is away for `ms`, and then there. */
function comesBackAfter(ms: number): void {
  world.socket.onclose?.();
  world.paint();
  world.pass(ms);
  while (world.socket.closed) world.pass(500);
  world.socket.welcome("");
  world.paint();
}

const news = () => watch.getSnapshot().last.map(({ kind, row }) => `${kind} ${row.alert}`);
const away = () => {
  const told = watch.getSnapshot().away;
  return told === null ? null : changesInWords(told.changes);
};

beforeEach(() => {
  localStorage.clear();
  hidden = false;
  world = new FakeWorld();
  begin();
  world.socket.welcome("");
  world.paint();
});

describe("the watch", () => {
  it("calls nobody for what was there, and once for what is new", () => {
    says([alertRow({ alert: "old" })], 1);
    expect(news()).toEqual([]);
    says([alertRow({ alert: "old" }), alertRow({ alert: "new" })], 2);
    lives(3000);
    expect(news()).toEqual(["raised new"]);
    expect(away()).toBeNull();
  });

  it("says what happened while the connection was lost", () => {
    says([alertRow({ alert: "a" })], 1);
    lives(2000);
    comesBackAfter(40_000);
    says([alertRow({ alert: "a", state: "resolved", revision: 2 }), alertRow({ alert: "b" })], 5);
    lives(3000);
    expect(away()).toBe("1 raised, 1 resolved");
    expect(news()).toEqual(["raised b"]);
    const told = watch.getSnapshot().away;
    expect((told?.until ?? 0) - (told?.since ?? 0)).toBeGreaterThanOrEqual(40_000);
    watch.dismiss();
    expect(away()).toBeNull();
  });

  it("says nothing where nothing happened", () => {
    says([alertRow()], 1);
    lives(1000);
    comesBackAfter(40_000);
    says([alertRow()], 1);
    lives(3000);
    expect(away()).toBeNull();
  });

  it("notices a sleep by its timers, though the connection held", () => {
    says([], 1);
    lives(2000);
    world.sleep(1_800_000);
    world.socket.say({ type: "hb", ts: 0, topics: {} });
    world.paint();
    says([alertRow({ alert: "asleep" })], 2);
    lives(3000);
    expect(away()).toBe("1 raised");
  });

  it("does not take a hidden page's slow timers for a sleep", () => {
    says([], 1);
    lives(2000);
    hidden = true;
    world.sleep(60_000);
    says([alertRow({ alert: "hidden" })], 2);
    expect(away()).toBeNull();
    expect(news()).toEqual(["raised hidden"]);
  });

  it("takes being frozen for a sleep, however short", () => {
    says([], 1);
    lives(2000);
    watch.freeze();
    // A timer that was due already still runs.
    world.pass(500);
    world.sleep(3000);
    watch.thaw();
    says([alertRow({ alert: "frozen" })], 2);
    lives(3000);
    expect(away()).toBe("1 raised");
  });

  it("knows on a page opened anew what the page before knew, and calls nobody for it", () => {
    says([alertRow({ alert: "a" })], 1);
    lives(7000);
    begin();
    world.socket.welcome("");
    says([alertRow({ alert: "a" }), alertRow({ alert: "b" })], 2);
    lives(3000);
    expect(away()).toBe("1 raised");
    expect(news()).toEqual([]);
    says([alertRow({ alert: "a" }), alertRow({ alert: "b" }), alertRow({ alert: "c" })], 3);
    expect(news()).toEqual(["raised c"]);
  });

  it("joins two absences nobody has read about", () => {
    says([alertRow({ alert: "a" })], 1);
    lives(1000);
    watch.freeze();
    watch.thaw();
    says([alertRow({ alert: "a" }), alertRow({ alert: "b" })], 2);
    lives(3000);
    watch.freeze();
    watch.thaw();
    says([alertRow({ alert: "a" }), alertRow({ alert: "b", state: "resolved", revision: 2 })], 3);
    lives(3000);
    expect(away()).toBe("1 resolved");
  });
});
