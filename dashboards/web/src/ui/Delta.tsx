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

/** A share or a score of fewer observations than this goes up and down by chance: its change is neither good nor bad. */
const FEW = 20;

function isChance({ unit, n }: Figure): boolean {
  return (unit === "bp" || unit === "milli" || unit === "nps") && n !== null && n < FEW;
}

/** The change against the period before, by sign, number and colour; nothing where there was no period before. */
export function Delta({ figure }: { figure: Figure }) {
  const change = changeOf(figure, figure.prior);
  if (change === null) return null;
  const { direction, text } = change;
  const wish = isChance(figure) ? "none" : definitionOf(figure.key).wish;
  return (
    <span className={styles.change} data-state={judge(direction, wish)}>
      <span className={styles.sign} aria-hidden="true">
        {SIGNS[direction]}
      </span>
      <Hidden>{WORDS[direction]}</Hidden>
      <span data-src={`figures|${figure.key}|change`}>{text.replace(/^[+−]/, "")}</span>
    </span>
  );
}
