import { memo, useEffect } from "react";
import { Link } from "wouter";
import { useZone } from "../feed/hooks";
import { hourMinute } from "../format/time";
import { Countdown } from "./Countdown";
import styles from "./queue.module.css";
import type { Receipts } from "./receipts";
import { SeverityMark } from "./Severity";
import { type AlertRow, isOpen } from "./topics";
import { aboutLabel, kindLabel, levelWords, many, STATE_WORDS } from "./words";

export interface QueueItem {
  readonly id: string;
  readonly row: AlertRow;
  readonly href: string;
  /** A member of a group that is shown below it. */
  readonly inside: boolean;
  /** Of a group row: whether its members are shown. */
  readonly expanded: boolean | null;
}

interface Props {
  readonly item: QueueItem;
  readonly at: number;
  readonly of: number;
  readonly height: number;
  readonly selected: boolean;
  readonly reachable: boolean;
  readonly receipts: Receipts | null;
  readonly onExpand: (group: string) => void;
}

function Who({ row }: { row: AlertRow }) {
  if (row.members !== null) return <span className={styles.who}>{many(row.members, "alert")} together</span>;
  return <span className={styles.who}>{row.name ?? row.customer}</span>;
}

function Standing({ row }: { row: AlertRow }) {
  const zone = useZone();
  if (row.members !== null) return null;
  const until = row.snoozed_until === null ? "" : ` until ${hourMinute(row.snoozed_until, zone)}`;
  const state = row.state === "snoozed" ? `Snoozed${until}` : STATE_WORDS[row.state];
  if (row.state === "triggered" && row.owner !== null) return <span>Waits for {row.owner}</span>;
  return (
    <span data-state={row.state} className={styles.state}>
      {row.owner === null || row.state === "triggered" ? state : `${state}, ${row.owner}`}
    </span>
  );
}

/** What is worth a word beyond who and what. */
function Marks({ row }: { row: AlertRow }) {
  return (
    <>
      {row.count > 1 && row.members === null && <span>{row.count} times</span>}
      {row.held_by !== null && <span>held back by {row.held_by}</span>}
    </>
  );
}

/** One line of the queue. It is drawn anew only when its own alert changes. */
export const QueueRow = memo(function QueueRow(props: Props) {
  const { item, at, of, height, selected, reachable, receipts, onExpand } = props;
  const { row, inside, expanded } = item;
  useEffect(() => receipts?.show(row), [receipts, row]);
  const about = row.members === null ? aboutLabel(row.kind, row.alert) : kindLabel(row.kind);
  return (
    <li
      className={styles.item}
      style={{ top: at * height, height }}
      aria-setsize={of}
      aria-posinset={at + 1}
      data-selected={selected}
      data-inside={inside}
      data-open={isOpen(row)}
      data-alert={row.alert}
      data-customer={row.customer}
    >
      <SeverityMark severity={row.severity} />
      <div className={styles.main}>
        <p className={styles.what}>
          <Link
            className={styles.why}
            href={item.href}
            tabIndex={reachable ? 0 : -1}
            aria-current={selected ? "true" : undefined}
            data-row={item.id}
          >
            {row.why || about}
          </Link>
          <Who row={row} />
        </p>
        <p className={styles.about}>
          <span>{about}</span>
          {row.level > 0 && <span className={styles.level}>{levelWords(row.level)}</span>}
          <Standing row={row} />
          <Marks row={row} />
        </p>
      </div>
      <div className={styles.time}>
        {isOpen(row) ? <Countdown dueAt={row.due_at} /> : <span>{STATE_WORDS[row.state]}</span>}
        {expanded !== null && (
          <button
            type="button"
            className={styles.expand}
            aria-expanded={expanded}
            tabIndex={reachable ? 0 : -1}
            onClick={() => onExpand(row.alert)}
          >
            {expanded ? "Fold" : "Show them"}
          </button>
        )}
      </div>
    </li>
  );
});
