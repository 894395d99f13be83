import type { Ref } from "react";
import { type ActionKeys, Actions } from "./Actions";
import { Countdown } from "./Countdown";
import styles from "./detail.module.css";
import { SeverityMark } from "./Severity";
import { type AlertRow, alertId } from "./topics";
import { kindLabel, many } from "./words";

interface Props {
  readonly row: AlertRow;
  readonly expanded: boolean;
  readonly onExpand: (group: string) => void;
  readonly people: readonly string[];
  readonly keys: Ref<ActionKeys>;
}

/** Many alerts that have one thing in common, to be dealt with at once. */
export function GroupDetail({ row, expanded, onExpand, people, keys }: Props) {
  return (
    <>
      <header className={styles.head}>
        <p className={styles.kicker}>
          <SeverityMark severity={row.severity} />
          <span>{kindLabel(row.kind)}</span>
          <span>{many(row.members ?? 0, "alert")} together</span>
        </p>
        <div className={styles.title}>
          <h2 tabIndex={-1} data-detail-title="">
            {row.why || row.alert}
          </h2>
          <p className={styles.left}>
            <Countdown dueAt={row.due_at} quiet />
          </p>
        </div>
      </header>
      <p className={styles.next}>
        <strong>Next:</strong> look for what they have in common ({row.alert}); what is done here is done to
        each of them that is open.
      </p>
      <Actions
        of={alertId(row)}
        state={row.state}
        about={{ kind: "group", group: row.alert }}
        people={people}
        keys={keys}
      />
      <p>
        <button
          type="button"
          className={styles.more}
          aria-expanded={expanded}
          onClick={() => onExpand(row.alert)}
        >
          {expanded ? "Fold them together again" : "Show them one by one"}
        </button>
      </p>
    </>
  );
}
