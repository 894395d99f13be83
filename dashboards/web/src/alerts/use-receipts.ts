import { useEffect, useState } from "react";
import { useFeed, useFeedSnapshot } from "../feed/hooks";
import { Receipts } from "./receipts";
import { ALERTS } from "./topics";

const NO_PARAMS = {};

/** Tells the server which alerts a person has been shown here. */
export function useReceipts(): Receipts {
  const feed = useFeed();
  const { state } = useFeedSnapshot();
  const [receipts] = useState(
    () =>
      new Receipts({
        visible: () => !document.hidden,
        after: (ms, run) => {
          const timer = setTimeout(run, ms);
          return () => clearTimeout(timer);
        },
        send: (alerts) => feed.got(ALERTS.name, NO_PARAMS, alerts),
      }),
  );
  useEffect(() => {
    document.addEventListener("visibilitychange", receipts.again);
    return () => document.removeEventListener("visibilitychange", receipts.again);
  }, [receipts]);
  const live = state.kind === "live";
  useEffect(() => {
    if (live) receipts.again();
  }, [live, receipts]);
  return receipts;
}
