// How old what is shown is, in words a person in the room understands.
import type { FeedState } from "./connection";
import type { TopicView } from "./topic";

export const AMBER_MS = 5000;
export const RED_MS = 30_000;

export type Level = "waiting" | "fresh" | "amber" | "red";

export interface Freshness {
  readonly level: Level;
  readonly behindMs: number | null;
  /** One plain sentence. */
  readonly words: string;
  /** Figures may not look current. */
  readonly dim: boolean;
}

function seconds(ms: number): string {
  const s = Math.round(ms / 1000);
  if (s < 90) return `${s} s`;
  if (s < 5400) return `${Math.round(s / 60)} min`;
  return `${Math.round(s / 3600)} h`;
}

/**
 * Behind = the lag the server last told, and the time since it told it. Both are durations, so neither a wrong
 * clock on the wall nor a replay of last year makes a board look older or younger than it is.
 */
export function freshness(feed: FeedState, view: TopicView | null, now: number): Freshness {
  const behindMs = view?.heardAt == null ? null : (view.lagMs ?? 0) + Math.max(0, now - view.heardAt);
  const has = view !== null && view.status !== "empty";
  if (feed.kind === "connecting") return { level: "waiting", behindMs, words: "Connecting", dim: has };
  if (feed.kind === "lost" || feed.kind === "stale") {
    const gone = Math.max(behindMs ?? 0, now - feed.since);
    const words =
      feed.kind === "lost"
        ? `Connection lost ${seconds(gone)} ago. These figures are old.`
        : `No word from the server for ${seconds(gone)}. These figures may be old.`;
    return {
      level: gone >= RED_MS || feed.kind === "lost" ? "red" : "amber",
      behindMs: gone,
      words,
      dim: true,
    };
  }
  if (view?.error != null && !has) return { level: "red", behindMs, words: view.error, dim: true };
  if (view !== null && view.staleWhy !== null) {
    return { level: "red", behindMs, words: `Not up to date: ${view.staleWhy}.`, dim: true };
  }
  if (!has) return { level: "waiting", behindMs, words: "Waiting for the first figures", dim: false };
  const refetching = view.status === "refetching";
  if (behindMs !== null && behindMs >= RED_MS) {
    return {
      level: "red",
      behindMs,
      words: `${seconds(behindMs)} behind. These figures are old.`,
      dim: true,
    };
  }
  if (behindMs !== null && behindMs >= AMBER_MS) {
    return { level: "amber", behindMs, words: `${seconds(behindMs)} behind`, dim: refetching };
  }
  return { level: "fresh", behindMs, words: "Live", dim: refetching };
}
