import { useState } from "react";
import { signIn } from "../api/session";
import type { Verb } from "./command";
import { desk, type Progress } from "./desk";
import styles from "./detail.module.css";
import parts from "./parts.module.css";

const WORDS: Readonly<Record<Verb, string>> = {
  acknowledge: "Acknowledge",
  assign: "Assign",
  snooze: "Snooze",
  contact: "Contacted",
  resolve: "Resolve",
  close: "Close",
  reopen: "Reopen",
};

/** A field for a token that may act: looking needs less. */
export function ActToken({ onSignedIn }: { onSignedIn: () => void }) {
  const [problem, setProblem] = useState("");
  const submit = async (form: FormData) => {
    const token = form.get("token");
    if (typeof token !== "string" || token.trim() === "") return;
    const refused = await signIn(token.trim());
    setProblem(refused ?? "");
    if (refused === null) onSignedIn();
  };
  return (
    <form
      className={styles.token}
      onSubmit={(event) => {
        event.preventDefault();
        void submit(new FormData(event.currentTarget));
      }}
    >
      <label>
        Token that may act{" "}
        <input name="token" type="password" autoComplete="current-password" className={parts.field} />
      </label>
      <button type="submit" className={parts.button}>
        Sign in
      </button>
      <span role="alert">{problem}</span>
    </form>
  );
}

interface Props {
  readonly of: string;
  readonly progress: Progress;
  /** The revision that is shown now. */
  readonly revision: number;
  /** Whether the verb still makes sense. */
  readonly may: (verb: Verb) => boolean;
}

type Decided = Extract<Progress, { kind: "decided" }>;

function Refused({ of, progress, revision, may }: Props & { progress: Decided }) {
  const { command, decision } = progress;
  if (decision.kind !== "refused") return null;
  const asked = command.about.kind === "alert" ? command.about.revision : 0;
  const again = decision.code === "stale" && may(command.verb);
  return (
    <>
      <p>
        <strong>Not done.</strong> {sentence(decision.message)}
      </p>
      <p className={styles.outcomeFoot}>
        {again && (
          <button
            type="button"
            className={parts.button}
            disabled={revision <= asked}
            onClick={() => desk.tryWith(of, revision)}
          >
            {revision <= asked ? "Fetching what changed…" : `${WORDS[command.verb]} all the same`}
          </button>
        )}
        <Dismiss of={of} />
      </p>
    </>
  );
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, "");
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}

function Dismiss({ of }: { of: string }) {
  return (
    <button type="button" className={parts.button} onClick={() => desk.dismiss(of)}>
      OK
    </button>
  );
}

function Decision(props: Props & { progress: Decided }) {
  const { of, progress } = props;
  const { decision } = progress;
  switch (decision.kind) {
    case "accepted":
      return <p>{sentence(decision.message)}</p>;
    case "refused":
      return <Refused {...props} />;
    case "unknown":
      return (
        <>
          <p>
            <strong>It is not known whether it was done.</strong> {decision.message} Asking again is safe: it
            is done once at most.
          </p>
          <p className={styles.outcomeFoot}>
            <button type="button" className={parts.button} data-main="true" onClick={() => desk.askAgain(of)}>
              Ask again
            </button>
          </p>
        </>
      );
    case "denied":
      return (
        <>
          <p>
            <strong>Not done.</strong> {decision.message}
          </p>
          {decision.signIn && <ActToken onSignedIn={() => desk.askAgain(of)} />}
          <p className={styles.outcomeFoot}>
            <Dismiss of={of} />
          </p>
        </>
      );
    default:
      return (
        <>
          <p>
            <strong>Not done.</strong> {sentence(decision.message)}
          </p>
          <p className={styles.outcomeFoot}>
            <Dismiss of={of} />
          </p>
        </>
      );
  }
}

/** What became of what was asked for. Nothing is shown as done before it is. */
export function Outcome(props: Props) {
  const { progress } = props;
  const kind = progress.kind === "asking" ? "asking" : progress.decision.kind;
  return (
    <div className={styles.outcome} role="status" data-outcome={kind}>
      {progress.kind === "asking" ? (
        <p>{WORDS[progress.command.verb]}: asking…</p>
      ) : (
        <Decision {...props} progress={progress} />
      )}
    </div>
  );
}
