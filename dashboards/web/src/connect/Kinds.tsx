import { Link } from "wouter";
import { useGet } from "../api/use-get";
import page from "../pages/page.module.css";
import { connectors } from "./catalogue";
import styles from "./connect.module.css";
import { Frame, Waiting } from "./Frame";
import { PLAIN } from "./plain";

function Lines({
  of,
}: {
  of: readonly { readonly href: string; readonly name: string; readonly about: string }[];
}) {
  return (
    <ul className={styles.list}>
      {of.map(({ href, name, about }) => (
        <li key={href}>
          <Link href={href}>
            <b>{name}</b>
            <span>{about}</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

const REFERENCE = [
  {
    href: "/connect/types",
    name: "The vocabulary",
    about: "All types of events: fields, examples, JSON Schemas",
  },
  { href: "/api/docs", name: "The API", about: "Every HTTP request, from the OpenAPI document" },
];

/** All ways to bring events in. */
export function Kinds() {
  const { value, error } = useGet("/api/v1/connectors", connectors);
  return (
    <Frame title="Connect">
      <h1 className={page.h1}>Connect your system in five minutes</h1>
      <p className={page.lead}>What your systems know, as events. Choose how they come.</p>
      <h2 className={styles.h2}>Without any settings</h2>
      <Lines
        of={PLAIN.map(({ kind, about }) => ({
          href: `/connect/${kind}`,
          name: kind === "http" ? "Plain HTTP" : "nexusflow send",
          about,
        }))}
      />
      <h2 className={styles.h2}>Systems that speak in their own way</h2>
      {value === null ? (
        <Waiting error={error} />
      ) : (
        <Lines of={value.map(({ kind, about }) => ({ href: `/connect/${kind}`, name: kind, about }))} />
      )}
      <h2 className={styles.h2}>To look things up</h2>
      <Lines of={REFERENCE} />
      <p className={styles.p}>
        For programs: <a href="/api/openapi.json">openapi.json</a>,{" "}
        <a href="/api/asyncapi.json">asyncapi.json</a> (NATS subjects and live topics),{" "}
        <a href="/api/v1/event-types">the JSON Schemas</a>.
      </p>
    </Frame>
  );
}
