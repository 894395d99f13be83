import { useEffect, useRef, useState } from "react";
import { Hidden } from "../ui/Hidden";
import { alertPath } from "./address";
import type { Change } from "./changes";
import { useAlertWatch, useWatchSnapshot } from "./hooks";
import { canSound, chime, unlockOnUse } from "./sound";
import { alertId } from "./topics";
import { takesTurn } from "./turn";
import { aboutLabel, many } from "./words";

/** Nobody is called more often than this; what came meanwhile is told together. */
const BETWEEN_MS = 4000;
/** More at once are one notification that counts them. */
const NOTIFIED_SINGLY = 3;

const isLoud = ({ row }: Change) => row.severity === "S1" || row.severity === "S2";

const HOW: Readonly<Record<string, string>> = {
  worse: "Raised in severity: ",
  escalated: "Escalated: ",
  reopened: "Open again: ",
};

function inWords({ kind, row }: Change): string {
  return `${row.severity}: ${HOW[kind] ?? ""}${row.why || aboutLabel(row.kind, row.alert)}`;
}

function name({ row }: Change): string {
  return `${alertId(row)} ${row.revision} ${row.members ?? ""}`;
}

async function sound(news: readonly Change[]): Promise<void> {
  if (!canSound()) return;
  const turns = await Promise.all(news.map(async (each) => ((await takesTurn(name(each))) ? each : null)));
  const mine = turns.filter((each) => each !== null);
  if (mine.length > 0) chime(mine.some(({ row }) => row.severity === "S1"));
}

/** The same tag in every tab: the browser shows one. */
function show(title: string, path: string, options: NotificationOptions): void {
  try {
    const shown = new Notification(title, options);
    shown.onclick = () => {
      focus();
      history.pushState(null, "", path);
      shown.close();
    };
  } catch {
    // A browser that lets only service workers notify.
  }
}

function notify(news: readonly Change[]): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  if (news.length > NOTIFIED_SINGLY) {
    show(announcement(news), "/alerts", { tag: "nexusflow.alerts" });
    return;
  }
  for (const each of news) {
    const { customer, alert, members, kind } = each.row;
    const path = members === null ? alertPath(customer, alert) : "/alerts";
    show(inWords(each), path, { tag: name(each), body: aboutLabel(kind, alert) });
  }
}

function announcement(news: readonly Change[]): string {
  const [first] = news;
  if (first === undefined) return "";
  if (news.length === 1) return inWords(first);
  const worst = news.filter(({ row }) => row.severity === "S1").length;
  return `${many(news.length, "new alert")}${worst > 0 ? `, ${worst} of them S1` : ""}`;
}

/** What is new since it was last asked. */
function useNews(): readonly Change[] {
  const { last, news } = useWatchSnapshot();
  const told = useRef(news);
  const [fresh, setFresh] = useState<readonly Change[]>([]);
  useEffect(() => {
    const since = news - told.current;
    told.current = news;
    if (since > 0) setFresh(last.slice(-since).filter(isLoud));
  }, [last, news]);
  return fresh;
}

/** Calls out new S1 and S2, on whatever page: by sound, by notification where allowed, by voice for who listens. */
export function Calls() {
  const watch = useAlertWatch();
  const fresh = useNews();
  const [said, setSaid] = useState("");
  const waiting = useRef<Change[]>([]);
  const calledAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => unlockOnUse(), []);
  useEffect(() => {
    document.addEventListener("freeze", watch.freeze);
    document.addEventListener("resume", watch.thaw);
    return () => {
      document.removeEventListener("freeze", watch.freeze);
      document.removeEventListener("resume", watch.thaw);
    };
  }, [watch]);
  useEffect(() => {
    if (fresh.length === 0) return;
    waiting.current.push(...fresh);
    const call = () => {
      calledAt.current = Date.now();
      const news = waiting.current.splice(0);
      void sound(news);
      notify(news);
      setSaid(announcement(news));
    };
    // A hidden page's timers may be a minute late: what comes after the pause does not wait for one.
    clearTimeout(timer.current);
    const pause = calledAt.current + BETWEEN_MS - Date.now();
    if (pause > 0) timer.current = setTimeout(call, pause);
    else call();
  }, [fresh]);
  return (
    <p role="status" aria-live="polite" data-testid="called">
      <Hidden>{said}</Hidden>
    </p>
  );
}
