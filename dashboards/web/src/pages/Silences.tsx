import { useState } from "react";
import { useActor } from "../alerts/actor";
import parts from "../alerts/parts.module.css";
import { Sections } from "../alerts/Sections";
import { liftSilence } from "../alerts/silences";
import { SILENCES, type Silence } from "../alerts/topics";
import { WhoDialog } from "../alerts/Who";
import { useTopic, useZone } from "../feed/hooks";
import { DASH } from "../format/money";
import { moment } from "../format/time";
import { Freshness } from "../ui/Freshness";
import { Header } from "../ui/Header";
import { useTitle } from "../ui/title";
import operator from "./operator.module.css";
import page from "./page.module.css";
import styles from "./sections.module.css";

function Line({ silence, onLift }: { silence: Silence; onLift: () => void }) {
  const zone = useZone();
  return (
    <tr>
      <th scope="row">{silence.matches}</th>
      <td>{silence.until === null ? DASH : moment(silence.until, zone)}</td>
      <td>{silence.actor ?? "NexusFlow"}</td>
      <td className={styles.long}>{silence.reason ?? DASH}</td>
      <td>
        <button type="button" className={parts.button} onClick={onLift}>
          Lift
        </button>
      </td>
    </tr>
  );
}

function Table({ rows, onLift }: { rows: readonly Silence[]; onLift: (silence: string) => void }) {
  const zone = useZone();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={operator.scroll} tabIndex={0} aria-label="Silences">
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">Holds back what has</th>
            <th scope="col">Until ({zone.split("/").at(-1)?.replaceAll("_", " ")})</th>
            <th scope="col">By</th>
            <th scope="col">Why</th>
            <th scope="col">Lift it</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line key={row.silence} silence={row} onLift={() => onLift(row.silence)} />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What is held back for a while: recorded and shown, but nobody is called. */
export function Silences() {
  useTitle("Silences");
  const { rows, view } = useTopic(SILENCES);
  const actor = useActor();
  const [waiting, setWaiting] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const lift = async (silence: string, name: string) => {
    setWaiting(null);
    setSaid("Asking…");
    setSaid(await liftSilence(silence, name));
  };
  const loaded = view !== null && view.status !== "empty";
  return (
    <div className={page.page}>
      <Header>
        <span className={page.push} />
        <Freshness view={view} />
      </Header>
      <main id="main" tabIndex={-1}>
        <Sections />
        <h1 className={styles.h1}>Silences</h1>
        <p className={page.lead}>
          What they match is recorded and stands in the queue, but nobody is called. Make one from an alert.
        </p>
        <p role="status" className={styles.said}>
          {said}
        </p>
        {rows.length > 0 ? (
          <Table
            rows={rows}
            onLift={(silence) => (actor === null ? setWaiting(silence) : void lift(silence, actor))}
          />
        ) : (
          <p className={styles.none}>{loaded ? "Nothing is silenced." : (view?.error ?? "Loading…")}</p>
        )}
        {waiting !== null && (
          <WhoDialog onName={(name) => void lift(waiting, name)} onClose={() => setWaiting(null)} />
        )}
      </main>
    </div>
  );
}
