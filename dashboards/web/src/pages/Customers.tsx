import { useEffect, useState } from "react";
import { Link, useSearch } from "wouter";
import { type FoundCustomer, foundCustomers } from "../api/customer";
import { useGet } from "../api/use-get";
import { useTopic } from "../feed/hooks";
import { ACTIVITY, type Activity } from "../feed/topics";
import { moneyExact } from "../format/money";
import { count, points } from "../format/number";
import { ago } from "../format/time";
import { bandWords } from "../panels/bands";
import { useNow } from "../ui/clock";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import styles from "./customers.module.css";
import page from "./page.module.css";

const PAUSE_MS = 180;
const LATELY = 15;
const MOST = 50;

/** What is typed, once the typing pauses; kept in the address so that a search can be sent to somebody. */
function useQuery(): [string, (text: string) => void, string] {
  const initial = new URLSearchParams(useSearch()).get("q") ?? "";
  const [typed, setTyped] = useState(initial);
  const [asked, setAsked] = useState(initial);
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(typed.trim());
      const address = typed.trim() === "" ? "/customers" : `/customers?q=${encodeURIComponent(typed.trim())}`;
      history.replaceState(history.state, "", address);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return [typed, setTyped, asked];
}

function Found({ customer, now }: { customer: FoundCustomer; now: number }) {
  const band = bandWords(customer.health?.band);
  const score = customer.health?.score_milli ?? null;
  return (
    <li className={styles.found}>
      <span className={styles.who}>
        <Link className={styles.name} href={`/customers/${encodeURIComponent(customer.id)}`}>
          {customer.name ?? customer.id}
        </Link>
        <span className={styles.id}>{customer.name === null ? customer.kind : customer.id}</span>
      </span>
      <span className={styles.health}>
        <span className={styles.swatch} style={{ background: band.colour }} aria-hidden="true" />
        {band.label}
        {score !== null && <span className={styles.num}> {points(score)}</span>}
      </span>
      <span className={styles.num}>
        {count(customer.orders ?? 0)} {customer.orders === 1 ? "order" : "orders"}
      </span>
      <span className={styles.num}>
        {(customer.paid ?? []).map((paid) => moneyExact(paid.minor, paid.currency)).join(" · ")}
      </span>
      <span className={styles.country}>{customer.country}</span>
      <span className={styles.when}>
        {customer.last_event_at !== null && ago(customer.last_event_at, now)}
      </span>
    </li>
  );
}

/** Before anything is typed: those of whom something has just happened. */
function Lately({ now }: { now: number }) {
  const { rows } = useTopic(ACTIVITY);
  const latest = new Map<string, Activity>();
  for (const item of rows.toReversed()) {
    if (item.customer != null && !latest.has(item.customer)) latest.set(item.customer, item);
    if (latest.size >= LATELY) break;
  }
  return (
    <section aria-labelledby="lately">
      <h2 id="lately" className={page.h2}>
        Lately
      </h2>
      {latest.size === 0 && <p className={page.quiet}>Nothing has happened yet.</p>}
      <ul className={styles.list}>
        {[...latest].map(([id, item]) => (
          <li key={id} className={styles.late}>
            <Link className={styles.name} href={`/customers/${encodeURIComponent(id)}`}>
              {id}
            </Link>
            <span>{item.headline.what}</span>
            <span className={styles.when}>{ago(item.occurred_at, now)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Results({ asked, now }: { asked: string; now: number }) {
  const { value, error, loading } = useGet(
    `/api/v1/customers?q=${encodeURIComponent(asked)}&limit=${MOST}`,
    foundCustomers,
  );
  const items = value?.items ?? [];
  const shown = `${items.length} ${items.length === 1 ? "customer" : "customers"} shown`;
  const none = items.length === 0 ? "Nobody by that name or id" : shown;
  return (
    <>
      <p role="status" className={error === null ? styles.status : page.problem}>
        {error?.message ?? (value === null ? "Searching…" : none)}
      </p>
      <ul className={styles.list} data-loading={loading}>
        {items.map((customer) => (
          <Found key={customer.id} customer={customer} now={now} />
        ))}
      </ul>
    </>
  );
}

export function Customers() {
  const [typed, setTyped, asked] = useQuery();
  const now = useNow();
  useTitle(asked === "" ? "Customers" : `${asked}: customers`);
  return (
    <div className={page.page}>
      <Header />
      <main id="main" tabIndex={-1}>
        <h1 className={page.h1}>Customers</h1>
        <label className={styles.label} htmlFor="search">
          Find by name or id
        </label>
        <input
          id="search"
          className={styles.search}
          type="search"
          value={typed}
          autoComplete="off"
          spellCheck={false}
          placeholder="A few letters of a name, or an id"
          onChange={(event) => setTyped(event.target.value)}
        />
        {asked === "" ? <Lately now={now} /> : <Results asked={asked} now={now} />}
      </main>
    </div>
  );
}
