import { StackBar } from "../charts/StackBar";
import type { ThemeRow } from "../feed/topics";
import { DASH } from "../format/money";
import { count, milli, share, signed } from "../format/number";
import { Hidden } from "../ui/Hidden";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import styles from "./voice.module.css";

/** How the share moved, in points; nothing where there was no period before. */
function Moved({ now, before }: { now: number | null; before: number | null }) {
  if (now === null || before === null) return <span className={styles.quiet}>{DASH}</span>;
  const by = now - before;
  const text = `${(Math.abs(by) / 100).toFixed(1)} pts`;
  if (Math.abs(by) < 5) return <span className={styles.quiet}>= 0.0 pts</span>;
  return (
    <span>
      <span aria-hidden="true">{by > 0 ? "▲" : "▼"}</span>
      <Hidden>{by > 0 ? "up" : "down"}</Hidden> {text}
    </span>
  );
}

export function Meaning({ row, most }: { row: Omit<ThemeRow, "theme">; most: number }) {
  const segments = [
    { key: "negative", value: row.negative ?? 0, colour: "var(--bad)" },
    { key: "neutral", value: row.neutral ?? 0, colour: "var(--column)" },
    { key: "positive", value: row.positive ?? 0, colour: "var(--good)" },
    { key: "unknown", value: row.unknown ?? 0, colour: "var(--line)" },
  ];
  const label = segments.map(({ key, value }) => `${value} ${key}`).join(", ");
  return (
    <span className={styles.bar} style={{ width: `${Math.max(2, (100 * row.texts) / Math.max(1, most))}%` }}>
      {row.negative === null ? (
        <span className={styles.plain} />
      ) : (
        <Sized>{(size) => <StackBar {...size} segments={segments} label={label} />}</Sized>
      )}
    </span>
  );
}

interface Props {
  readonly rows: readonly ThemeRow[];
  readonly chosen: string | null;
  readonly onChoose: (theme: string | null) => void;
}

/** What customers write about, the most first, and what moved against the period before. */
export function Themes({ rows, chosen, onChoose }: Props) {
  const most = Math.max(1, ...rows.map((row) => row.texts));
  return (
    <section aria-labelledby="themes" className={styles.section}>
      <h2 id="themes" className={styles.h2}>
        Themes
      </h2>
      <ol className={styles.themes} data-testid="themes">
        {rows.map((row) => (
          <li key={row.theme} className={styles.row}>
            <button
              type="button"
              className={styles.rowName}
              aria-pressed={chosen === row.theme}
              onClick={() => onChoose(chosen === row.theme ? null : row.theme)}
            >
              {row.theme === "" ? "nothing known" : row.theme}
            </button>
            <Meaning row={row} most={most} />
            <Num text={count(row.texts)} raw={row.texts} source={`themes|${row.theme}|texts`} />
            <span className={styles.number}>{row.share_bp === null ? DASH : share(row.share_bp)}</span>
            <span className={styles.number}>
              {row.mean_milli === null ? DASH : signed(milli(row.mean_milli), row.mean_milli)}
            </span>
            <span className={styles.number}>
              <Moved now={row.share_bp} before={row.prior_share_bp} />
            </span>
          </li>
        ))}
      </ol>
      <p className={styles.legend}>
        <span data-of="bad">negative</span>
        <span data-of="column">neither</span>
        <span data-of="good">positive</span>
        <span data-of="line">not judged</span>
        <span>· texts, share of all texts, mean, share against the period before</span>
      </p>
    </section>
  );
}
