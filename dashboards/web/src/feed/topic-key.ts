import type { Params } from "./protocol";

/** One name a (topic, params), so that two panels that want the same share a subscription. */
export function topicKey(topic: string, params: Params): string {
  const entries = Object.entries(params).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${topic}?${new URLSearchParams(entries).toString()}`;
}
