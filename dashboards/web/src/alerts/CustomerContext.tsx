import { Link } from "wouter";
import { type Customer, readCustomer, type TimelineEntry } from "../api/customer";
import { useTopic } from "../feed/hooks";
import { CUSTOMER } from "../feed/topics";
import { DASH, moneyExact } from "../format/money";
import { count, points } from "../format/number";
import { ago } from "../format/time";
import { bandWords } from "../panels/bands";
import { customerPath } from "./address";
import styles from "./detail.module.css";
import { useAlertNow } from "./hooks";

const isUnderWay = (status: string) => !["resolved", "closed", "solved"].includes(status.toLowerCase());

function lastWords(customer: Customer): TimelineEntry | null {
  return (customer.timeline ?? []).find((entry) => entry.text !== null && entry.text !== "") ?? null;
}

type Fact = readonly [label: string, value: string];

function factsOf(customer: Customer, now: number): Fact[] {
  const { health, commerce, delivery } = customer;
  const band = bandWords(health?.band);
  const score = health?.score_milli ?? null;
  const paid = (commerce?.paid ?? []).map((each) => moneyExact(each.minor, each.currency)).join(" · ");
  const all: Fact[] = [
    ["Health", score === null ? DASH : `${points(score)} ${band.label}`],
    ["Paid", paid || DASH],
    ["Orders", commerce === null ? DASH : count(commerce.orders)],
    ["Last order", commerce?.last_order_at == null ? DASH : ago(commerce.last_order_at, now)],
    ["Deliveries under way", delivery === null ? DASH : count(delivery.open)],
    [
      "Delivered late",
      delivery?.delivered ? `${count(delivery.late)} of ${count(delivery.delivered)}` : DASH,
    ],
  ];
  return all.filter(([, value]) => value !== DASH);
}

function OpenTickets({ customer, now }: { customer: Customer; now: number }) {
  const open = (customer.tickets?.items ?? []).filter((ticket) => isUnderWay(ticket.status));
  if (open.length === 0) return <p className={styles.quiet}>No open tickets</p>;
  return (
    <ul className={styles.tickets} aria-label="Open tickets">
      {open.slice(0, 4).map((ticket) => (
        <li key={ticket.ticket}>
          <span>{ticket.ticket}</span>
          <span>{[ticket.status, ticket.priority].filter(Boolean).join(", ")}</span>
          <span className={styles.quiet}>{ticket.opened_at !== null && ago(ticket.opened_at, now)}</span>
        </li>
      ))}
    </ul>
  );
}

/** Whom it is about: what one wants to know before calling. `told`: what stands on the page already. */
export function CustomerContext({ id, told }: { id: string; told: readonly (string | null)[] }) {
  const { rows, view } = useTopic(CUSTOMER, { id });
  const now = useAlertNow();
  const customer = rows[0] === undefined ? null : readCustomer(rows[0].json);
  if (customer === null) {
    const words = view?.error ?? (view?.status === "current" ? "Nothing more is known of them." : "Loading…");
    return (
      <section className={styles.section} aria-labelledby="context">
        <h3 id="context">The customer</h3>
        <p className={styles.quiet}>{words}</p>
      </section>
    );
  }
  const words = lastWords(customer);
  const facts = factsOf(customer, now);
  return (
    <section className={styles.section} aria-labelledby="context">
      <h3 id="context">
        The customer{" "}
        <Link className={styles.more} href={customerPath(id)}>
          everything about them
        </Link>
      </h3>
      {facts.length === 0 && <p className={styles.quiet}>They have bought nothing yet.</p>}
      <dl className={styles.facts}>
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {words !== null && !told.includes(words.text) && (
        <blockquote className={styles.words}>
          {words.text}
          <footer>
            {words.what || words.kind}, {ago(words.occurred_at, now)}
          </footer>
        </blockquote>
      )}
      <OpenTickets customer={customer} now={now} />
    </section>
  );
}
