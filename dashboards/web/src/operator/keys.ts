// Keys with which other systems publish.
import * as v from "valibot";

const line = v.object({
  id: v.string(),
  name: v.string(),
  state: v.string(),
  events_per_s: v.nullish(v.number(), null),
  created_at: v.string(),
  created_by: v.string(),
  expires_at: v.nullish(v.string(), null),
  revoked_at: v.nullish(v.string(), null),
  revoked_by: v.nullish(v.string(), null),
  used_at: v.nullish(v.string(), null),
});
export type Key = v.InferOutput<typeof line>;

export const keys = v.object({ items: v.array(line) });

/** With the key itself: the server shows it this once. */
export const freshKey = v.object({ ...line.entries, key: v.string() });
export type FreshKey = v.InferOutput<typeof freshKey>;
