import { useEffect, useMemo } from "react";
import { useLocation, useSearch } from "wouter";
import { freshness } from "../feed/freshness";
import { useFeedSnapshot, useTopic } from "../feed/hooks";
import type { TopicView } from "../feed/topic";
import { FIGURES } from "../feed/topics";
import { type WallFigures, WallFiguresContext } from "../figures/context";
import { PERIOD_WORDS, readPeriod } from "../figures/periods";
import { AlertTicker } from "../panels/AlertTicker";
import { FigureDialog } from "../panels/FigureDialog";
import { PANELS } from "../panels/list";
import { useNow } from "../ui/clock";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { Hidden } from "../ui/Hidden";
import { PeriodChoice } from "../ui/PeriodChoice";
import { useTitle } from "../ui/title";
import styles from "./wall.module.css";

const ROWS = ["hero", "second", "wide"] as const;

/** Not in kiosk: no pointer, no navigation, always dark. The style sheet does it, told here. */
function useKioskMark(kiosk: boolean): void {
  useEffect(() => {
    document.documentElement.toggleAttribute("data-kiosk", kiosk);
    return () => document.documentElement.removeAttribute("data-kiosk");
  }, [kiosk]);
}

function useIsOld(view: TopicView | null, dim: boolean): boolean {
  const now = useNow();
  const { state } = useFeedSnapshot();
  return freshness(state, view, now).dim || (dim && view !== null && view.status !== "empty");
}

export function Wall() {
  const search = useSearch();
  const [, navigate] = useLocation();
  const query = useMemo(() => new URLSearchParams(search), [search]);
  const period = readPeriod(query.get("period"));
  const kiosk = query.get("kiosk") === "1";
  const explained = kiosk ? null : query.get("figure");
  const { rows, view, dim } = useTopic(FIGURES, { period });
  const old = useIsOld(view, dim);
  const compares = rows.some((figure) => figure.prior !== null);
  useTitle(`${PERIOD_WORDS[period].long}: the wall`);
  useKioskMark(kiosk);

  const shared = useMemo<WallFigures>(() => {
    const address = (figure: string | null) => {
      const next = new URLSearchParams(query);
      if (figure === null) next.delete("figure");
      else next.set("figure", figure);
      return next.size > 0 ? `/?${next}` : "/";
    };
    return {
      period,
      kiosk,
      byKey: new Map(rows.map((figure) => [figure.key, figure])),
      explain: (key) => navigate(address(key)),
      close: () => navigate(address(null), { replace: true }),
    };
  }, [period, kiosk, rows, query, navigate]);

  return (
    <WallFiguresContext value={shared}>
      <div className={styles.board}>
        <Header kiosk={kiosk}>
          {kiosk ? (
            <p className={styles.period}>{PERIOD_WORDS[period].long}</p>
          ) : (
            <PeriodChoice period={period} />
          )}
          <p className={styles.versus}>{compares ? PERIOD_WORDS[period].before : ""}</p>
          {kiosk && <AlertTicker />}
          <Freshness view={view} />
        </Header>
        <main id="main" tabIndex={-1} className={styles.rows} data-old={old} data-testid="wall">
          <h1>
            <Hidden>Executive wall, {PERIOD_WORDS[period].long}</Hidden>
          </h1>
          {ROWS.map((row) => (
            <Row key={row} row={row} />
          ))}
        </main>
      </div>
      {explained !== null && <FigureDialog figureKey={explained} onClose={shared.close} />}
    </WallFiguresContext>
  );
}

function Row({ row }: { row: (typeof ROWS)[number] }) {
  const panels = PANELS.filter((panel) => panel.row === row);
  const columns = panels.map((panel) => `minmax(0, ${panel.width}fr)`).join(" ");
  return (
    <div className={styles[row]} style={{ "--columns": columns } as React.CSSProperties}>
      {panels.map(({ id, Show }) => (
        <section key={id} className={styles.cell} data-panel={id}>
          <Show />
        </section>
      ))}
    </div>
  );
}
