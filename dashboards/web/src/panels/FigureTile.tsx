import type { CSSProperties, ReactNode } from "react";
import { SparkColumns } from "../charts/SparkColumns";
import { Sparkline } from "../charts/Sparkline";
import type { Figure } from "../feed/topics";
import { useWallFigures } from "../figures/context";
import { definitionOf, reasonFor } from "../figures/definitions";
import { PERIOD_WORDS } from "../figures/periods";
import { changeOf, type Detail, figureText } from "../format/figure";
import { Delta } from "../ui/Delta";
import { Hidden } from "../ui/Hidden";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import styles from "./panels.module.css";

/** A figure the server has not sent (yet): shown as unknown, never left out. */
export function unknownFigure(key: string): Figure {
  return { key, value: null, unit: "count", currency: null, n: 0, prior: null, trend: null, parts: null };
}

interface ValueProps {
  readonly figure: Figure;
  readonly className?: string | undefined;
  readonly detail?: Detail;
}

/** Money too long for its place is shortened rather than shrunk: it is read from afar. */
function detailFor(figure: Figure, letters: number): Detail {
  return figure.unit === "money" && figureText(figure).length > letters ? "short" : "wall";
}

/** The value, or a dash where there is none. */
export function FigureValue({ figure, className, detail = "wall" }: ValueProps) {
  return (
    <Num
      text={figureText(figure, detail)}
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
  if (figure.value === null) return <span className={styles.none}>{reasonFor(figure.key, period)}</span>;
  if (period === "all") return <span className={styles.none}>{PERIOD_WORDS.all.trend}</span>;
  if (figure.prior === null) return <span className={styles.none}>No earlier period</span>;
  return (
    <>
      <Delta figure={figure} />
      <span className={styles.prior}>
        from{" "}
        <Num
          text={figureText({ ...figure, value: figure.prior })}
          raw={figure.prior}
          source={`figures|${figure.key}|prior`}
          currency={figure.currency}
        />
        <Hidden>
          <span data-scale="">, {PERIOD_WORDS[period].before}</span>
        </Hidden>
      </span>
    </>
  );
}

/** Where there is no value (yet): what it was in the period before. */
function Before({ figure }: { figure: Figure }) {
  const { period } = useWallFigures();
  const before = PERIOD_WORDS[period].before.replace("vs ", "");
  return (
    <span className={styles.fact}>
      <span data-scale="">{before.charAt(0).toUpperCase() + before.slice(1)}</span>{" "}
      <Num
        text={figureText({ ...figure, value: figure.prior })}
        raw={figure.prior}
        source={`figures|${figure.key}|prior`}
        currency={figure.currency}
        className={styles.factValue}
      />
    </span>
  );
}

function Trend({ figure, kind }: { figure: Figure; kind: "line" | "columns" }) {
  const { period } = useWallFigures();
  const trend = figure.trend ?? [];
  const label = `${definitionOf(figure.key).title} ${PERIOD_WORDS[period].trend}`;
  if (trend.every((value) => value === null)) return null;
  const Chart = kind === "line" ? Sparkline : SparkColumns;
  return <Sized>{(size) => <Chart {...size} values={trend} label={label} />}</Sized>;
}

interface HeroProps {
  readonly figureKey: string;
  readonly trend: "line" | "columns";
  /**
   * For what is true now and so has neither a trend nor a period before: the flow that moves it, whose change and
   * trend are shown instead, under the name given.
   */
  readonly flow?: { readonly key: string; readonly label: string };
  readonly children?: ReactNode;
}

/** A figure to be read from across the room: value, change, trend, and a line of detail. */
export function HeroFigure({ figureKey, trend, flow, children }: HeroProps) {
  const { byKey } = useWallFigures();
  const figure = byKey.get(figureKey) ?? unknownFigure(figureKey);
  const stands = flow !== undefined && figure.value !== null && figure.prior === null;
  const moving = (stands ? byKey.get(flow.key) : undefined) ?? figure;
  return (
    <article className={styles.hero}>
      <TileTitle figureKey={figureKey} title={definitionOf(figureKey).title} />
      <p className={styles.heroFigure}>
        <FigureValue figure={figure} className={styles.fit} detail={detailFor(figure, 13)} />
      </p>
      <p className={styles.comparison}>
        {moving !== figure && moving.prior !== null && <span className={styles.prior}>{flow?.label}</span>}
        <Comparison figure={moving} />
      </p>
      <div className={styles.trend}>
        <Trend figure={moving} kind={moving === figure ? trend : "columns"} />
      </div>
      <div className={styles.foot}>
        {figure.value === null && figure.prior !== null && <Before figure={figure} />}
        {children}
      </div>
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

/** The line's length in letters of the figure: what stands beside it is smaller. */
function lineLength(figure: Figure, scale: string | undefined): number {
  const beside = (changeOf(figure, figure.prior)?.text.length ?? 0) + 2 + (scale?.length ?? 0);
  return figureText(figure, detailFor(figure, 8)).length + beside * 0.4;
}

/** A figure of the second row: value and change side by side, and what it is made of. */
export function SecondFigure({ figureKey, title, scale, chart, children }: SecondProps) {
  const { byKey, period } = useWallFigures();
  const figure = byKey.get(figureKey) ?? unknownFigure(figureKey);
  const definition = definitionOf(figureKey);
  return (
    <article className={styles.second}>
      <TileTitle figureKey={figureKey} title={title ?? definition.title} />
      <p className={styles.secondLine} style={{ "--line": lineLength(figure, scale) } as CSSProperties}>
        <span className={styles.secondFigure}>
          <FigureValue figure={figure} className={styles.fit} detail={detailFor(figure, 8)} />
          {scale !== undefined && figure.value !== null && (
            <small className={styles.scale} data-scale="">
              {scale}
            </small>
          )}
        </span>
        <Delta figure={figure} />
      </p>
      <div className={styles.strip}>{chart}</div>
      <div className={styles.foot}>
        {figure.value === null ? (
          <span className={styles.none}>{reasonFor(figureKey, period)}</span>
        ) : (
          children
        )}
      </div>
    </article>
  );
}

interface FactProps {
  readonly figureKey: string;
  readonly label: string;
  /** The label follows the number. */
  readonly after?: boolean;
}

/** A small figure in the line of detail: "First reply 2 h". Left out where there is nothing to say. */
export function Fact({ figureKey, label, after = false }: FactProps) {
  const { byKey } = useWallFigures();
  const figure = byKey.get(figureKey);
  if (figure === undefined || figure.value === null) return null;
  return (
    <span className={styles.fact}>
      {!after && `${label} `}
      <Num
        text={figureText(figure, "short")}
        raw={figure.value}
        source={`figures|${figureKey}|value`}
        currency={figure.currency}
        className={styles.factValue}
      />
      {after && ` ${label}`}
    </span>
  );
}
