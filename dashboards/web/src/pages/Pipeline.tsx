import { useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { useTopic, useZone } from "../feed/hooks";
import { presentOf } from "../feed/present";
import { PIPELINE, type Stage } from "../feed/topics";
import { duration } from "../format/duration";
import { DASH, moneyShort } from "../format/money";
import { count, share } from "../format/number";
import { oneRowAStage } from "../panels/Stages";
import { Board } from "../pipeline/Board";
import { Coming } from "../pipeline/Coming";
import { type Asked, Drill } from "../pipeline/Drill";
import { Bridge, Funnel } from "../pipeline/Flow";
import { type Days, dayIn, daysOf, PERIOD_WORDS, PERIODS, type Period, readPeriod } from "../pipeline/period";
import styles from "../pipeline/pipeline.module.css";
import { Quotas } from "../pipeline/Quotas";
import { Segments, Velocity } from "../pipeline/Speed";
import { WIN_RATE } from "../pipeline/topics";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { Num } from "../ui/Num";
import periods from "../ui/period.module.css";
import { useTitle } from "../ui/title";
import page from "./page.module.css";
import sections from "./sections.module.css";

const address = (pipeline: string, period: Period) =>
  `/pipeline?${new URLSearchParams({ pipeline, period })}`;

/** Which pipeline, and which days: both are in the address. */
function Choices({
  pipelines,
  pipeline,
  period,
}: {
  pipelines: readonly string[];
  pipeline: string;
  period: Period;
}) {
  const [, go] = useLocation();
  return (
    <div className={styles.bar}>
      {pipelines.length > 1 && (
        <label>
          Pipeline{" "}
          <select value={pipeline} onChange={(event) => go(address(event.target.value, period))}>
            {pipelines.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      )}
      <nav className={periods.periods} aria-label="Period">
        {PERIODS.map((each) => (
          <Link key={each} href={address(pipeline, each)} aria-current={each === period ? "true" : undefined}>
            {PERIOD_WORDS[each]}
          </Link>
        ))}
      </nav>
    </div>
  );
}

interface FactProps {
  readonly name: string;
  readonly text: string;
  readonly raw: number | null;
  readonly source: string;
  readonly currency?: string;
  readonly beside: string;
}

function Fact({ name, text, raw, source, currency, beside }: FactProps) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>
        <Num text={text} raw={raw} source={source} currency={currency} />
        <small>{beside}</small>
      </dd>
    </div>
  );
}

function Facts({ open, days, pipeline }: { open: readonly Stage[]; days: Days; pipeline: string }) {
  const { rows } = useTopic(WIN_RATE, { pipeline, ...days });
  const sum = (of: (stage: Stage) => number) => open.reduce((total, stage) => total + of(stage), 0);
  const currency = open[0]?.currency ?? rows[0]?.currency ?? "EUR";
  const [worth, weighted, deals] = [
    sum((row) => row.amount ?? 0),
    sum((row) => row.weighted ?? 0),
    sum((row) => row.count),
  ];
  const won = rows.reduce((total, row) => total + row.won, 0);
  const lost = rows.reduce((total, row) => total + row.lost, 0);
  const rate = won + lost === 0 ? null : Math.round((won * 10_000) / (won + lost));
  const last = [...rows]
    .sort((a, b) => a.month.localeCompare(b.month))
    .findLast((row) => row.cycle_median_ms !== null);
  return (
    <dl className={styles.facts}>
      <Fact
        name="Open"
        text={moneyShort(worth, currency)}
        raw={worth}
        source="pipeline|open|sum"
        currency={currency}
        beside={`${count(deals)} deals`}
      />
      <Fact
        name="Weighted"
        text={moneyShort(weighted, currency)}
        raw={weighted}
        source="pipeline|weighted|sum"
        currency={currency}
        beside="by the probability of the stage"
      />
      <Fact
        name="Win rate"
        text={rate === null ? DASH : share(rate)}
        raw={rate}
        source="win_rate|closed|sum"
        beside={`${count(won)} won, ${count(lost)} lost`}
      />
      <Fact
        name="Takes"
        text={last?.cycle_median_ms == null ? DASH : duration(last.cycle_median_ms)}
        raw={last?.cycle_median_ms ?? null}
        source={`win_rate|${last?.month ?? ""}|cycle_median_ms`}
        beside={
          last?.cycle_p90_ms == null
            ? "nothing won"
            : `median of ${last.month}; one in ten over ${duration(last.cycle_p90_ms)}`
        }
      />
    </dl>
  );
}

/** The pipeline: how far deals come, what moves it, what will be won, who reached their quota, and what is open. */
export function Pipeline() {
  useTitle("Pipeline");
  const search = new URLSearchParams(useSearch());
  const { rows, view, dim } = useTopic(PIPELINE);
  const zone = useZone();
  const [asked, setAsked] = useState<Asked | null>(null);
  const names = [...new Set(rows.map((row) => row.pipeline))].sort();
  const wanted = search.get("pipeline");
  const pipeline = names.find((name) => name === wanted) ?? names[0] ?? wanted ?? "default";
  const period = readPeriod(search.get("period"));
  const now = presentOf(view?.asOf ?? null, Date.now());
  const days = daysOf(period, dayIn(now, zone));
  const of = rows.filter((row) => row.pipeline === pipeline);
  const currency = of[0]?.currency ?? "EUR";
  const main = mainCurrency(of) ?? currency;
  const open = oneRowAStage(of.filter((row) => row.currency === main && row.status === "open"));
  const stages = [...open].sort((a, b) => (a.order ?? 0) - (b.order ?? 0));
  const loaded = view !== null && view.status !== "empty";
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Freshness view={view} />
      </Header>
      <main id="main" tabIndex={-1}>
        <h1 className={sections.h1}>Pipeline</h1>
        {names.length === 0 ? (
          <p className={sections.none}>
            {loaded ? "No deal has been heard of yet." : (view?.error ?? "Loading…")}
          </p>
        ) : (
          <>
            <Choices pipelines={names} pipeline={pipeline} period={period} />
            <Facts open={stages} days={days} pipeline={pipeline} />
            <div className={styles.grid}>
              <Funnel pipeline={pipeline} days={days} onAsk={setAsked} />
              <Bridge pipeline={pipeline} days={days} onAsk={setAsked} currency={main} />
              <Coming currency={main} />
              <Segments pipeline={pipeline} days={days} onAsk={setAsked} />
              <Quotas onAsk={setAsked} />
              <Velocity pipeline={pipeline} />
              <Board stages={stages} now={now} dim={dim} onAsk={setAsked} />
            </div>
          </>
        )}
        {asked !== null && <Drill asked={asked} onClose={() => setAsked(null)} />}
      </main>
    </div>
  );
}

/** The currency in which most deals are. */
function mainCurrency(rows: readonly Stage[]): string | null {
  const worth = new Map<string, number>();
  for (const row of rows) {
    if (row.currency != null) worth.set(row.currency, (worth.get(row.currency) ?? 0) + (row.amount ?? 0));
  }
  return [...worth].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null;
}
