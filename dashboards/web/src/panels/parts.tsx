import { StackBar } from "../charts/StackBar";
import type { Figure } from "../feed/topics";
import { useWallFigures } from "../figures/context";
import { count } from "../format/number";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import styles from "./panels.module.css";

export interface Part {
  readonly key: string;
  readonly label: string;
  readonly colour: string;
}

export function partOf(figure: Figure | undefined, part: string): number | null {
  return figure?.parts?.[part] ?? null;
}

/** What a figure is made of, as one bar. */
export function PartsBar({ figureKey, parts }: { figureKey: string; parts: readonly Part[] }) {
  const figure = useWallFigures().byKey.get(figureKey);
  if (figure === undefined || figure.value === null) return null;
  const segments = parts.map(({ key, colour }) => ({ key, colour, value: partOf(figure, key) ?? 0 }));
  const label = parts.map((part) => `${part.label} ${partOf(figure, part.key) ?? 0}`).join(", ");
  return <Sized>{(size) => <StackBar {...size} segments={segments} label={label} />}</Sized>;
}

/** One part by its number: "1,156 late". */
export function PartCount({ figureKey, part, label }: { figureKey: string; part: string; label: string }) {
  const figure = useWallFigures().byKey.get(figureKey);
  const value = partOf(figure, part);
  if (figure?.value == null || value === null) return null;
  return (
    <span className={styles.fact}>
      <Num
        text={count(value)}
        raw={value}
        source={`figures|${figureKey}|parts.${part}`}
        className={styles.factValue}
      />{" "}
      {label}
    </span>
  );
}

/** How many observations the figure stands on: "412 answers". */
export function Observed({ figureKey, label }: { figureKey: string; label: string }) {
  const figure = useWallFigures().byKey.get(figureKey);
  const n = figure?.n ?? null;
  if (figure?.value == null || n === null) return null;
  return (
    <span className={styles.fact}>
      <Num text={count(n)} raw={n} source={`figures|${figureKey}|n`} className={styles.factValue} /> {label}
    </span>
  );
}
