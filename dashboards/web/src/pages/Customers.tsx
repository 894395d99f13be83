import { useEffect, useState } from "react";
import { Link, useSearch } from "wouter";
import { type FoundCustomer, foundCustomers } from "../api/customer";
import { useGet } from "../api/use-get";
import { presentOf } from "../feed/present";
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
        {count(customer.orders)} {customer.orders === 1 ? "order" : "orders"}
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

function Results({ asked, now }: { asked: string; now: number }) {
  const { value, error, loading } = useGet(
    `/api/v1/customers?q=${encodeURIComponent(asked)}&limit=${MOST}`,
    foundCustomers,
  );
  const items = value?.items ?? [];
  const shown =
    asked === ""
      ? "Those heard of last"
      : `${items.length} ${items.length === 1 ? "customer" : "customers"} shown`;
  const none = items.length === 0 ? "Nobody by that name or id" : shown;
  return (
    <>
      <p role="status" className={error === null ? styles.status : page.problem}>
        {error?.message ?? (value === null ? "Searching…" : none)}
      </p>
      <ul className={styles.list} data-loading={loading}>
        {items.map((customer) => (
          <Found key={customer.id} customer={customer} now={presentOf(value?.as_of ?? null, now)} />
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
        <Results asked={asked} now={now} />
      </main>
    </div>
  );
}
