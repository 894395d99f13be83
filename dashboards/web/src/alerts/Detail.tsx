import { type Ref, useEffect, useState } from "react";
import { Link } from "wouter";
import type { ApiError } from "../api/get";
import { useGet } from "../api/use-get";
import { useZone } from "../feed/hooks";
import { duration } from "../format/duration";
import { moneyExact } from "../format/money";
import { points } from "../format/number";
import { moment } from "../format/time";
import { type ActionKeys, Actions } from "./Actions";
import { alertApi, customerPath } from "./address";
import { type AlertDetail, alertDetail } from "./alert-detail";
import { Countdown } from "./Countdown";
import { CustomerContext } from "./CustomerContext";
import styles from "./detail.module.css";
import { Evidence, History } from "./History";
import { SeverityMark } from "./Severity";
import { SilenceThis } from "./SilenceThis";
import { type AlertRow, alertId, isOpen } from "./topics";
import { aboutLabel, levelWords, nextStep, takenWords } from "./words";

const PAUSE_MS = 150;

/** `value`, once it has stood still: whoever goes through the queue by key does not fetch every alert on the way. */
function useRested<T>(value: T): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}

/** The alert's history and evidence, fetched anew with every change. */
function useDetail(row: AlertRow): { detail: AlertDetail | null; error: ApiError | null } {
  const version = useRested(`${row.revision}.${row.count}.${row.state}`);
  const { value, error } = useGet(alertApi(row.customer, row.alert), alertDetail, version);
  return { detail: value, error };
}

function Head({ row }: { row: AlertRow }) {
  const zone = useZone();
  const level = levelWords(row.level);
  return (
    <header className={styles.head}>
      <p className={styles.kicker}>
        <SeverityMark severity={row.severity} />
        <span>{aboutLabel(row.kind, row.alert)}</span>
        <span data-state={row.state}>
          {takenWords(row)}
          {row.state === "snoozed" &&
            row.snoozed_until !== null &&
            ` until ${moment(row.snoozed_until, zone)}`}
        </span>
        {level !== "" && <span className={styles.level}>{level}</span>}
      </p>
      <div className={styles.title}>
        <h2 tabIndex={-1} data-detail-title="">
          {row.why || aboutLabel(row.kind, row.alert)}
        </h2>
        {isOpen(row) && (
          <p className={styles.left}>
            <Countdown dueAt={row.due_at} />
          </p>
        )}
      </div>
    </header>
  );
}

/** Nobody is a customer there: the subject is where events come from, or the business itself. */
const OF_OPERATORS: ReadonlySet<string> = new Set(["stale_source", "dead_letters"]);

function Subject({ row }: { row: AlertRow }) {
  const facts = [
    row.tier,
    row.account,
    row.value !== null && `${moneyExact(row.value.minor, row.value.currency)} paid`,
    row.health_milli !== null && `health ${points(row.health_milli)}`,
    row.channel,
    row.priority,
  ].filter((each) => typeof each === "string" && each !== "");
  return (
    <p className={styles.subject}>
      {OF_OPERATORS.has(row.kind) ? (
        <strong>{row.customer}</strong>
      ) : (
        <Link href={customerPath(row.customer)}>{row.name ?? row.customer}</Link>
      )}
      {row.name !== null && <span className={styles.quiet}>{row.customer}</span>}
      {facts.map((fact) => (
        <span key={String(fact)}>{fact}</span>
      ))}
    </p>
  );
}

type Fact = readonly [label: string, value: string | null];

function clockFacts(clock: AlertDetail["clock"], zone: string): Fact[] {
  if (clock === null) return [];
  return Object.entries(clock).flatMap(([key, value]): Fact[] => {
    if (value === null || value === undefined || value === "" || typeof value === "object") return [];
    const label = key.replace(/_(ms|at|s|min)$/, "").replaceAll("_", " ");
    const name = `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
    if (key.endsWith("_ms")) return [[name, duration(Number(value))]];
    const isTime = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);
    return [
      [
        name,
        isTime ? moment(value, zone) : typeof value === "boolean" ? (value ? "yes" : "no") : String(value),
      ],
    ];
  });
}

function Facts({ row, detail }: { row: AlertRow; detail: AlertDetail | null }) {
  const zone = useZone();
  const at = (iso: string | null) => (iso === null ? null : moment(iso, zone));
  const facts: readonly Fact[] = [
    ["Owner", row.owner ?? "nobody"],
    ["Raised", at(row.raised_at)],
    ["Respond by", at(row.due_at)],
    ["Happened", row.count > 1 ? `${row.count} times` : null],
    ["Held back by", row.held_by],
    ["Group", row.group?.startsWith("customer:") === true ? null : row.group],
    ["Cause", row.cause],
    ["Done about it", row.action],
    ...clockFacts(detail?.clock ?? null, zone),
  ];
  return (
    <dl className={styles.facts}>
      {facts.map(
        ([label, value]) =>
          value !== null && (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

interface Props {
  readonly row: AlertRow;
  readonly people: readonly string[];
  readonly keys: Ref<ActionKeys>;
}

/** One alert: what happened, what to do, who did what, and whom it is about. */
export function Detail({ row, people, keys }: Props) {
  const { detail, error } = useDetail(row);
  const { customer, alert, revision } = row;
  const evidence = detail?.evidence ?? [];
  return (
    <>
      <Head row={row} />
      <Subject row={row} />
      <p className={styles.next}>
        <strong>Next:</strong> {nextStep(row.kind, row.state)}
      </p>
      <Actions
        of={alertId(row)}
        state={row.state}
        about={{ kind: "alert", customer, alert, revision }}
        people={people}
        keys={keys}
      />
      <Facts row={row} detail={detail} />
      {error !== null && <p className={styles.problem}>Its history can't be fetched: {error.message}</p>}
      <Evidence of={evidence} />
      {!OF_OPERATORS.has(row.kind) && (
        <CustomerContext key={customer} id={customer} told={evidence.map(({ text }) => text)} />
      )}
      {detail !== null && <History of={detail.history ?? []} />}
      <SilenceThis row={row} />
    </>
  );
}
