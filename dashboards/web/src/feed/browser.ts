import type { Socket, Surroundings } from "./connection";
import type { Feed } from "./store";

/** The browser as the feed's surroundings. */
export function browserSurroundings(): Surroundings {
  return {
    open(protocol) {
      const url = new URL("/api/v1/live", location.href);
      url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
      return new WebSocket(url, protocol) as unknown as Socket;
    },
    now: () => Date.now(),
    random: () => Math.random(),
    after(ms, run) {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    frame(run) {
      // A hidden tab paints no frames; it still has to say the truth when it is looked at again.
      if (document.hidden) setTimeout(run, 1000);
      else requestAnimationFrame(run);
    },
  };
}

/**
 * Reconnects when the network comes back, when the page returns from the back/forward cache or from being frozen, and
 * when somebody looks at it again after a silence.
 */
export function followBrowser(feed: Feed): () => void {
  const online = () => feed.reconnectNow();
  const shown = (event: PageTransitionEvent) => {
    if (event.persisted) feed.reconnectNow();
  };
  const looked = () => {
    if (!document.hidden) feed.wake();
  };
  document.addEventListener("visibilitychange", looked);
  document.addEventListener("resume", looked);
  addEventListener("online", online);
  addEventListener("pageshow", shown);
  return () => {
    document.removeEventListener("visibilitychange", looked);
    document.removeEventListener("resume", looked);
    removeEventListener("online", online);
    removeEventListener("pageshow", shown);
  };
}
