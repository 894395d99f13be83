import { useEffect, useId, useRef, useState } from "react";
import { setActor, useActor } from "./actor";
import styles from "./bar.module.css";
import parts from "./parts.module.css";

/** Asks for the name that is sent with what one does. */
export function WhoDialog({ onName, onClose }: { onName: (name: string) => void; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const actor = useActor();
  const field = useId();
  useEffect(() => {
    const element = dialog.current;
    element?.showModal?.();
    return () => element?.close?.();
  }, []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby={`${field}-title`} onClose={onClose}>
      <form
        method="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          const name = new FormData(event.currentTarget).get("name");
          if (typeof name !== "string" || name.trim() === "") return;
          setActor(name);
          onName(name.trim());
        }}
      >
        <h2 id={`${field}-title`}>Who are you?</h2>
        <label htmlFor={field}>
          Your name, as your colleagues know it. It stands beside whatever you do here.
        </label>
        <input
          id={field}
          name="name"
          className={parts.field}
          defaultValue={actor ?? ""}
          autoComplete="name"
          maxLength={80}
          required
        />
        <p className={styles.dialogFoot}>
          <button type="submit" className={parts.button} data-main="true">
            That's me
          </button>
          <button type="button" className={parts.button} onClick={onClose}>
            Cancel
          </button>
        </p>
      </form>
    </dialog>
  );
}

/** Who acts here, to be changed by whoever sits down next. */
export function Who() {
  const actor = useActor();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <button type="button" className={styles.chip} data-testid="who" onClick={() => setAsking(true)}>
        {actor === null ? "Who are you?" : actor}
      </button>
      {asking && <WhoDialog onName={() => setAsking(false)} onClose={() => setAsking(false)} />}
    </>
  );
}
