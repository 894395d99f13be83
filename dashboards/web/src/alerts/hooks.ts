import { createContext, useCallback, useContext, useMemo, useSyncExternalStore } from "react";
import { useFeed, useFeedSnapshot, useTopic } from "../feed/hooks";
import type { Feed } from "../feed/store";
import type { TopicView } from "../feed/topic";
import { useNow } from "../ui/clock";
import { desk, type Progress } from "./desk";
import { type Counts, openBySeverity } from "./order";
import { presentFor } from "./time-left";
import { ALERTS } from "./topics";
import { AlertWatch, type WatchSnapshot } from "./watch";

const watches = new WeakMap<Feed, AlertWatch>();

/** The page's one watch over the alerts. */
export function useAlertWatch(): AlertWatch {
  const feed = useFeed();
  const known = watches.get(feed);
  if (known !== undefined) return known;
  const made = new AlertWatch(feed, {
    now: () => Date.now(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    storage: localStorage,
    hidden: () => document.hidden,
  });
  watches.set(feed, made);
  return made;
}

export function useWatchSnapshot(): WatchSnapshot {
  const watch = useAlertWatch();
  return useSyncExternalStore(watch.subscribe, watch.getSnapshot);
}

/** What countdowns count from. */
export interface AlertClock {
  /** Added to the browser's clock it is the server's. */
  readonly skewMs: number;
  /** The log's own time in a replay, in ms; else null. */
  readonly logNow: number | null;
}

export const AlertClockContext = createContext<AlertClock>({ skewMs: 0, logNow: null });

/** Changes only when the skew does, or in a replay: whoever counts does not count anew at every heartbeat. */
export function useAlertClock(view: TopicView | null): AlertClock {
  const { skewMs } = useFeedSnapshot();
  const { now, ofLog } = presentFor(view?.asOf ?? null, Date.now() + (skewMs ?? 0));
  const logNow = ofLog ? now : null;
  return useMemo(() => ({ skewMs: skewMs ?? 0, logNow }), [skewMs, logNow]);
}

/** Now, for alerts: the server's clock once a second, or the log's in a replay. */
export function useAlertNow(): number {
  const { skewMs, logNow } = useContext(AlertClockContext);
  const now = useNow();
  return logNow ?? now + skewMs;
}

/** How many alerts are open, by severity; null until it is known. */
export function useOpenCounts(): Counts | null {
  const { rows, view } = useTopic(ALERTS);
  const known = view !== null && view.status !== "empty";
  return useMemo(() => (known ? openBySeverity(rows) : null), [known, rows]);
}

/** What became of the last command about `key`. */
export function useProgress(key: string): Progress | null {
  const current = useCallback(() => desk.of(key), [key]);
  return useSyncExternalStore(desk.subscribe, current);
}
