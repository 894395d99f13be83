import { useContext, useState } from "react";
import { useActor } from "./actor";
import { freshId } from "./command";
import styles from "./detail.module.css";
import { AlertClockContext } from "./hooks";
import parts from "./parts.module.css";
import { makeSilence } from "./silences";
import type { AlertRow } from "./topics";
import { WhoDialog } from "./Who";

/** Labels a silence of this alert may go by: what it is of, and what it shares with others. */
function labelsOf(row: AlertRow): readonly string[] {
  const labels = [`kind=${row.kind}`];
  if (row.account !== null) labels.push(`account=${row.account}`);
  if (row.tier !== null) labels.push(`tier=${row.tier}`);
  if (row.channel !== null) labels.push(`channel=${row.channel}`);
  if (row.priority !== null) labels.push(`priority=${row.priority}`);
  const [name, ...rest] = (row.group ?? "").split(":");
  if (name === "delay" && rest[0] === "carrier") labels.push(`carrier=${rest.slice(1).join(":")}`);
  return labels;
}

const HOURS = [1, 4, 24] as const;

/** Holds back the notifications of what has these labels, for a while. It goes on being recorded and shown. */
export function SilenceThis({ row }: { row: AlertRow }) {
  const labels = labelsOf(row);
  const actor = useActor();
  const { skewMs, logNow } = useContext(AlertClockContext);
  const [said, setSaid] = useState("");
  const [waiting, setWaiting] = useState<FormData | null>(null);
  const make = async (form: FormData, name: string) => {
    setWaiting(null);
    const chosen = form.getAll("label").filter((each) => typeof each === "string");
    if (chosen.length === 0) {
      setSaid("Choose at least one label.");
      return;
    }
    const until = (logNow ?? Date.now() + skewMs) + Number(form.get("hours")) * 3_600_000;
    setSaid("Asking…");
    const reason = String(form.get("reason") ?? "").trim();
    setSaid(
      await makeSilence({
        id: freshId(),
        matches: chosen.join(","),
        until: new Date(until).toISOString(),
        actor: name,
        ...(reason === "" ? {} : { reason }),
      }),
    );
  };
  return (
    <details className={styles.silence}>
      <summary>Silence others like this</summary>
      <form
        className={styles.composer}
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          if (actor === null) setWaiting(form);
          else void make(form, actor);
        }}
      >
        <fieldset className={styles.choices}>
          <legend>What has all of</legend>
          {labels.map((label) => (
            <label key={label}>
              <input type="checkbox" name="label" value={label} defaultChecked={label.startsWith("kind=")} />
              <span>{label}</span>
            </label>
          ))}
        </fieldset>
        <fieldset className={styles.choices}>
          <legend>For</legend>
          {HOURS.map((hours) => (
            <label key={hours}>
              <input type="radio" name="hours" value={hours} defaultChecked={hours === 1} />
              <span>{hours} h</span>
            </label>
          ))}
        </fieldset>
        <label className={styles.field}>
          <span>Why</span>
          <input name="reason" className={parts.field} maxLength={200} />
        </label>
        <p className={styles.composerFoot}>
          <button type="submit" className={parts.button}>
            Hold back notifications
          </button>
          <span role="status">{said}</span>
        </p>
      </form>
      {waiting !== null && (
        <WhoDialog onName={(name) => void make(waiting, name)} onClose={() => setWaiting(null)} />
      )}
    </details>
  );
}
