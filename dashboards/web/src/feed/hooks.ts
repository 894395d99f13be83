import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useSyncExternalStore,
} from "react";
import type { Params } from "./protocol";
import type { Feed, FeedSnapshot } from "./store";
import type { TopicView } from "./topic";
import { topicKey } from "./topic-key";
import { readRows, type Topic } from "./topics";

export const FeedContext = createContext<Feed | null>(null);

export function useFeed(): Feed {
  const feed = useContext(FeedContext);
  if (feed === null) throw new Error("no FeedContext above this component");
  return feed;
}

export function useFeedSnapshot(): FeedSnapshot {
  const feed = useFeed();
  return useSyncExternalStore(feed.subscribe, feed.getSnapshot);
}

/** The business's time zone where the server tells it, else UTC; never the browser's. */
export function useZone(): string {
  return useFeedSnapshot().zone ?? "UTC";
}

export interface TopicRows<T> {
  readonly rows: readonly T[];
  readonly view: TopicView | null;
  /** The rows are not (yet) those that were asked for: show them dimmed. */
  readonly dim: boolean;
}

const NO_PARAMS: Params = {};

function useTopicView(name: string, params: Params): TopicView | null {
  const feed = useFeed();
  const key = topicKey(name, params);
  const stable = useMemo<Params>(
    () => Object.fromEntries(new URLSearchParams(key.slice(key.indexOf("?")))),
    [key],
  );
  const subscribe = useCallback(
    (listener: () => void) => feed.watch(name, stable, listener),
    [feed, name, stable],
  );
  const current = useCallback(() => feed.view(name, stable), [feed, name, stable]);
  return useSyncExternalStore(subscribe, current);
}

/**
 * A topic's rows, live. When the parameters change the rows of before stay, dimmed, until the new ones are there:
 * a board never goes blank.
 */
export function useTopic<T>(topic: Topic<T>, params: Params = NO_PARAMS): TopicRows<T> {
  const now = useTopicView(topic.name, params);
  const before = useRef<TopicView | null>(null);
  const arrived = now !== null && now.status !== "empty";
  useEffect(() => {
    if (arrived) before.current = now;
  }, [arrived, now]);
  const shown = arrived ? now : before.current;
  const source = topic.log ? shown?.items : shown?.rows;
  const rows = useMemo(() => (source === undefined ? [] : readRows(topic, source).rows), [topic, source]);
  return { rows, view: shown ?? now, dim: shown?.status !== "current" || shown !== now };
}
