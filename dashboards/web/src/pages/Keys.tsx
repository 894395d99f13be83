import { type FormEvent, useState } from "react";
import { useActor } from "../alerts/actor";
import parts from "../alerts/parts.module.css";
import { WhoDialog } from "../alerts/Who";
import { postJson } from "../api/post";
import { useGet } from "../api/use-get";
import { useTopic, useZone } from "../feed/hooks";
import { OPERATOR } from "../feed/topics";
import { DASH } from "../format/money";
import { count } from "../format/number";
import { moment } from "../format/time";
import { type FreshKey, freshKey, type Key, keys } from "../operator/keys";
import styles from "../operator/operator.module.css";
import { OperatorSections } from "../operator/Sections";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import scroll from "./operator.module.css";
import page from "./page.module.css";
import sections from "./sections.module.css";

const OUTCOMES: Readonly<Record<string, string>> = {
  live: "delivered",
  expired: "held",
  revoked: "given_up",
};
const WORDS: Readonly<Record<string, string>> = { live: "Live", expired: "Expired", revoked: "Revoked" };

function Line({ row, onRevoke }: { row: Key; onRevoke: () => void }) {
  const zone = useZone();
  const [sure, setSure] = useState(false);
  return (
    <tr>
      <th scope="row">{row.name}</th>
      <td className={styles.field}>{row.id}</td>
      <td>
        <span className={sections.outcome} data-outcome={OUTCOMES[row.state] ?? "held"}>
          {WORDS[row.state] ?? row.state}
          {row.revoked_by !== null && ` by ${row.revoked_by}`}
        </span>
      </td>
      <td className={sections.number}>{row.events_per_s === null ? DASH : count(row.events_per_s)}</td>
      <td>
        {moment(row.created_at, zone)} by {row.created_by}
      </td>
      <td>{row.expires_at === null ? "never" : moment(row.expires_at, zone)}</td>
      <td>{row.used_at === null ? "never" : moment(row.used_at, zone)}</td>
      <td>
        {row.state === "live" && (
          <button
            type="button"
            className={parts.button}
            onBlur={() => setSure(false)}
            onClick={() => (sure ? onRevoke() : setSure(true))}
          >
            {sure ? "Revoke: sure?" : "Revoke"}
          </button>
        )}
      </td>
    </tr>
  );
}

function Table({ rows, onRevoke }: { rows: readonly Key[]; onRevoke: (id: string) => void }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={scroll.scroll} tabIndex={0} aria-label="Keys">
      <table className={sections.table}>
        <thead>
          <tr>
            <th scope="col">Source</th>
            <th scope="col">Id</th>
            <th scope="col">State</th>
            <th scope="col" className={sections.number}>
              Events a second
            </th>
            <th scope="col">Made</th>
            <th scope="col">Ends</th>
            <th scope="col">Used last</th>
            <th scope="col">Take it back</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line key={row.id} row={row} onRevoke={() => onRevoke(row.id)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** The one time that a key is seen. */
function Fresh({ of: fresh, onDone }: { of: FreshKey; onDone: () => void }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(fresh.key);
      setCopied(true);
    } catch {
      // Without a secure connection the browser does not copy: it can be marked by a click.
    }
  };
  return (
    <section className={styles.fresh} aria-label="The new key">
      <p>
        The key of {fresh.name}. It is shown this once. Its events say <code>/sources/{fresh.name}</code> as
        their source, or what lies under it:
      </p>
      <code data-testid="fresh-key">{fresh.key}</code>
      <div className={styles.bar}>
        <button type="button" className={parts.button} onClick={() => void copy()}>
          {copied ? "Copied" : "Copy"}
        </button>
        <button type="button" className={parts.button} onClick={onDone}>
          I have it
        </button>
      </div>
    </section>
  );
}

interface Wanted {
  readonly name: string;
  readonly events_per_s: number | null;
  readonly expires_days: number | null;
}

function wantedOf(form: HTMLFormElement): Wanted {
  const data = new FormData(form);
  const number = (name: string) => Number(data.get(name)) || null;
  return {
    name: String(data.get("name") ?? "").trim(),
    events_per_s: number("events_per_s"),
    expires_days: number("expires_days"),
  };
}

function Make({ onMake }: { onMake: (wanted: Wanted) => void }) {
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    onMake(wantedOf(event.currentTarget));
  };
  return (
    <form className={styles.form} onSubmit={submit} aria-label="Make a key">
      <label>
        Source
        <input
          className={parts.field}
          name="name"
          required
          maxLength={40}
          pattern="[a-z0-9\-]+"
          title="lower-case letters, digits and -"
          placeholder="shop-eu"
          autoComplete="off"
        />
      </label>
      <label>
        Events a second
        <input className={parts.field} name="events_per_s" type="number" min={1} placeholder="the usual" />
      </label>
      <label>
        Ends after days
        <input className={parts.field} name="expires_days" type="number" min={1} placeholder="never" />
      </label>
      <button type="submit" className={parts.button} data-main="true">
        Make a key
      </button>
    </form>
  );
}

type Act = (by: string) => Promise<void>;

/** Who may publish, as which source, and how much. */
export function Keys() {
  useTitle("Keys");
  const actor = useActor();
  const [version, setVersion] = useState(0);
  const figures = useTopic(OPERATOR);
  const { value, error } = useGet("/api/v1/keys", keys, version);
  const [fresh, setFresh] = useState<FreshKey | null>(null);
  const [waiting, setWaiting] = useState<{ readonly act: Act } | null>(null);
  const [said, setSaid] = useState("");
  const run = async (act: Act, by: string) => {
    setWaiting(null);
    setSaid("");
    try {
      await act(by);
    } catch (cause) {
      setSaid(`Not done: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
    setVersion((before) => before + 1);
  };
  const ask = (act: Act) => (actor === null ? setWaiting({ act }) : void run(act, actor));
  const make = (wanted: Wanted) =>
    ask(async (by) => setFresh(await postJson("/api/v1/keys", { ...wanted, actor: by }, freshKey)));
  const revoke = (id: string) =>
    ask(async (by) => {
      await postJson(`/api/v1/keys/${encodeURIComponent(id)}/revoke`, { actor: by }, keys);
      setSaid(`${id} lets nobody in any more.`);
    });
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Freshness view={figures.view} />
      </Header>
      <main id="main" tabIndex={-1}>
        <OperatorSections />
        <h1 className={sections.h1}>Keys</h1>
        <p className={page.lead}>
          A key lets one source publish. As soon as there is one, nobody publishes over HTTP without a key or
          the publishing token, also on this machine.
        </p>
        <Make onMake={make} />
        {fresh !== null && <Fresh of={fresh} onDone={() => setFresh(null)} />}
        <p role="status" className={sections.said}>
          {said}
          {error !== null && <span className={page.problem}>{error.message}</span>}
        </p>
        {value !== null && value.items.length > 0 ? (
          <Table rows={value.items} onRevoke={revoke} />
        ) : (
          <p className={sections.none}>
            {value === null ? error === null && "Loading…" : "There is no key yet."}
          </p>
        )}
        {waiting !== null && (
          <WhoDialog onName={(name) => void run(waiting.act, name)} onClose={() => setWaiting(null)} />
        )}
      </main>
    </div>
  );
}
