// The live protocol `nexusflow.live.v1`, as docs/api.md has it. Unknown fields are allowed: a newer server may
// send more than this page knows of.
import * as v from "valibot";

export const SUBPROTOCOL = "nexusflow.live.v1";

/** A topic's parameters, as they go into `sub` and into the query of `GET /api/v1/views/{topic}`. */
export type Params = Readonly<Record<string, string>>;

export interface Since {
  readonly epoch: string;
  readonly seq: number;
}

/** Customer, alert, revision: this has been shown to a person. */
export type Receipt = readonly [customer: string, alert: string, revision: number];

export type ClientFrame =
  | { type: "hello"; v: 1; client: "web"; build: string }
  | { type: "sub"; id: string; topic: string; params?: Params; rate_ms?: number; since?: Since }
  | { type: "unsub"; id: string }
  | { type: "ping"; t: number }
  | { type: "got"; id: string; alerts: readonly Receipt[] };

const seq = v.pipe(v.number(), v.integer(), v.minValue(0));
const cells = v.array(v.unknown());
const text = v.string();

const welcome = v.object({
  type: v.literal("welcome"),
  v: v.literal(1),
  server: v.optional(text, ""),
  build: v.optional(text, ""),
  session: v.optional(text, ""),
  heartbeat_ms: v.pipe(v.number(), v.minValue(100)),
  // Whose figures these are, and its IANA time zone; unknown until a worker has told the server.
  business: v.nullish(text),
  time_zone: v.nullish(text),
});

const snap = v.object({
  type: v.literal("snap"),
  id: text,
  epoch: text,
  seq,
  as_of: v.nullish(text),
  key: v.array(text),
  cols: v.array(text),
  rows: v.array(cells),
  last: v.boolean(),
});

const delta = v.object({
  type: v.literal("delta"),
  id: text,
  epoch: text,
  prev: seq,
  seq,
  as_of: v.nullish(text),
  up: v.optional(v.array(cells), []),
  rm: v.optional(v.array(cells), []),
});

const event = v.object({
  type: v.literal("event"),
  id: text,
  epoch: text,
  seq,
  items: v.array(v.record(text, v.unknown())),
});

const standing = v.object({
  seq,
  as_of: v.nullish(text),
  lag_ms: v.nullish(v.number()),
  stale: v.optional(v.boolean(), false),
  why: v.nullish(text),
});

const hb = v.object({
  type: v.literal("hb"),
  ts: v.nullish(v.union([text, v.number()])),
  business: v.nullish(text),
  time_zone: v.nullish(text),
  topics: v.optional(v.record(text, standing), {}),
});

const resync = v.object({ type: v.literal("resync"), id: text, reason: v.optional(text, "") });

const err = v.object({
  type: v.literal("err"),
  id: v.nullish(text),
  code: text,
  msg: v.optional(text, ""),
  retry: v.optional(v.boolean(), false),
});

const bye = v.object({
  type: v.literal("bye"),
  code: v.optional(v.union([text, v.number()]), ""),
  retry_ms: v.optional(v.pipe(v.number(), v.minValue(0))),
});

const pong = v.object({ type: v.literal("pong"), t: v.optional(v.number()) });

const serverFrame = v.variant("type", [welcome, snap, delta, event, hb, resync, err, bye, pong]);

export type ServerFrame = v.InferOutput<typeof serverFrame>;
export type Welcome = v.InferOutput<typeof welcome>;
export type Snap = v.InferOutput<typeof snap>;
export type Delta = v.InferOutput<typeof delta>;
export type EventFrame = v.InferOutput<typeof event>;
export type Standing = v.InferOutput<typeof standing>;
export type ErrFrame = v.InferOutput<typeof err>;

/** The frame in `raw`, or null where it is not one: what can't be understood must not take the page down. */
export function readFrame(raw: unknown): ServerFrame | null {
  if (typeof raw !== "string") return null;
  let json: unknown;
  try {
    json = JSON.parse(raw);
  } catch {
    return null;
  }
  const parsed = v.safeParse(serverFrame, json);
  return parsed.success ? parsed.output : null;
}
