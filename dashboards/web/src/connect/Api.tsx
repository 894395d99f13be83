import { useGet } from "../api/use-get";
import page from "../pages/page.module.css";
import { type OpenApi, type Operation, openapi, type Schema } from "./catalogue";
import styles from "./connect.module.css";
import { FieldTable } from "./FieldTable";
import { Frame, Waiting } from "./Frame";
import { type Field, fieldsOf, kindOf } from "./fields";
import { Markdown } from "./Markdown";

type Definitions = Readonly<Record<string, Schema>>;

function parameters(of: Operation): Field[] {
  return of.parameters.map(({ name, in: place, required, description }) => ({
    path: name,
    required,
    kind: `in the ${place}`,
    about: description,
  }));
}

function Body({ of, forms }: { of: NonNullable<Operation["requestBody"]>; forms: Definitions }) {
  return (
    <>
      <h3 className={styles.h3}>Body</h3>
      {of.description !== "" && <Markdown text={of.description} />}
      {Object.entries(of.content).map(([type, { schema }]) => {
        const form =
          schema.$ref === undefined ? schema : (forms[schema.$ref.split("/").at(-1) ?? ""] ?? schema);
        // What an event's data holds is told by its type.
        const fields = fieldsOf(form, forms, "", 1);
        return (
          <div key={type}>
            <p className={styles.p}>
              <code>{type}</code>
              {fields.length === 0 && `: ${kindOf(form, forms)}`}
            </p>
            {fields.length > 0 && <FieldTable fields={fields} label={`Fields of ${type}`} />}
          </div>
        );
      })}
    </>
  );
}

function Answers({ of }: { of: Operation }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label="Answers">
      <table className={styles.table}>
        <tbody>
          {Object.entries(of.responses).map(([status, { description }]) => (
            <tr key={status}>
              <th scope="row">
                <code>{status}</code>
              </th>
              <td>{description}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Described({
  method,
  path,
  of,
  forms,
}: {
  method: string;
  path: string;
  of: Operation;
  forms: Definitions;
}) {
  const asked = parameters(of);
  return (
    <details className={styles.operation}>
      <summary>
        <b className={styles.method}>{method}</b>
        <code>{path}</code>
        <span>{of.summary}</span>
      </summary>
      <div className={styles.inside}>
        {of.description !== "" && <Markdown text={of.description} />}
        <p className={page.quiet}>
          {of.security.length === 0 ? "Needs no token." : "Needs a token, where tokens are set."}
        </p>
        {asked.length > 0 && <FieldTable fields={asked} label={`Parameters of ${of.summary}`} />}
        {of.requestBody !== undefined && <Body of={of.requestBody} forms={forms} />}
        <h3 className={styles.h3}>Answers</h3>
        <Answers of={of} />
      </div>
    </details>
  );
}

function Tag({ tag, document }: { tag: OpenApi["tags"][number]; document: OpenApi }) {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, of]) => ({ method, path, of })),
  );
  return (
    <section aria-label={tag.name}>
      <h2 className={styles.h2}>{tag.description}</h2>
      {all
        .filter(({ of }) => of.tags.includes(tag.name))
        .map(({ method, path, of }) => (
          <Described
            key={of.operationId}
            method={method}
            path={path}
            of={of}
            forms={document.components.schemas}
          />
        ))}
    </section>
  );
}

/** Every HTTP request, from the OpenAPI document. */
export function Api() {
  const { value, error } = useGet("/api/openapi.json", openapi);
  return (
    <Frame title="The API" up={[["/connect", "Connect"]]}>
      <h1 className={page.h1}>The API</h1>
      <p className={page.lead}>
        Every HTTP request. For programs: <a href="/api/openapi.json">openapi.json</a>, and{" "}
        <a href="/api/asyncapi.json">asyncapi.json</a> for NATS subjects and live topics.
      </p>
      {value === null ? (
        <Waiting error={error} />
      ) : (
        <>
          <Markdown text={value.info.description} />
          {value.tags.map((tag) => (
            <Tag key={tag.name} tag={tag} document={value} />
          ))}
        </>
      )}
    </Frame>
  );
}
