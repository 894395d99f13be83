import type { Figure } from "../feed/topics";
import { definitionOf } from "../figures/definitions";
import { changeOf } from "../format/figure";
import { Hidden } from "./Hidden";
import styles from "./ui.module.css";

const SIGNS = { "-1": "▼", "0": "=", "1": "▲" } as const;
const WORDS = { "-1": "down", "0": "unchanged", "1": "up" } as const;

/** Good or bad by what one wishes for the figure: fewer open tickets is good. */
function judge(direction: -1 | 0 | 1, wish: "up" | "down" | "none"): "good" | "bad" | "none" {
  if (direction === 0 || wish === "none") return "none";
  return (direction === 1) === (wish === "up") ? "good" : "bad";
}

/** The change against the period before, by sign, number and colour; nothing where there was no period before. */
export function Delta({ figure }: { figure: Figure }) {
  const change = changeOf(figure, figure.prior);
  if (change === null) return null;
  const { direction, text } = change;
  return (
    <span className={styles.change} data-state={judge(direction, definitionOf(figure.key).wish)}>
      <span className={styles.sign} aria-hidden="true">
        {SIGNS[direction]}
      </span>
      <Hidden>{WORDS[direction]}</Hidden>
      <span data-src={`figures|${figure.key}|change`}>{text.replace(/^[+−]/, "")}</span>
    </span>
  );
}
