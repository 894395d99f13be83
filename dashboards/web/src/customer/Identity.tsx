import { Link } from "wouter";
import type { Customer } from "../api/customer";
import { count } from "../format/number";
import { ago, dayOf } from "../format/time";
import styles from "./customer.module.css";

const regions = new Intl.DisplayNames("en", { type: "region", fallback: "code" });

function country(code: string): string {
  try {
    return regions.of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}

/** Whom the customer is one with. */
function Others({ label, ids }: { label: string; ids: readonly string[] }) {
  return (
    <div>
      <dt>{label}</dt>
      {ids.map((id) => (
        <dd key={id}>
          <Link href={`/customers/${encodeURIComponent(id)}`}>{id}</Link>
        </dd>
      ))}
    </div>
  );
}

/** Who it is. What is not known is left out, not shown as empty. */
export function Identity({ customer, now, zone }: { customer: Customer; now: number; zone: string }) {
  const facts: readonly [string, string | null][] = [
    ["Id", customer.id],
    ["Kind", customer.kind],
    ["Segment", customer.segment],
    ["Tier", customer.tier],
    ["Country", customer.country === null ? null : country(customer.country)],
    ["Account", customer.account],
    ["Owner", customer.owner],
    ["E-mail", customer.email],
    ["Phone", customer.phone],
    ["Customer since", customer.since === null ? null : dayOf(customer.since, zone)],
    ["Events", count(customer.events)],
    ["Last event", customer.last_event_at === null ? null : ago(customer.last_event_at, now)],
  ];
  return (
    <dl className={styles.identity}>
      {facts.map(
        ([label, value]) =>
          value !== null && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
      {customer.merged_into !== null && <Others label="Merged into" ids={[customer.merged_into]} />}
      {customer.merged.length > 0 && <Others label="Merged with this one" ids={customer.merged} />}
    </dl>
  );
}
