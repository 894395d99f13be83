import { useEffect, useMemo, useState } from "react";
import * as v from "valibot";
import { useGet } from "../api/use-get";
import { useTopic } from "../feed/hooks";
import type { TopicView } from "../feed/topic";
import type { Topic } from "../feed/topics";

export interface Listed<T> {
  readonly rows: readonly T[];
  readonly view: TopicView | null;
  /** Why there is nothing yet, else null. */
  readonly words: string | null;
  readonly again: () => void;
}

const AGAIN_MS = 5000;

/** What a topic keeps up to date where there is one, and else a request that is repeated: both have the same rows. */
export function useListed<T>(topic: Topic<T>, path: string): Listed<T> {
  const live = useTopic(topic);
  const [asked, setAsked] = useState(0);
  const shape = useMemo(() => v.object({ items: v.array(topic.row) }), [topic]);
  const { value, error } = useGet(`${path}${path.includes("?") ? "&" : "?"}asked=${asked}`, shape);
  const told = live.view !== null && live.view.status !== "empty";
  useEffect(() => {
    if (told) return;
    const timer = setInterval(() => setAsked((before) => before + 1), AGAIN_MS);
    return () => clearInterval(timer);
  }, [told]);
  const words = told || value !== null ? null : (error?.message ?? "Loading…");
  return {
    rows: told ? live.rows : (value?.items ?? []),
    view: live.view,
    words,
    again: () => setAsked((before) => before + 1),
  };
}
