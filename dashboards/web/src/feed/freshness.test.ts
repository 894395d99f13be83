import { describe, expect, it } from "vitest";
import { freshness } from "./freshness";
import { presentOf } from "./present";
import { TopicState, type TopicView } from "./topic";

const NOW = 1_000_000;
const LIVE = { kind: "live", since: 0 } as const;

function view(change: Partial<TopicView>): TopicView {
  return { ...new TopicState("figures", {}).view(), status: "current", lagMs: 0, heardAt: NOW, ...change };
}

describe("freshness", () => {
  it("is the lag told and the time since it was told", () => {
    expect(freshness(LIVE, view({ lagMs: 100 }), NOW + 1900)).toMatchObject({
      level: "fresh",
      behindMs: 2000,
      dim: false,
    });
    expect(freshness(LIVE, view({ lagMs: 4000 }), NOW + 1500)).toMatchObject({
      level: "amber",
      words: "6 s behind",
    });
    expect(freshness(LIVE, view({ lagMs: 30_000 }), NOW)).toMatchObject({ level: "red", dim: true });
  });

  it("does not look at the business's own time, which in a replay is last year's", () => {
    expect(freshness(LIVE, view({ asOf: "2018-08-01T00:00:00Z" }), NOW).level).toBe("fresh");
  });

  it("never calls lost or silent figures live", () => {
    const lost = freshness({ kind: "lost", since: NOW - 12_000, retryAt: NOW }, view({}), NOW);
    expect(lost).toMatchObject({
      level: "red",
      dim: true,
      words: "Connection lost 12 s ago. These figures are old.",
    });
    const stale = freshness({ kind: "stale", since: NOW - 6000 }, view({}), NOW);
    expect(stale).toMatchObject({ level: "amber", dim: true });
    expect(freshness({ kind: "stale", since: NOW - 31_000 }, view({}), NOW).level).toBe("red");
  });

  it("passes on what the server says is wrong", () => {
    expect(freshness(LIVE, view({ staleWhy: "partition 3 has no owner" }), NOW)).toMatchObject({
      level: "red",
      words: "Not up to date: partition 3 has no owner.",
    });
    const none = view({ status: "empty", staleWhy: "no worker is running" });
    expect(freshness(LIVE, none, NOW).words).toBe("Not up to date: no worker is running.");
  });
});

describe("the present", () => {
  it("is the clock, and in a replay how far the log has come", () => {
    const now = Date.parse("2026-03-03T14:00:00Z");
    expect(presentOf(null, now)).toBe(now);
    expect(presentOf("2026-03-03T03:00:00Z", now)).toBe(now);
    expect(presentOf("2018-08-01T00:00:00Z", now)).toBe(Date.parse("2018-08-01T00:00:00Z"));
  });
});
