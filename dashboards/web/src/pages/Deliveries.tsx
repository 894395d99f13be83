import { useState } from "react";
import { Link } from "wouter";
import { useActor } from "../alerts/actor";
import { alertPath } from "../alerts/address";
import parts from "../alerts/parts.module.css";
import { Sections } from "../alerts/Sections";
import { testTarget } from "../alerts/silences";
import { DELIVERIES, type Delivery, TARGETS, type Target } from "../alerts/topics";
import { WhoDialog } from "../alerts/Who";
import { historyWords } from "../alerts/words";
import { useTopic, useZone } from "../feed/hooks";
import type { TopicView } from "../feed/topic";
import { duration } from "../format/duration";
import { DASH } from "../format/money";
import { count } from "../format/number";
import { clock, moment } from "../format/time";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import operator from "./operator.module.css";
import page from "./page.module.css";
import styles from "./sections.module.css";

const CIRCUIT: Readonly<Record<string, string>> = {
  closed: "Answers",
  half_open: "Being tried",
  open: "Does not answer",
};

const OUTCOMES: Readonly<Record<string, string>> = {
  delivered: "Delivered",
  failed: "Failed, comes again",
  given_up: "Given up",
  held: "Held back",
};

function Targets({ rows, onTest }: { rows: readonly Target[]; onTest: (name: string) => void }) {
  const zone = useZone();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={operator.scroll} tabIndex={0} aria-label="Targets">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Target</th>
            <th scope="col">Kind</th>
            <th scope="col">State</th>
            <th scope="col" className={styles.number}>
              Waiting
            </th>
            <th scope="col">Last answered</th>
            <th scope="col">Last error</th>
            <th scope="col">Try it</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row">{row.name}</th>
              <td>{row.kind}</td>
              <td>
                <span
                  className={styles.outcome}
                  data-outcome={row.state === "closed" ? "delivered" : row.state}
                >
                  {CIRCUIT[row.state ?? ""] ?? row.state}
                </span>
              </td>
              <td className={styles.number}>{count(row.waiting ?? 0)}</td>
              <td>{row.last_ok_at === null ? "never" : moment(row.last_ok_at, zone)}</td>
              <td className={styles.long}>{row.last_error ?? DASH}</td>
              <td>
                <button type="button" className={parts.button} onClick={() => onTest(row.name)}>
                  Send a test
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function About({ row }: { row: Delivery }) {
  const words = [row.severity, row.what === null ? null : historyWords(row.what)].filter(Boolean).join(" ");
  const { alert, customer } = row;
  if (alert === null || !customer) return <>{[words, alert].filter(Boolean).join(" ")}</>;
  return (
    <>
      {words} <Link href={alertPath(customer, alert)}>{alert}</Link>
    </>
  );
}

function Log({ rows }: { rows: readonly Delivery[] }) {
  const zone = useZone();
  const at = (iso: string | null) =>
    iso === null ? DASH : `${moment(iso, zone).slice(0, -5)}${clock(iso, zone)}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={operator.scroll} tabIndex={0} aria-label="Deliveries">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Target</th>
            <th scope="col">About</th>
            <th scope="col">Outcome</th>
            <th scope="col" className={styles.number}>
              Attempt
            </th>
            <th scope="col" className={styles.number}>
              Took
            </th>
            <th scope="col">Next try</th>
            <th scope="col">Says</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.id} ${row.target} ${row.attempt}`}>
              <td>{at(row.at)}</td>
              <td>{row.target}</td>
              <td>
                <About row={row} />
              </td>
              <td>
                <span className={styles.outcome} data-outcome={row.outcome}>
                  {OUTCOMES[row.outcome] ?? row.outcome}
                </span>
              </td>
              <td className={styles.number}>{count(row.attempt ?? 1)}</td>
              <td className={styles.number}>{row.took_ms === null ? DASH : duration(row.took_ms)}</td>
              <td>{row.next_at === null ? "" : at(row.next_at)}</td>
              <td className={styles.long}>
                {[row.status, row.detail].filter((each) => each != null).join(" ")}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Why there is nothing. */
function words(view: TopicView | null, none: string): string {
  return view !== null && view.status !== "empty" ? none : (view?.error ?? "Loading…");
}

const newestFirst = (a: Delivery, b: Delivery) => Date.parse(b.at ?? "") - Date.parse(a.at ?? "") || 0;

/** What was told outside, to whom, and what became of it. */
export function Deliveries() {
  useTitle("Deliveries");
  const targets = useTopic(TARGETS);
  const deliveries = useTopic(DELIVERIES);
  const actor = useActor();
  const [waiting, setWaiting] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const test = async (name: string, by: string) => {
    setWaiting(null);
    setSaid("Asking…");
    setSaid(await testTarget(name, by));
  };
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Freshness view={deliveries.view} />
      </Header>
      <main id="main" tabIndex={-1}>
        <Sections />
        <h1 className={styles.h1}>Deliveries</h1>
        <p className={page.lead}>Who is told outside this console, and what became of it.</p>
        <p role="status" className={styles.said}>
          {said}
        </p>
        <h2 className={styles.h2}>Targets</h2>
        {targets.rows.length > 0 ? (
          <Targets
            rows={targets.rows}
            onTest={(name) => (actor === null ? setWaiting(name) : void test(name, actor))}
          />
        ) : (
          <p className={styles.none}>{words(targets.view, "Nobody is told outside: no target is set up.")}</p>
        )}
        <h2 className={`${styles.h2} ${styles.apart}`}>The last deliveries</h2>
        {deliveries.rows.length > 0 ? (
          <Log rows={[...deliveries.rows].sort(newestFirst)} />
        ) : (
          <p className={styles.none}>{words(deliveries.view, "Nothing has been delivered yet.")}</p>
        )}
        {waiting !== null && (
          <WhoDialog onName={(name) => void test(waiting, name)} onClose={() => setWaiting(null)} />
        )}
      </main>
    </div>
  );
}
