import type { Schema } from "./catalogue";

export interface Field {
  /** As an error names it: `lines[].quantity`. */
  readonly path: string;
  readonly required: boolean;
  readonly kind: string;
  readonly about: string;
}

type Definitions = Readonly<Record<string, Schema>>;

function resolve(of: Schema, definitions: Definitions): { schema: Schema; name: string | null } {
  const meant = of.anyOf?.find((one) => one.type !== "null") ?? of;
  const name = meant.$ref?.split("/").at(-1) ?? null;
  return { schema: name === null ? meant : (definitions[name] ?? meant), name };
}

function words(schema: Schema): string | null {
  const listed = schema.enum ?? schema.oneOf?.map((one) => one.const);
  return listed === undefined || listed.includes(undefined) ? null : listed.map(String).join(" | ");
}

/** What may stand in it, in a few words. */
export function kindOf(of: Schema, definitions: Definitions): string {
  const { schema, name } = resolve(of, definitions);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  const own = words(schema);
  if (own !== null) return own;
  if (name === "Money") return 'money, such as {"minor": 1250, "currency": "EUR"}';
  if (name === "Currency") return "currency, such as EUR";
  if (schema.format === "date-time") return "time, RFC 3339";
  const types = typeof schema.type === "string" ? [schema.type] : (schema.type ?? []);
  const type = types.find((one) => one !== "null") ?? "anything";
  if (type === "array")
    return schema.items === undefined ? "list" : `list of ${kindOf(schema.items, definitions)}`;
  if (type === "object" && name !== null) return name.toLowerCase();
  if (type === "integer" && schema.minimum !== undefined && schema.maximum !== undefined) {
    return `integer, ${schema.minimum.toLocaleString("en")} to ${schema.maximum.toLocaleString("en")}`;
  }
  if (type === "string") {
    const kind = name === "Id" ? "id" : "text";
    return schema.maxLength === undefined
      ? kind
      : `${kind}, at most ${schema.maxLength.toLocaleString("en")} bytes`;
  }
  return type;
}

/** The fields of an object, what is inside of it under it. */
export function fieldsOf(
  schema: Schema,
  definitions: Definitions = schema.$defs ?? {},
  before = "",
  deep = 3,
): Field[] {
  const required = new Set(schema.required ?? []);
  const fields = Object.entries(schema.properties ?? {}).sort(
    ([a], [b]) => Number(required.has(b)) - Number(required.has(a)),
  );
  return fields.flatMap(([name, of]) => {
    const path = `${before}${name}`;
    const own = resolve(of, definitions);
    const isList = own.schema.items !== undefined;
    const inner = isList ? resolve(own.schema.items ?? {}, definitions).schema : own.schema;
    const about = of.description ?? own.schema.description ?? "";
    const field = { path, required: required.has(name), kind: kindOf(of, definitions), about };
    // Money is everywhere, and always the same.
    const within =
      deep > 0 && own.name !== "Money"
        ? fieldsOf(inner, definitions, `${path}${isList ? "[]" : ""}.`, deep - 1)
        : [];
    return [field, ...within];
  });
}
