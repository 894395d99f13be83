import { useEffect, useRef } from "react";
import { Link } from "wouter";
import { useGet } from "../api/use-get";
import { useZone } from "../feed/hooks";
import { DASH, moneyExact } from "../format/money";
import { count } from "../format/number";
import sections from "../pages/sections.module.css";
import dialog from "../panels/dialog.module.css";
import { dayIn } from "./period";
import styles from "./pipeline.module.css";
import { type Deal, deals } from "./topics";

/** What a figure stands on: the deals that are asked for, in words and as parameters of the API. */
export interface Asked {
  readonly title: string;
  readonly params: Readonly<Record<string, string>>;
}

const LIMIT = 100;

export function dealsPath(params: Readonly<Record<string, string>>, limit: number): string {
  return `/api/v1/deals?${new URLSearchParams({ ...params, limit: String(limit) })}`;
}

function Line({ deal }: { deal: Deal }) {
  const zone = useZone();
  const day = (iso: string | null) => (iso === null ? DASH : dayIn(Date.parse(iso), zone));
  return (
    <tr>
      <th scope="row">
        <Link href={`/customers/${encodeURIComponent(deal.customer)}`}>
          {deal.name ?? deal.customer_name ?? deal.customer}
        </Link>
      </th>
      <td className={sections.number}>
        {deal.amount === null ? DASH : moneyExact(deal.amount.minor, deal.amount.currency)}
      </td>
      <td>{deal.status === "open" ? deal.stage : deal.status}</td>
      <td>{deal.owner ?? DASH}</td>
      <td>{deal.segment ?? DASH}</td>
      <td>{day(deal.created_at)}</td>
      <td>{day(deal.closed_at ?? deal.expected_close_at)}</td>
      <td className={sections.number}>{count(deal.pushes)}</td>
    </tr>
  );
}

/** The deals behind a figure; each leads to its customer, where its events are. */
export function Drill({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => element.current?.showModal(), []);
  const { value, error } = useGet(dealsPath(asked.params, LIMIT), deals);
  return (
    <dialog
      ref={element}
      className={`${dialog.dialog} ${styles.drill}`}
      onClose={onClose}
      aria-labelledby="drill-title"
    >
      <div className={dialog.inner}>
        <header className={dialog.head}>
          <h2 id="drill-title">{asked.title}</h2>
          <button type="button" className={dialog.close} onClick={() => element.current?.close()}>
            Close
          </button>
        </header>
        <p className={styles.said} role="status">
          {error !== null && <span className={styles.problem}>{error.message}</span>}
          {error === null && value === null && "Loading…"}
          {value !== null &&
            (value.total > value.items.length
              ? `The ${count(value.items.length)} largest of ${count(value.total)} deals`
              : `${count(value.total)} ${value.total === 1 ? "deal" : "deals"}`)}
          {value !== null &&
            value.missing_partitions.length > 0 &&
            ", without those of parts that do not answer now"}
        </p>
        {value !== null && value.items.length > 0 && (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
          <section className={styles.scroll} tabIndex={0} aria-label="Deals">
            <table className={sections.table}>
              <thead>
                <tr>
                  <th scope="col">Deal</th>
                  <th scope="col" className={sections.number}>
                    Worth
                  </th>
                  <th scope="col">Stands</th>
                  <th scope="col">Seller</th>
                  <th scope="col">Segment</th>
                  <th scope="col">Created</th>
                  <th scope="col">Closed or expected</th>
                  <th scope="col" className={sections.number}>
                    Put off
                  </th>
                </tr>
              </thead>
              <tbody>
                {value.items.map((deal) => (
                  <Line key={`${deal.customer} ${deal.opportunity}`} deal={deal} />
                ))}
              </tbody>
            </table>
          </section>
        )}
      </div>
    </dialog>
  );
}
