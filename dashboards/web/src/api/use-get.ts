import { useEffect, useState } from "react";
import type * as v from "valibot";
import { ApiError, getJson } from "./get";

export interface Fetched<T> {
  readonly value: T | null;
  readonly error: ApiError | null;
  /** A newer answer is on its way; `value` is that of before. */
  readonly loading: boolean;
}

interface Answer<T> {
  readonly path: string | null;
  readonly value: T | null;
  readonly error: ApiError | null;
}

/** Fetches `path` whenever it or `version` changes, keeping the last answer until the next is there. */
export function useGet<T>(
  path: string,
  shape: v.GenericSchema<unknown, T>,
  version: string | number = 0,
): Fetched<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ path: null, value: null, error: null });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version is another answer of the same path
  useEffect(() => {
    const abort = new AbortController();
    getJson(path, shape, abort.signal).then(
      (value) => setAnswer({ path, value, error: null }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const told = error instanceof ApiError ? error : new ApiError(0, "unexpected", String(error));
        setAnswer((before) => ({ path, value: before.value, error: told }));
      },
    );
    return () => abort.abort();
  }, [path, shape, version]);
  return { value: answer.value, error: answer.error, loading: answer.path !== path };
}
