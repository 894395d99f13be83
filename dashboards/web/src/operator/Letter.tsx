import { useEffect, useRef } from "react";
import parts from "../alerts/parts.module.css";
import { useGet } from "../api/use-get";
import { useZone } from "../feed/hooks";
import { count } from "../format/number";
import { moment } from "../format/time";
import { payloadText, type WholeLetter, wholeLetter } from "./dead-letters";
import styles from "./operator.module.css";

function Facts({ letter }: { letter: WholeLetter }) {
  const zone = useZone();
  const { decided } = letter;
  const facts: readonly (readonly [string, string])[] = [
    ["Source", `${letter.source} (${letter.kind})`],
    ["Received", moment(letter.received_at, zone)],
    ["Wrong", `${letter.field}: ${letter.reason}`],
    ["State", decided.by === null ? decided.state : `${decided.state} by ${decided.by}`],
    ...(decided.places.length > 0 ? [["In the log at", decided.places.join(", ")] as const] : []),
    ...Object.entries(letter.headers).map(([name, value]) => [name, value] as const),
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** One that could not be understood, whole. What came may hold personal data: it is asked for only when somebody opens it. */
export function Letter({ sequence, onClose }: { sequence: number; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { value, error } = useGet(`/api/v1/dead-letters/${sequence}`, wholeLetter);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal?.();
    return () => element?.close?.();
  }, []);
  return (
    <dialog ref={dialog} className={styles.letter} aria-labelledby="letter-title" onClose={onClose}>
      <div className={styles.letterHead}>
        <h2 id="letter-title">Number {sequence}</h2>
        <button type="button" className={parts.button} onClick={onClose}>
          Close
        </button>
      </div>
      {value === null ? (
        <p>{error?.message ?? "Loading…"}</p>
      ) : (
        <>
          <Facts letter={value} />
          <h3>What came ({count(value.bytes)} bytes)</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
          <pre className={styles.payload} tabIndex={0}>
            {payloadText(value)}
          </pre>
        </>
      )}
    </dialog>
  );
}
