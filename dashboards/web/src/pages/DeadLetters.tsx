import { useState } from "react";
import { useActor } from "../alerts/actor";
import parts from "../alerts/parts.module.css";
import { WhoDialog } from "../alerts/Who";
import { useGet } from "../api/use-get";
import { useTopic, useZone } from "../feed/hooks";
import { OPERATOR } from "../feed/topics";
import { count } from "../format/number";
import { moment } from "../format/time";
import {
  type DeadLetter,
  deadLetters,
  decide,
  listPath,
  outcomeWords,
  type State,
} from "../operator/dead-letters";
import { Letter } from "../operator/Letter";
import styles from "../operator/operator.module.css";
import { OperatorSections } from "../operator/Sections";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { Hidden } from "../ui/Hidden";
import { useTitle } from "../ui/title";
import scroll from "./operator.module.css";
import page from "./page.module.css";
import sections from "./sections.module.css";

const STATES: readonly (readonly [State, string])[] = [
  ["waiting", "that wait"],
  ["retried", "that were retried"],
  ["dropped", "that were dropped"],
  ["all", "all"],
];

const OUTCOMES: Readonly<Record<string, string>> = {
  waiting: "failed",
  retried: "delivered",
  dropped: "held",
};
const WORDS: Readonly<Record<string, string>> = { waiting: "Waits", retried: "Retried", dropped: "Dropped" };

interface Choice {
  readonly chosen: ReadonlySet<number>;
  readonly toggle: (sequences: readonly number[], on: boolean) => void;
}

function Line({ row, choice, onOpen }: { row: DeadLetter; choice: Choice; onOpen: () => void }) {
  const zone = useZone();
  const { state, by } = row.decided;
  return (
    <tr>
      <td className={styles.choose}>
        <input
          type="checkbox"
          aria-label={`Choose ${row.sequence}`}
          checked={choice.chosen.has(row.sequence)}
          onChange={(event) => choice.toggle([row.sequence], event.target.checked)}
        />
      </td>
      <th scope="row">
        <button type="button" className={styles.open} onClick={onOpen}>
          {row.sequence}
        </button>
      </th>
      <td>{moment(row.received_at, zone)}</td>
      <td>{row.source}</td>
      <td className={`${sections.long} ${styles.wrong}`}>
        <span className={styles.field}>{row.field}</span> {row.reason}
      </td>
      <td className={`${sections.number} ${styles.size}`}>{count(row.bytes)}</td>
      <td className={styles.decided}>
        <span className={sections.outcome} data-outcome={OUTCOMES[state] ?? "held"}>
          {WORDS[state] ?? state}
          {by !== null && ` by ${by}`}
        </span>
      </td>
    </tr>
  );
}

function Table({
  rows,
  choice,
  onOpen,
}: {
  rows: readonly DeadLetter[];
  choice: Choice;
  onOpen: (sequence: number) => void;
}) {
  const all = rows.map((row) => row.sequence);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={scroll.scroll} tabIndex={0} aria-label="Not understood">
      <table className={`${sections.table} ${styles.letters}`}>
        <thead>
          <tr>
            <th scope="col" className={styles.choose}>
              <input
                type="checkbox"
                aria-label="Choose all of this page"
                checked={all.every((sequence) => choice.chosen.has(sequence))}
                onChange={(event) => choice.toggle(all, event.target.checked)}
              />
            </th>
            <th scope="col">Number</th>
            <th scope="col">When</th>
            <th scope="col">Source</th>
            <th scope="col">What is wrong</th>
            <th scope="col" className={sections.number}>
              Bytes
            </th>
            <th scope="col">State</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line key={row.sequence} row={row} choice={choice} onOpen={() => onOpen(row.sequence)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** Retrying harms nothing; dropping is asked about once more. */
function Acts({
  chosen,
  busy,
  onAct,
}: {
  chosen: number;
  busy: boolean;
  onAct: (verb: "retry" | "drop") => void;
}) {
  const [asked, setAsked] = useState(0);
  const sure = asked === chosen && chosen > 0;
  return (
    <>
      <button
        type="button"
        className={parts.button}
        data-main="true"
        disabled={busy || chosen === 0}
        onClick={() => onAct("retry")}
      >
        Retry {chosen > 0 && count(chosen)}
      </button>
      <button
        type="button"
        className={parts.button}
        disabled={busy || chosen === 0}
        onClick={() => {
          setAsked(sure ? 0 : chosen);
          if (sure) onAct("drop");
        }}
        onBlur={() => setAsked(0)}
      >
        {sure ? `Drop ${count(chosen)}: sure?` : `Drop ${chosen > 0 ? count(chosen) : ""}`}
      </button>
    </>
  );
}

interface Asked {
  readonly state: State;
  readonly source: string;
  readonly before: number | null;
}

function Choose({ asked, onAsk }: { asked: Asked; onAsk: (next: Asked) => void }) {
  return (
    <>
      <label>
        Show those
        <select
          className={parts.field}
          value={asked.state}
          onChange={(event) => onAsk({ ...asked, state: event.target.value as State, before: null })}
        >
          {STATES.map(([state, words]) => (
            <option key={state} value={state}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <label>
        of
        <input
          className={parts.field}
          placeholder="every source"
          aria-label="Source"
          value={asked.source}
          onChange={(event) => onAsk({ ...asked, source: event.target.value.trim(), before: null })}
        />
      </label>
    </>
  );
}

/** What came and nobody could read: kept until somebody decides. */
export function DeadLetters() {
  useTitle("Not understood");
  const actor = useActor();
  const [asked, setAsked] = useState<Asked>({ state: "waiting", source: "", before: null });
  const [version, setVersion] = useState(0);
  // As many as wait are told live: another number is another list.
  const figures = useTopic(OPERATOR);
  const told = figures.rows.find((row) => row.key === "dead_letters")?.value ?? "";
  const { value, error } = useGet(
    listPath(asked.state, asked.source, asked.before),
    deadLetters,
    `${version} ${told}`,
  );
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [opened, setOpened] = useState<number | null>(null);
  const [waiting, setWaiting] = useState<"retry" | "drop" | null>(null);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const ask = (next: Asked) => {
    setAsked(next);
    setChosen(new Set());
  };
  const act = async (verb: "retry" | "drop", by: string) => {
    const sequences = [...chosen].sort((a, b) => a - b);
    setWaiting(null);
    setBusy(true);
    const step = (at: number) => setSaid(`${count(at + 1)} of ${count(sequences.length)}…`);
    const outcome = await decide(verb, sequences, by, step);
    setSaid(outcomeWords(verb, outcome));
    setBusy(false);
    setChosen(new Set());
    setVersion((before) => before + 1);
  };
  const toggle = (sequences: readonly number[], on: boolean) => {
    const next = new Set(chosen);
    for (const sequence of sequences) {
      if (on) next.add(sequence);
      else next.delete(sequence);
    }
    setChosen(next);
  };
  const rows = value?.items ?? [];
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Freshness view={figures.view} />
      </Header>
      <main id="main" tabIndex={-1}>
        <OperatorSections />
        <h1 className={sections.h1}>Not understood</h1>
        <p className={page.lead}>
          What came and could not be read is kept. Mend the source or its mapping, then retry: nothing counts
          twice.
          {value !== null &&
            ` ${count(value.waiting)} ${value.waiting === 1 ? "waits" : "wait"}, of ${count(value.all)} there ever were.`}
        </p>
        <div className={styles.bar}>
          <Choose asked={asked} onAsk={ask} />
          <Acts
            chosen={chosen.size}
            busy={busy}
            onAct={(verb) => (actor === null ? setWaiting(verb) : void act(verb, actor))}
          />
        </div>
        <p role="status" className={sections.said}>
          {said}
          {error !== null && <span className={page.problem}>{error.message}</span>}
        </p>
        {rows.length > 0 ? (
          <Table rows={rows} choice={{ chosen, toggle }} onOpen={setOpened} />
        ) : (
          <p className={sections.none}>
            {value === null
              ? error === null && "Loading…"
              : "There is nothing here: everything was understood."}
          </p>
        )}
        <div className={styles.bar}>
          {asked.before !== null && (
            <button type="button" className={parts.button} onClick={() => ask({ ...asked, before: null })}>
              Newest
            </button>
          )}
          {value !== null && value.before !== null && (
            <button
              type="button"
              className={parts.button}
              onClick={() => ask({ ...asked, before: value.before })}
            >
              Older<Hidden> ones</Hidden>
            </button>
          )}
        </div>
        {opened !== null && <Letter sequence={opened} onClose={() => setOpened(null)} />}
        {waiting !== null && (
          <WhoDialog onName={(name) => void act(waiting, name)} onClose={() => setWaiting(null)} />
        )}
      </main>
    </div>
  );
}
