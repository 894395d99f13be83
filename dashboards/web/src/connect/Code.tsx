import { useEffect, useState } from "react";
import styles from "./connect.module.css";

/** Text for a machine, with a button that copies it. */
export function Code({ text, label }: { text: string; label: string }) {
  const [said, setSaid] = useState("Copy");
  useEffect(() => {
    if (said === "Copy") return;
    const timer = setTimeout(() => setSaid("Copy"), 2_000);
    return () => clearTimeout(timer);
  }, [said]);
  // Where a page may not copy (without TLS, elsewhere than on this machine) the text can still be marked.
  const copy = () =>
    (navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"))).then(
      () => setSaid("Copied"),
      () => setSaid("Mark and copy it"),
    );
  return (
    <div className={styles.code}>
      <button type="button" className={styles.copy} onClick={() => void copy()} aria-label={`Copy ${label}`}>
        {said}
      </button>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
      <section className={styles.text} tabIndex={0} aria-label={label}>
        <pre>
          <code>{text}</code>
        </pre>
      </section>
      <span role="status" className={styles.hidden}>
        {said === "Copy" ? "" : said}
      </span>
    </div>
  );
}
