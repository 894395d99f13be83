import { Hidden } from "../ui/Hidden";
import { piecesOf, type Word } from "./texts";
import styles from "./voice.module.css";

/** A text with the words that carried its score: praise underlined whole, complaint dashed, the stronger the thicker. */
export function Marked({ text, words }: { text: string; words: readonly Word[] }) {
  return (
    <blockquote className={styles.text}>
      {piecesOf(text, words).map((piece) =>
        piece.milli === 0 ? (
          <span key={piece.from}>{piece.text}</span>
        ) : (
          <mark
            key={piece.from}
            className={styles.mark}
            data-sign={piece.milli > 0 ? "good" : "bad"}
            data-strong={Math.abs(piece.milli) >= 400}
            title={`${piece.milli > 0 ? "+" : "−"}${Math.abs(piece.milli / 1000).toFixed(2)}`}
          >
            {piece.text}
            <Hidden>{piece.milli > 0 ? " (spoke for it)" : " (spoke against it)"}</Hidden>
          </mark>
        ),
      )}
    </blockquote>
  );
}
