import { Link } from "wouter";
import { customer as customerShape, readCustomer } from "../api/customer";
import { useGet } from "../api/use-get";
import { HealthCard } from "../customer/HealthCard";
import { useTopic } from "../feed/hooks";
import { CUSTOMER } from "../feed/topics";
import page from "../pages/page.module.css";
import styles from "./health.module.css";

/** One customer's score, and what makes it; the events behind it are on the customer's own page. */
export function Chosen({ id }: { id: string }) {
  const { rows } = useTopic(CUSTOMER, { id });
  const path = `/customers/${encodeURIComponent(id)}`;
  const first = useGet(`/api/v1${path}`, customerShape);
  const live = rows[0] === undefined ? null : readCustomer(rows[0].json);
  const customer = live ?? first.value;
  return (
    <>
      <h2 id="chosen-name" className={styles.chosenName}>
        <Link href={path}>{customer?.name ?? id}</Link>
      </h2>
      {customer === null ? (
        <p className={page.quiet}>{first.error?.message ?? "Loading…"}</p>
      ) : (
        <HealthCard health={customer.health} timeline={customer.timeline ?? []} page={path} />
      )}
    </>
  );
}
