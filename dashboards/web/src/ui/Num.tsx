import { type CSSProperties, useEffect, useRef } from "react";
import styles from "./ui.module.css";

interface Props {
  readonly text: string;
  /** The value as the API has it, and where it is from: what the screen shows can be checked against it. */
  readonly raw: number | null;
  readonly source: string;
  readonly currency?: string | null | undefined;
  readonly className?: string | undefined;
  /** Moves a little when the value changes. */
  readonly flash?: boolean;
}

function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** A busy figure moves at most this often: motion that never stops says nothing. */
const REST_MS = 2000;

/** A number on the screen. Its width in digits is known to the style sheet, which shrinks what would not fit. */
export function Num({ text, raw, source, currency, className, flash = false }: Props) {
  const element = useRef<HTMLDataElement>(null);
  const before = useRef(raw);
  const moved = useRef(0);
  useEffect(() => {
    const changed = before.current !== raw && before.current !== null;
    before.current = raw;
    const now = performance.now();
    if (!changed || !flash || now - moved.current < REST_MS || reducedMotion()) return;
    moved.current = now;
    element.current?.animate?.(
      [
        { transform: "translateY(0.05em)", opacity: 0.82 },
        { transform: "none", opacity: 1 },
      ],
      {
        duration: 320,
        easing: "cubic-bezier(0.2, 0.8, 0.2, 1)",
      },
    );
  }, [raw, flash]);
  const style = { "--letters": text.length } as CSSProperties;
  return (
    <data
      ref={element}
      className={className === undefined ? styles.number : `${styles.number} ${className}`}
      style={style}
      value={raw ?? ""}
      data-src={source}
      data-raw={raw ?? ""}
      data-currency={currency ?? undefined}
    >
      {text}
    </data>
  );
}
