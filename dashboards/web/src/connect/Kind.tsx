import { Link } from "wouter";
import { useGet } from "../api/use-get";
import { Code } from "./Code";
import { type Connector, connectors, type Sample } from "./catalogue";
import styles from "./connect.module.css";
import { Frame, Waiting } from "./Frame";
import { Markdown } from "./Markdown";
import { plainPage } from "./plain";

const UP = [["/connect", "Connect"]] as const satisfies readonly [string, string][];

/** A message as it is easier to read, where it is JSON. */
function readable(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function SampleOf({ sample }: { sample: Sample }) {
  const headers = Object.entries(sample.headers).map(([name, value]) => `${name}: ${value}`);
  return (
    <>
      <h3 className={styles.h3}>{sample.what}</h3>
      <Code text={[...headers, "", readable(sample.body)].join("\n").trim()} label={sample.what} />
      <p className={styles.p}>
        {sample.becomes.length === 0 ? "It becomes no event." : "It becomes "}
        {[...new Set(sample.becomes)].map((type, at) => (
          <span key={type}>
            {at > 0 && ", "}
            <Link href={`/connect/types/${type}`}>{type}</Link>
          </span>
        ))}
      </p>
    </>
  );
}

function Of({ connector }: { connector: Connector }) {
  return (
    <Frame title={connector.kind} up={UP}>
      <Markdown text={connector.page} />
      <h2 className={styles.h2}>The least settings, in nexusflow.toml</h2>
      <Code text={connector.example} label="settings" />
      {connector.samples.length > 0 && <h2 className={styles.h2}>What it sends, and what becomes of it</h2>}
      {connector.samples.map((sample) => (
        <SampleOf key={sample.what} sample={sample} />
      ))}
    </Frame>
  );
}

/** How one kind of source is connected. */
export function Kind({ kind }: { kind: string }) {
  const { value, error } = useGet("/api/v1/connectors", connectors);
  const plain = plainPage(kind, location.origin);
  if (plain !== null) {
    return (
      <Frame title={kind} up={UP}>
        <Markdown text={plain} />
      </Frame>
    );
  }
  const connector = value?.find((one) => one.kind === kind);
  if (connector !== undefined) return <Of connector={connector} />;
  return (
    <Frame title={kind} up={UP}>
      {value === null ? <Waiting error={error} /> : <p>There is no kind of source of that name.</p>}
    </Frame>
  );
}
