import type { ReactNode } from "react";
import { SparkColumns } from "../charts/SparkColumns";
import { Sparkline } from "../charts/Sparkline";
import type { Figure } from "../feed/topics";
import { useWallFigures } from "../figures/context";
import { definitionOf } from "../figures/definitions";
import { PERIOD_WORDS } from "../figures/periods";
import { figureText } from "../format/figure";
import { Delta } from "../ui/Delta";
import { Hidden } from "../ui/Hidden";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import styles from "./panels.module.css";

/** A figure the server has not sent (yet): shown as unknown, never left out. */
export function unknownFigure(key: string): Figure {
  return { key, value: null, unit: "count", currency: null, n: 0, prior: null, trend: null, parts: null };
}

/** The value, or a dash with the reason. */
export function FigureValue({ figure, className }: { figure: Figure; className?: string | undefined }) {
  return (
    <Num
      text={figureText(figure)}
      raw={figure.value}
      source={`figures|${figure.key}|value`}
      currency={figure.currency}
      className={className}
      flash
    />
  );
}

/** The heading; on the wall it opens the explanation, and its button covers the whole tile. */
export function TileTitle({ figureKey, title }: { figureKey: string; title: string }) {
  const { kiosk, explain } = useWallFigures();
  if (kiosk) return <h2 className={styles.title}>{title}</h2>;
  return (
    <h2 className={styles.title}>
      <button type="button" className={styles.open} onClick={() => explain(figureKey)}>
        {title}
        <Hidden>: what it is and how it came about</Hidden>
      </button>
    </h2>
  );
}

/** The change and the value it is measured against. */
function Comparison({ figure }: { figure: Figure }) {
  const { period } = useWallFigures();
  if (figure.value === null) return <span className={styles.none}>{definitionOf(figure.key).none}</span>;
  if (figure.prior === null) return <span className={styles.none}>No earlier period to compare</span>;
  return (
    <>
      <Delta figure={figure} />
      <span className={styles.prior}>
        from{" "}
        <Num
          text={figureText({ ...figure, value: figure.prior }, figure.unit === "money" ? "short" : "wall")}
          raw={figure.prior}
          source={`figures|${figure.key}|prior`}
          currency={figure.currency}
        />
        <Hidden>, {PERIOD_WORDS[period].before}</Hidden>
      </span>
    </>
  );
}

function Trend({ figure, kind }: { figure: Figure; kind: "line" | "columns" }) {
  const { period } = useWallFigures();
  const trend = figure.trend ?? [];
  const label = `${definitionOf(figure.key).title} ${PERIOD_WORDS[period].trend}`;
  if (trend.length === 0) return null;
  const Chart = kind === "line" ? Sparkline : SparkColumns;
  return <Sized>{(size) => <Chart {...size} values={trend} label={label} />}</Sized>;
}

interface HeroProps {
  readonly figureKey: string;
  readonly trend: "line" | "columns";
  readonly children?: ReactNode;
}

/** A figure to be read from across the room: value, change, trend, and a line of detail. */
export function HeroFigure({ figureKey, trend, children }: HeroProps) {
  const { byKey } = useWallFigures();
  const figure = byKey.get(figureKey) ?? unknownFigure(figureKey);
  return (
    <article className={styles.hero}>
      <TileTitle figureKey={figureKey} title={definitionOf(figureKey).title} />
      <p className={styles.heroFigure}>
        <FigureValue figure={figure} className={styles.fit} />
      </p>
      <p className={styles.comparison}>
        <Comparison figure={figure} />
      </p>
      <div className={styles.trend}>
        <Trend figure={figure} kind={trend} />
      </div>
      <div className={styles.foot}>{children}</div>
    </article>
  );
}

interface SecondProps {
  readonly figureKey: string;
  readonly title?: string;
  /** Small, after the value: "of 5". */
  readonly scale?: string;
  readonly chart?: ReactNode;
  readonly children?: ReactNode;
}

/** A figure of the second row: value and change side by side, and what it is made of. */
export function SecondFigure({ figureKey, title, scale, chart, children }: SecondProps) {
  const { byKey } = useWallFigures();
  const figure = byKey.get(figureKey) ?? unknownFigure(figureKey);
  const definition = definitionOf(figureKey);
  return (
    <article className={styles.second}>
      <TileTitle figureKey={figureKey} title={title ?? definition.title} />
      <p className={styles.secondLine}>
        <span className={styles.secondFigure}>
          <FigureValue figure={figure} className={styles.fit} />
          {scale !== undefined && figure.value !== null && <small className={styles.scale}>{scale}</small>}
        </span>
        <Delta figure={figure} />
      </p>
      <div className={styles.strip}>{chart}</div>
      <div className={styles.foot}>
        {figure.value === null ? <span className={styles.none}>{definition.none}</span> : children}
      </div>
    </article>
  );
}

interface FactProps {
  readonly figureKey: string;
  readonly label: string;
}

/** A small figure in the line of detail: "First reply 2 h". Left out where there is nothing to say. */
export function Fact({ figureKey, label }: FactProps) {
  const { byKey } = useWallFigures();
  const figure = byKey.get(figureKey);
  if (figure === undefined || figure.value === null) return null;
  return (
    <span className={styles.fact}>
      {label}{" "}
      <Num
        text={figureText(figure, "short")}
        raw={figure.value}
        source={`figures|${figureKey}|value`}
        currency={figure.currency}
        className={styles.factValue}
      />
    </span>
  );
}
