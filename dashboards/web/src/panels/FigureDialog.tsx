import { useEffect, useRef } from "react";
import { TrendChart } from "../charts/TrendChart";
import type { Figure } from "../feed/topics";
import { currenciesOf, useWallFigures } from "../figures/context";
import { baseKey, definitionOf, isStanding, reasonFor } from "../figures/definitions";
import { PERIOD_WORDS } from "../figures/periods";
import { figureText } from "../format/figure";
import { count } from "../format/number";
import { Delta } from "../ui/Delta";
import { Num } from "../ui/Num";
import { Sized } from "../ui/Sized";
import styles from "./dialog.module.css";
import { FigureValue, unknownFigure } from "./FigureTile";
import { placeLabel } from "./places";

const FLOWS = new Set(["count", "money"]);

function isFlow(figure: Figure): boolean {
  return FLOWS.has(figure.unit) && !isStanding(figure.key);
}

function Facts({ figure }: { figure: Figure }) {
  const { period } = useWallFigures();
  const definition = definitionOf(figure.key);
  const parts = Object.entries(figure.parts ?? {}).filter(
    (part): part is [string, number] => part[1] !== null,
  );
  return (
    <dl className={styles.facts}>
      {figure.prior !== null && (
        <div>
          <dt>Before ({PERIOD_WORDS[period].before.replace("vs ", "")})</dt>
          <dd>
            <Num
              text={figureText({ ...figure, value: figure.prior }, "exact")}
              raw={figure.prior}
              source={`figures|${figure.key}|prior|exact`}
              currency={figure.currency}
            />
          </dd>
        </div>
      )}
      {figure.n !== null && (
        <div>
          <dt>Stands on</dt>
          <dd>
            <Num text={count(figure.n)} raw={figure.n} source={`figures|${figure.key}|n`} />{" "}
            {definition.counted}
          </dd>
        </div>
      )}
      {parts.map(([part, value]) => (
        <div key={part}>
          <dt>{definition.parts?.[part] ?? part.replaceAll("_", " ")}</dt>
          <dd>
            <Num text={count(value)} raw={value} source={`figures|${figure.key}|parts.${part}`} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Trend({ figure }: { figure: Figure }) {
  const { period } = useWallFigures();
  const values = figure.trend ?? [];
  const title = definitionOf(figure.key).title;
  if (!values.some((value) => value !== null)) return null;
  return (
    <figure className={styles.trend}>
      <figcaption>{`${title} ${PERIOD_WORDS[period].trend}`}</figcaption>
      <div className={styles.chart}>
        <Sized>
          {(size) => (
            <TrendChart
              {...size}
              values={values}
              kind={isFlow(figure) ? "columns" : "line"}
              label={`${title} ${PERIOD_WORDS[period].trend}`}
              tick={(value) => figureText({ ...figure, value }, "short")}
              place={(i) => placeLabel(period, i, values.length)}
            />
          )}
        </Sized>
      </div>
    </figure>
  );
}

/** What a figure is, what it stands on, and how it came about. A native dialog: Escape closes, focus returns. */
export function FigureDialog({ figureKey, onClose }: { figureKey: string; onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { byKey, period } = useWallFigures();
  const figures = currenciesOf(byKey, baseKey(figureKey));
  const figure = figures[0] ?? unknownFigure(figureKey);
  const definition = definitionOf(figureKey);
  useEffect(() => {
    if (dialog.current?.open === false) dialog.current.showModal();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog closes it; the keyboard has Escape
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby="figure-title"
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && dialog.current.close()}
    >
      <div className={styles.inner}>
        <header className={styles.head}>
          <h2 id="figure-title">
            {definition.title} <span className={styles.period}>{PERIOD_WORDS[period].long}</span>
          </h2>
          <form method="dialog">
            <button type="submit" className={styles.close}>
              Close
            </button>
          </form>
        </header>
        <p className={styles.value}>
          <FigureValue figure={figure} />
          <Delta figure={figure} />
        </p>
        {figure.value === null && <p className={styles.means}>{reasonFor(figureKey, period)}.</p>}
        <p className={styles.means}>{definition.means}</p>
        <Trend figure={figure} />
        <Facts figure={figure} />
        {figures.length > 1 && (
          <dl className={styles.facts} aria-label="In other currencies">
            {figures.slice(1).map((other) => (
              <div key={other.key}>
                <dt>{other.currency}</dt>
                <dd>
                  <Num
                    text={figureText(other, "exact")}
                    raw={other.value}
                    source={`figures|${other.key}|value|exact`}
                    currency={other.currency}
                  />
                </dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </dialog>
  );
}
