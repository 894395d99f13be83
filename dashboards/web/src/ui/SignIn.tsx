import { type FormEvent, useId, useState } from "react";
import { signIn } from "../api/session";
import { Brand } from "./Header";
import styles from "./signin.module.css";
import { useTitle } from "./title";

/** Shown when the API does not know this browser. The token becomes an HttpOnly cookie and is kept nowhere else. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useId();
  useTitle("Sign in");
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const token = new FormData(event.currentTarget).get("token");
    if (typeof token !== "string" || token.trim() === "") {
      setProblem("A token is needed.");
      return;
    }
    setBusy(true);
    const refused = await signIn(token.trim());
    setBusy(false);
    setProblem(refused);
    if (refused === null) onSignedIn();
  };
  return (
    <main id="main" tabIndex={-1} className={styles.page}>
      <form className={styles.form} onSubmit={submit}>
        <h1 className={styles.title}>
          <Brand /> Sign in to NexusFlow
        </h1>
        <label htmlFor={field}>Access token</label>
        <input
          id={field}
          name="token"
          type="password"
          autoComplete="current-password"
          aria-describedby={`${field}-note`}
          aria-invalid={problem !== null}
        />
        <p id={`${field}-note`} className={styles.note}>
          Whoever runs NexusFlow gives out tokens. This browser keeps none: it gets a cookie no script can
          read.
        </p>
        <p role="alert" className={styles.problem}>
          {problem}
        </p>
        <button type="submit" disabled={busy}>
          {busy ? "Signing in…" : "Sign in"}
        </button>
      </form>
    </main>
  );
}
