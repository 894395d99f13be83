import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import type { ActionKeys } from "../alerts/Actions";
import { AwayNotice } from "../alerts/AwayNotice";
import { useActor } from "../alerts/actor";
import bar from "../alerts/bar.module.css";
import { Chosen } from "../alerts/Chosen";
import { FilterBar } from "../alerts/FilterBar";
import { GroupFeed, useGroups } from "../alerts/groups";
import { Help } from "../alerts/Help";
import { AlertClockContext, useAlertClock } from "../alerts/hooks";
import { useConsoleKeys } from "../alerts/keys";
import { type Filters, filterQuery, openBySeverity, queueOf, readFilters } from "../alerts/order";
import { Queue } from "../alerts/Queue";
import { Sections } from "../alerts/Sections";
import { ALERTS, type AlertRow } from "../alerts/topics";
import {
  countsOf,
  itemsOf,
  peopleOf,
  queueAddress,
  rowOf,
  useChosen,
  useMove,
  withQuery,
} from "../alerts/use-queue";
import { useReceipts } from "../alerts/use-receipts";
import { useTopic, useZone } from "../feed/hooks";
import { moment } from "../format/time";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { Hidden } from "../ui/Hidden";
import { useTitle } from "../ui/title";
import styles from "./alerts.module.css";

function ReplayNotice({ logNow }: { logNow: number | null }) {
  const zone = useZone();
  if (logNow === null) return null;
  return (
    <p className={bar.replay} role="status">
      The log's time is {moment(new Date(logNow).toISOString(), zone)}: time left is counted from there, not
      from the clock.
    </p>
  );
}

function noneWords(loaded: boolean, any: boolean, { which, mine }: Filters, actor: string | null): string {
  if (!loaded) return "Loading…";
  if (mine && actor === null) return "Nobody knows which are yours: say who you are first.";
  if (any) return "None that the filters leave.";
  if (which === "open") return "Nothing is open. Well done.";
  return which === "snoozed" ? "Nothing is snoozed." : "Nothing is over yet.";
}

/** Leaves the innermost of what was begun: a form, the search, the chosen alert's text. */
function leave(actions: ActionKeys | null, search: HTMLInputElement | null): boolean {
  if (document.querySelector("dialog[open]") !== null) return false;
  if (actions?.leave() === true) return true;
  if (document.activeElement !== search) return false;
  search?.blur();
  return true;
}

function focusTitle(): boolean {
  const title = document.querySelector<HTMLElement>("[data-detail-title]");
  title?.focus();
  return title !== null;
}

interface KeyRooms {
  readonly move: (by: 1 | -1) => boolean;
  readonly row: AlertRow | null;
  readonly rows: readonly AlertRow[];
  readonly toggle: (group: string) => void;
  readonly actions: RefObject<ActionKeys | null>;
  readonly search: RefObject<HTMLInputElement | null>;
  readonly onHelp: () => void;
}

function useKeys({ move, row, rows, toggle, actions, search, onHelp }: KeyRooms): void {
  useConsoleKeys({
    move,
    open: focusTitle,
    expand: () => {
      const group = row === null ? null : row.members === null ? row.group : row.alert;
      if (group === null || !rows.some((each) => each.members !== null && each.alert === group)) return false;
      toggle(group);
      return true;
    },
    search: () => {
      search.current?.focus();
      return search.current !== null;
    },
    help: () => {
      onHelp();
      return true;
    },
    leave: () => leave(actions.current, search.current),
    act: (key) => actions.current?.press(key) ?? false,
  });
}

/** The queue of alerts, and the chosen one beside it. */
export function Alerts() {
  const [, navigate] = useLocation();
  const query = new URLSearchParams(useSearch());
  const address = query.toString();
  const { rows, view, dim } = useTopic(ALERTS);
  const actor = useActor();
  const clock = useAlertClock(view);
  const chosen = useChosen(query);
  const { members, opened, report, toggle } = useGroups();
  const receipts = useReceipts();
  const [help, setHelp] = useState(false);
  const [tools, setTools] = useState(false);
  const search = useRef<HTMLInputElement>(null);
  const actions = useRef<ActionKeys>(null);

  const filters = useMemo(() => readFilters(new URLSearchParams(address)), [address]);
  const queue = useMemo(() => queueOf(rows, filters, actor), [rows, filters, actor]);
  const items = useMemo(
    () => itemsOf(queue, members, opened, new URLSearchParams(address)),
    [queue, members, opened, address],
  );
  const row = useMemo(() => rowOf(chosen.id, rows, members), [chosen.id, rows, members]);
  useEffect(() => (row === null ? undefined : receipts.show(row)), [row, receipts]);
  const counts = useMemo(() => countsOf(rows), [rows]);
  const kinds = useMemo(() => [...new Set(rows.map((each) => each.kind))].sort(), [rows]);
  const people = useMemo(() => peopleOf(rows, actor), [rows, actor]);
  const worst = useMemo(() => openBySeverity(rows), [rows]);
  useTitle(worst.S1 + worst.S2 > 0 ? `(${worst.S1 + worst.S2}) Alerts` : "Alerts");
  const change = useCallback(
    (what: Partial<Filters>) => {
      const next = filterQuery({ ...filters, ...what }, new URLSearchParams(address));
      navigate(withQuery(location.pathname, next), { replace: true });
    },
    [navigate, filters, address],
  );
  const move = useMove(items, chosen.id, navigate);
  useKeys({ move, row, rows, toggle, actions, search, onHelp: () => setHelp(true) });

  const loaded = view !== null && view.status !== "empty";
  const isChosen = chosen.id !== null;
  return (
    <AlertClockContext value={clock}>
      <div className={styles.console}>
        <Header>
          <span className={styles.push} />
          <Freshness view={view} />
        </Header>
        <main id="main" tabIndex={-1} className={styles.main} data-chosen={isChosen} data-tools={tools}>
          <h1>
            <Hidden>Alerts</Hidden>
          </h1>
          <button
            type="button"
            className={styles.toolsToggle}
            aria-expanded={tools}
            onClick={() => setTools(!tools)}
          >
            {tools ? "Less" : "Filter, sound, and more"}
          </button>
          <Sections>
            <button type="button" className={bar.chip} onClick={() => setHelp(true)}>
              Keys
            </button>
          </Sections>
          <FilterBar filters={filters} counts={counts} kinds={kinds} search={search} onChange={change} />
          <AwayNotice />
          <ReplayNotice logNow={clock.logNow} />
          <div className={styles.halves} data-chosen={isChosen}>
            <div className={styles.queue}>
              <Queue
                items={items}
                selectedId={chosen.id}
                receipts={receipts}
                onExpand={toggle}
                none={noneWords(loaded, rows.length > 0, filters, actor)}
                dim={dim && loaded}
              />
            </div>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
            <section className={styles.detail} aria-label="The chosen alert" tabIndex={0}>
              {isChosen && (
                <Link className={styles.back} href={queueAddress(query)}>
                  ← The queue
                </Link>
              )}
              <Chosen
                chosen={chosen}
                row={row}
                loaded={loaded}
                people={people}
                keys={actions}
                opened={opened}
                onExpand={toggle}
              />
            </section>
          </div>
        </main>
        {[...opened].map((group) => (
          <GroupFeed key={group} group={group} onRows={report} />
        ))}
        {help && <Help onClose={() => setHelp(false)} />}
      </div>
    </AlertClockContext>
  );
}
