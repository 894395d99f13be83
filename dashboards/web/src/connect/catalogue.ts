// What can be connected and published, as the server tells it: /api/v1/connectors, /api/v1/event-types, /api/openapi.json.
import * as v from "valibot";

const text = v.string();

export const connectors = v.array(
  v.object({
    kind: text,
    about: text,
    page: text,
    example: text,
    samples: v.array(
      v.object({ what: text, headers: v.record(text, text), body: text, becomes: v.array(text) }),
    ),
  }),
);
export type Connector = v.InferOutput<typeof connectors>[number];
export type Sample = Connector["samples"][number];

export const eventTypes = v.array(
  v.object({
    type: text,
    domain: text,
    about: v.nullish(text, ""),
    published: v.optional(v.boolean(), true),
  }),
);
export type EventType = v.InferOutput<typeof eventTypes>[number];

/** A JSON Schema, as far as it is shown. */
export interface Schema {
  readonly type?: string | readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly $ref?: string | undefined;
  readonly anyOf?: readonly Schema[] | undefined;
  readonly oneOf?: readonly Schema[] | undefined;
  readonly items?: Schema | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly $defs?: Readonly<Record<string, Schema>> | undefined;
  readonly const?: unknown;
  readonly enum?: readonly unknown[] | undefined;
  readonly format?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly maxLength?: number | undefined;
}

const anything = v.record(text, v.unknown());
export const schema = v.pipe(
  anything,
  v.transform((read) => read as Schema),
);
export const event = anything;

const operation = v.object({
  tags: v.array(text),
  summary: text,
  description: v.optional(text, ""),
  operationId: text,
  security: v.array(anything),
  parameters: v.optional(
    v.array(v.object({ name: text, in: text, required: v.optional(v.boolean(), false), description: text })),
    [],
  ),
  requestBody: v.optional(
    v.object({ description: v.optional(text, ""), content: v.record(text, v.object({ schema })) }),
  ),
  responses: v.record(text, v.object({ description: text })),
});
export type Operation = v.InferOutput<typeof operation>;

export const openapi = v.object({
  info: v.object({ title: text, version: text, description: text }),
  tags: v.array(v.object({ name: text, description: text })),
  paths: v.record(text, v.record(text, operation)),
  components: v.object({ schemas: v.record(text, schema) }),
});
export type OpenApi = v.InferOutput<typeof openapi>;
