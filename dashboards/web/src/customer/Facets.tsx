import type { ReactNode } from "react";
import type { Customer, Ticket } from "../api/customer";
import type { Money } from "../feed/topics";
import { duration } from "../format/duration";
import { DASH, moneyExact } from "../format/money";
import { count, milli, signed } from "../format/number";
import { ago } from "../format/time";
import styles from "./customer.module.css";

interface Fact {
  readonly label: string;
  readonly value: ReactNode;
}

function Facet({
  title,
  facts,
  none,
  children,
}: {
  title: string;
  facts: readonly Fact[] | null | false;
  none: string;
  children?: ReactNode;
}) {
  const id = `facet-${title.toLowerCase()}`;
  return (
    <section className={styles.facet} aria-labelledby={id}>
      <h2 id={id} className={styles.h2}>
        {title}
      </h2>
      {facts === null || facts === false ? (
        <p className={styles.note}>{none}</p>
      ) : (
        <dl className={styles.facts}>
          {facts.map(({ label, value }) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
      {children}
    </section>
  );
}

function monies(amounts: readonly Money[] | null): string {
  if (amounts === null || amounts.length === 0) return DASH;
  return amounts.map((amount) => moneyExact(amount.minor, amount.currency)).join(" · ");
}

function Tickets({ tickets, now }: { tickets: Customer["tickets"]; now: number }) {
  const items: readonly Ticket[] = tickets?.items ?? [];
  const facts = tickets &&
    tickets.opened !== 0 && [
      { label: "Open", value: count(tickets.open) },
      { label: "Opened", value: count(tickets.opened) },
      { label: "Resolved", value: count(tickets.resolved) },
    ];
  return (
    <Facet title="Tickets" facts={facts} none="No tickets">
      <ul className={styles.items}>
        {items.slice(0, 4).map((ticket) => (
          <li key={ticket.ticket}>
            <span className={styles.itemName}>{ticket.ticket}</span>
            <span>{[ticket.status, ticket.priority].filter(Boolean).join(", ")}</span>
            <span className={styles.of}>{ticket.opened_at !== null && ago(ticket.opened_at, now)}</span>
          </li>
        ))}
      </ul>
    </Facet>
  );
}

function Opportunities({ customer }: { customer: Customer }) {
  const opportunities = customer.opportunities ?? [];
  return (
    <Facet
      title="Opportunities"
      facts={opportunities.length > 0 ? [{ label: "Known", value: count(opportunities.length) }] : null}
      none="No opportunities"
    >
      <ul className={styles.items}>
        {opportunities.slice(0, 4).map((one) => (
          <li key={one.opportunity}>
            <span className={styles.itemName}>{one.stage ?? one.opportunity}</span>
            <span>{one.status}</span>
            <span className={styles.of}>
              {one.amount !== null && moneyExact(one.amount.minor, one.amount.currency)}
            </span>
          </li>
        ))}
      </ul>
    </Facet>
  );
}

function satisfactionFacts(of: Customer["satisfaction"]): Fact[] | null {
  if (of === null) return null;
  const means = [
    { label: "CSAT", mean: of.csat },
    { label: "Ease (CES)", mean: of.ces },
    { label: "Reviews", mean: of.reviews },
  ];
  const facts: Fact[] = means
    .filter(({ mean }) => mean !== null && mean.mean_milli !== null)
    .map(({ label, mean }) => ({
      label: `${label}, ${count(mean?.n ?? 0)}×`,
      value: milli(mean?.mean_milli ?? 0),
    }));
  if (of.nps?.last != null)
    facts.unshift({ label: `NPS, ${count(of.nps.n)}×`, value: `${of.nps.last} of 10` });
  return facts.length > 0 ? facts : null;
}

/** What is known of a customer, a facet a block. */
export function Facets({ customer, now }: { customer: Customer; now: number }) {
  const { commerce, delivery, sentiment } = customer;
  return (
    <div className={styles.facets}>
      <Facet
        title="Commerce"
        none="No orders"
        facts={
          commerce &&
          commerce.orders + commerce.paid.length !== 0 && [
            { label: "Orders", value: count(commerce.orders) },
            { label: "Ordered", value: monies(commerce.value) },
            { label: "Paid", value: monies(commerce.paid) },
            { label: "Cancelled", value: count(commerce.cancelled) },
            { label: "Returned", value: count(commerce.returned) },
            {
              label: "Last order",
              value: commerce.last_order_at === null ? DASH : ago(commerce.last_order_at, now),
            },
          ]
        }
      />
      <Facet
        title="Delivery"
        none="No deliveries"
        facts={
          delivery &&
          delivery.delivered + delivery.open !== 0 && [
            { label: "Delivered", value: count(delivery.delivered) },
            { label: "Late", value: count(delivery.late) },
            { label: "On the way", value: count(delivery.open) },
            {
              label: "Lead time, mean",
              value: delivery.lead_time_mean_ms === null ? DASH : duration(delivery.lead_time_mean_ms),
            },
          ]
        }
      />
      <Tickets tickets={customer.tickets} now={now} />
      <Facet title="Satisfaction" none="No answers" facts={satisfactionFacts(customer.satisfaction)} />
      <Facet
        title="Sentiment"
        none="Nothing written"
        facts={
          sentiment &&
          sentiment.n + sentiment.unknown !== 0 && [
            {
              label: `Mean of ${count(sentiment.n)}`,
              value:
                sentiment.mean_milli === null
                  ? DASH
                  : signed(milli(sentiment.mean_milli), sentiment.mean_milli),
            },
            {
              label: "Last",
              value:
                sentiment.last_milli === null
                  ? DASH
                  : signed(milli(sentiment.last_milli), sentiment.last_milli),
            },
            { label: "Can't tell", value: count(sentiment.unknown) },
          ]
        }
      />
      <Opportunities customer={customer} />
    </div>
  );
}
