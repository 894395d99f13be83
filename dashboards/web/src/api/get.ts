import * as v from "valibot";
import { meetUnauthorized } from "./session";

/** An answer that is not what was asked for. `status` 0: nobody answered at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "ApiError";
  }
}

export const errorBody = v.object({
  error: v.object({
    code: v.string(),
    message: v.optional(v.string(), ""),
    field: v.nullish(v.string(), null),
  }),
});

/** The body of a GET, in the shape asked for. Throws ApiError. */
export async function getJson<T>(
  path: string,
  shape: v.GenericSchema<unknown, T>,
  signal: AbortSignal,
): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { headers: { accept: "application/json" }, signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new ApiError(0, "unreachable", "The server can't be reached.");
  }
  const body: unknown = await answer.json().catch(() => null);
  if (answer.status === 401) meetUnauthorized();
  if (!answer.ok) {
    const told = v.safeParse(errorBody, body);
    if (told.success) throw new ApiError(answer.status, told.output.error.code, told.output.error.message);
    throw new ApiError(answer.status, "unexpected", `The server answered ${answer.status}.`);
  }
  const read = v.safeParse(shape, body);
  if (!read.success)
    throw new ApiError(answer.status, "malformed", "The server's answer was not understood.");
  return read.output;
}
