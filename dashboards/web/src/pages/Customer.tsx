import { Link } from "wouter";
import { customer as customerShape, readCustomer } from "../api/customer";
import { useGet } from "../api/use-get";
import styles from "../customer/customer.module.css";
import { Facets } from "../customer/Facets";
import { HealthCard } from "../customer/HealthCard";
import { Identity } from "../customer/Identity";
import { Timeline } from "../customer/Timeline";
import { freshness } from "../feed/freshness";
import { useFeedSnapshot, useTopic, useZone } from "../feed/hooks";
import { presentOf } from "../feed/present";
import { CUSTOMER } from "../feed/topics";
import { useNow } from "../ui/clock";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import page from "./page.module.css";

function Missing({ id, message }: { id: string; message: string }) {
  return (
    <>
      <h1 className={page.h1}>{id}</h1>
      <p className={page.lead}>{message}</p>
      <p className={page.lead}>
        <Link href="/customers">Search customers</Link>
      </p>
    </>
  );
}

/**
 * One customer, whole. The first picture comes by request, so that it is there before the socket is; from then on
 * the topic keeps it.
 */
export function Customer({ id }: { id: string }) {
  const now = useNow();
  const { state } = useFeedSnapshot();
  const zone = useZone();
  const { rows, view } = useTopic(CUSTOMER, { id });
  const first = useGet(`/api/v1/customers/${encodeURIComponent(id)}`, customerShape);
  const live = rows[0] === undefined ? null : readCustomer(rows[0].json);
  const customer = live ?? first.value;
  const title = customer?.name ?? id;
  useTitle(title);
  const message =
    first.error?.status === 404
      ? "Nobody is known by this id."
      : (first.error?.message ?? view?.error ?? "Loading…");
  const present = presentOf(view?.asOf ?? customer?.as_of ?? null, now);
  const dim = customer !== null && freshness(state, view, now).dim;
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Freshness view={view} />
      </Header>
      <main id="main" tabIndex={-1} className={dim ? styles.dim : undefined}>
        {customer === null ? (
          <Missing id={id} message={message} />
        ) : (
          <>
            <h1 className={styles.name}>{title}</h1>
            <Identity customer={customer} now={present} zone={zone} />
            <div className={styles.columns}>
              <HealthCard health={customer.health} timeline={customer.timeline ?? []} />
              <div>
                <Facets customer={customer} now={present} />
                <Timeline entries={customer.timeline ?? []} now={present} />
              </div>
            </div>
          </>
        )}
      </main>
    </div>
  );
}
