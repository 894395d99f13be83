import * as v from "valibot";
import { ApiError, errorBody } from "./get";
import { meetUnauthorized } from "./session";

/** Asks for something to be done; the answer in the shape asked for. Throws ApiError. */
export async function postJson<T>(
  path: string,
  body: unknown,
  shape: v.GenericSchema<unknown, T>,
): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(body),
    });
  } catch {
    throw new ApiError(0, "unreachable", "The server can't be reached: it is not known whether it was done.");
  }
  const told: unknown = await answer.json().catch(() => null);
  if (answer.status === 401) meetUnauthorized();
  if (!answer.ok) {
    const error = v.safeParse(errorBody, told);
    if (!error.success)
      throw new ApiError(answer.status, "unexpected", `The server answered ${answer.status}.`);
    const { code, field, message } = error.output.error;
    const where = field === null || field === "." ? "" : `${field} `;
    throw new ApiError(answer.status, code, `${where}${message}`);
  }
  const read = v.safeParse(shape, told);
  if (!read.success)
    throw new ApiError(answer.status, "malformed", "The server's answer was not understood.");
  return read.output;
}
