import { useEffect, useRef } from "react";
import styles from "./bar.module.css";
import parts from "./parts.module.css";

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [["j", "↓"], "next alert"],
  [["k", "↑"], "the one before"],
  [["Enter"], "open it: go to what is known of it"],
  [["a"], "acknowledge"],
  [["m"], "assign to me"],
  [["c"], "customer contacted"],
  [["s"], "snooze"],
  [["r"], "resolve"],
  [["x"], "close, with cause and what was done"],
  [["o"], "reopen"],
  [["g"], "show a group's alerts, or fold them"],
  [["/"], "search"],
  [["Esc"], "leave what was begun"],
  [["?"], "this list"],
];

/** What the keys do. */
export function Help({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal?.();
    return () => element?.close?.();
  }, []);
  return (
    <dialog ref={dialog} className={styles.dialog} aria-labelledby="keys" onClose={onClose}>
      <h2 id="keys">Keys</h2>
      <dl className={styles.keys}>
        {KEYS.map(([keys, what]) => (
          <div key={what} style={{ display: "contents" }}>
            <dt>
              {keys.map((key) => (
                <kbd key={key} className={parts.key}>
                  {key}
                </kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <button type="button" className={parts.button} onClick={onClose}>
        Close
      </button>
    </dialog>
  );
}
