import { type FormEvent, type ReactNode, useContext, useEffect, useId, useRef } from "react";
import { useZone } from "../feed/hooks";
import { fieldInstant, fieldText, tomorrowAt } from "../format/zone";
import type { Particulars, Verb } from "./command";
import styles from "./detail.module.css";
import { AlertClockContext } from "./hooks";
import parts from "./parts.module.css";
import { CAUSES, CHANNELS, CLOSING_ACTIONS } from "./verbs";

interface Props {
  readonly verb: Verb;
  readonly actor: string | null;
  /** Names that have been seen, to choose from. */
  readonly people: readonly string[];
  readonly onGive: (particulars: Particulars) => void;
  readonly onCancel: () => void;
}

/** The field's text, or nothing where it is empty. */
function said(form: FormData, name: string): string | undefined {
  const value = form.get(name);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

/** Only what was said. */
function withNote(particulars: Particulars, form: FormData): Particulars {
  const note = said(form, "note");
  return note === undefined ? particulars : { ...particulars, note };
}

function Field({
  label,
  name,
  options,
  required = false,
  start,
}: {
  label: string;
  name: string;
  options?: readonly string[];
  required?: boolean;
  start?: string;
}) {
  const id = useId();
  return (
    <label className={styles.field} htmlFor={id}>
      <span>
        {label}
        {!required && <span className={styles.quiet}> (if you like)</span>}
      </span>
      <input
        id={id}
        name={name}
        className={parts.field}
        required={required}
        defaultValue={start}
        maxLength={400}
        autoComplete="off"
        list={options === undefined ? undefined : `${id}-list`}
      />
      {options !== undefined && (
        <datalist id={`${id}-list`}>
          {options.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      )}
    </label>
  );
}

function Choices({ options, name, label }: { options: readonly string[]; name: string; label: string }) {
  return (
    <fieldset className={styles.choices}>
      <legend>{label}</legend>
      {options.map((option, i) => (
        <label key={option}>
          <input type="radio" name={name} value={option} defaultChecked={i === 0} />
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  );
}

const OWN = "Own time";

function snoozeUntil(form: FormData, now: number, zone: string): number | null {
  switch (said(form, "until")) {
    case "15 min":
      return now + 15 * 60_000;
    case "1 hour":
      return now + 3_600_000;
    case "Tomorrow 09:00":
      return tomorrowAt(9, now, zone);
    default:
      return fieldInstant(said(form, "own") ?? "", zone);
  }
}

function SnoozeFields({ now, zone }: { now: number; zone: string }) {
  const own = useId();
  return (
    <>
      <Choices name="until" label="Until" options={["15 min", "1 hour", "Tomorrow 09:00", OWN]} />
      <label className={styles.field} htmlFor={own}>
        <span>
          {OWN} <span className={styles.quiet}>({zone.replaceAll("_", " ")})</span>
        </span>
        <input
          id={own}
          name="own"
          type="datetime-local"
          className={parts.field}
          defaultValue={fieldText(now + 2 * 3_600_000, zone)}
          onFocus={(event) => {
            const choice = event.currentTarget.form?.elements.namedItem("until");
            if (choice instanceof RadioNodeList) choice.value = OWN;
          }}
        />
      </label>
    </>
  );
}

const TITLES: Readonly<Record<Verb, string>> = {
  acknowledge: "Acknowledge",
  assign: "Assign to",
  snooze: "Snooze",
  contact: "Customer contacted",
  resolve: "Resolve",
  close: "Close",
  reopen: "Reopen",
};

function fieldsFor(
  verb: Verb,
  actor: string | null,
  people: readonly string[],
  snooze: ReactNode,
): ReactNode {
  switch (verb) {
    case "assign":
      return <Field label="Name" name="assignee" required options={people} start={actor ?? ""} />;
    case "snooze":
      return snooze;
    case "contact":
      return <Choices name="channel" label="How" options={CHANNELS} />;
    case "close":
      return (
        <>
          <Field label="Cause" name="cause" required options={CAUSES} />
          <Field label="What was done" name="action" required options={CLOSING_ACTIONS} />
        </>
      );
    default:
      return null;
  }
}

/** What a verb needs to know before it is asked for. Enter gives it, Escape leaves it. */
export function Composer({ verb, actor, people, onGive, onCancel }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const zone = useZone();
  const { skewMs, logNow } = useContext(AlertClockContext);
  const now = logNow ?? Date.now() + skewMs;
  useEffect(() => form.current?.querySelector<HTMLElement>("input")?.focus(), []);
  const give = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const filled = new FormData(event.currentTarget);
    const of: Record<string, string> = {};
    for (const name of ["assignee", "channel", "cause", "action"]) {
      const value = said(filled, name);
      if (value !== undefined) of[name] = value;
    }
    if (verb === "snooze") {
      const until = snoozeUntil(filled, now, zone);
      if (until === null) return;
      of.until = new Date(until).toISOString();
    }
    onGive(withNote(of, filled));
  };
  return (
    <form
      ref={form}
      className={styles.composer}
      aria-label={TITLES[verb]}
      onSubmit={give}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onCancel();
      }}
    >
      {fieldsFor(verb, actor, people, <SnoozeFields now={now} zone={zone} />)}
      <Field label="Note" name="note" />
      <p className={styles.composerFoot}>
        <button type="submit" className={parts.button} data-main="true">
          {TITLES[verb]} <span className={parts.key}>Enter</span>
        </button>
        <button type="button" className={parts.button} onClick={onCancel}>
          Cancel <span className={parts.key}>Esc</span>
        </button>
      </p>
    </form>
  );
}
