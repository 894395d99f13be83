import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import type { Size } from "../charts/size";
import styles from "./ui.module.css";

/** Measures the room there is and hands it to a chart, which only computes. */
export function Sized({ children }: { children: (size: Size) => ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size | null>(null);
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => {
      const width = element.clientWidth;
      const height = element.clientHeight;
      const em = Number.parseFloat(getComputedStyle(element).fontSize) || 16;
      setSize((before) =>
        before?.width === width && before.height === height && before.em === em
          ? before
          : { width, height, em },
      );
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return (
    <div className={styles.sized} ref={box}>
      {size !== null && size.width > 0 && size.height > 0 && children(size)}
    </div>
  );
}
