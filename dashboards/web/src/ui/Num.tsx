import { type CSSProperties, useEffect, useRef } from "react";
import styles from "./ui.module.css";

interface Props {
  readonly text: string;
  /** The value as the API has it, and where it is from: what the screen shows can be checked against it. */
  readonly raw: number | null;
  readonly source: string;
  readonly currency?: string | null | undefined;
  readonly className?: string | undefined;
  /** Lights up for a moment when the value changes. */
  readonly flash?: boolean;
}

function reducedMotion(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/** A number on the screen. Its width in digits is known to the style sheet, which shrinks what would not fit. */
export function Num({ text, raw, source, currency, className, flash = false }: Props) {
  const element = useRef<HTMLDataElement>(null);
  const before = useRef(raw);
  const running = useRef<Animation | null>(null);
  useEffect(() => {
    const changed = before.current !== raw && before.current !== null;
    before.current = raw;
    if (!changed || !flash || running.current?.playState === "running" || reducedMotion()) return;
    running.current =
      element.current?.animate?.([{ opacity: 0.55 }, { opacity: 1 }], {
        duration: 700,
        easing: "ease-out",
      }) ?? null;
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
