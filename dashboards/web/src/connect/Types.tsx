import { useState } from "react";
import { Link } from "wouter";
import { useGet } from "../api/use-get";
import page from "../pages/page.module.css";
import { Code } from "./Code";
import { type EventType, event, eventTypes, schema } from "./catalogue";
import styles from "./connect.module.css";
import { curl } from "./curl";
import { FieldTable } from "./FieldTable";
import { Frame, Waiting } from "./Frame";
import { fieldsOf } from "./fields";

const CONNECT = ["/connect", "Connect"] as const;

function Domain({ name, types }: { name: string; types: readonly EventType[] }) {
  return (
    <section aria-label={name}>
      <h2 className={styles.h2}>{name}</h2>
      <ul className={styles.list}>
        {types.map(({ type, about }) => (
          <li key={type}>
            <Link href={`/connect/types/${type}`}>
              <b>{type}</b>
              <span>{about}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** All types that can be published, by domain. */
export function Types() {
  const { value, error } = useGet("/api/v1/event-types", eventTypes);
  const [sought, setSought] = useState("");
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const found = (value ?? []).filter(
    ({ type, about, published }) =>
      published && words.every((word) => `${type} ${about}`.toLowerCase().includes(word)),
  );
  const domains = [...new Set(found.map(({ domain }) => domain))];
  return (
    <Frame title="The vocabulary" up={[[...CONNECT]]}>
      <h1 className={page.h1}>The vocabulary</h1>
      <p className={page.lead}>
        Everything that can be published. A type has one meaning, whoever publishes it.
      </p>
      <input
        type="search"
        className={styles.search}
        value={sought}
        placeholder="order, payment, survey …"
        aria-label="Find a type"
        onChange={(change) => setSought(change.target.value)}
      />
      {value === null && <Waiting error={error} />}
      {value !== null && found.length === 0 && <p className={styles.p}>No type is called so.</p>}
      {domains.map((name) => (
        <Domain key={name} name={name} types={found.filter(({ domain }) => domain === name)} />
      ))}
    </Frame>
  );
}

function Example({ type }: { type: string }) {
  const { value, error } = useGet(`/api/v1/event-types/${encodeURIComponent(type)}/example`, event);
  if (value === null) return <Waiting error={error} />;
  return (
    <>
      <h2 className={styles.h2}>An example</h2>
      <Code text={JSON.stringify(value, null, 2)} label="the example" />
      <h2 className={styles.h2}>Publish it</h2>
      <Code text={curl(location.origin, value)} label="the request" />
      <Code text={`nexusflow send ${type} --url ${location.origin}`} label="the command" />
    </>
  );
}

/** One type: what it means, its fields, an example to copy. */
export function Type({ type }: { type: string }) {
  const { value, error } = useGet(`/api/v1/event-types/${encodeURIComponent(type)}`, schema);
  return (
    <Frame title={type} up={[[...CONNECT], ["/connect/types", "The vocabulary"]]}>
      <h1 className={styles.h1}>{type}</h1>
      {value === null ? (
        <Waiting error={error} />
      ) : (
        <>
          <p className={page.lead}>{value.description}</p>
          <h2 className={styles.h2}>Fields of its data</h2>
          <FieldTable fields={fieldsOf(value)} label={`Fields of ${type}`} />
          <p className={styles.p}>
            <a href={`/api/v1/event-types/${encodeURIComponent(type)}`}>The JSON Schema</a>
          </p>
          <Example type={type} />
        </>
      )}
    </Frame>
  );
}
