import { Hidden } from "../ui/Hidden";
import { useAlertNow } from "./hooks";
import styles from "./parts.module.css";
import { countdown } from "./time-left";

/** How much time is left, once a second; nothing around it is drawn anew. */
export function Countdown({ dueAt, quiet = false }: { dueAt: string | null; quiet?: boolean }) {
  const now = useAlertNow();
  const { text, said, level } = countdown(dueAt === null ? null : Date.parse(dueAt), now);
  if (level === "none" && quiet) return null;
  return (
    <span className={styles.countdown} data-level-left={level}>
      <span aria-hidden="true">{text}</span>
      <Hidden>{said}</Hidden>
    </span>
  );
}
