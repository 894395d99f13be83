import { useEffect, useState } from "react";
import type * as v from "valibot";
import { ApiError, getJson } from "./get";

export interface Fetched<T> {
  readonly value: T | null;
  readonly error: ApiError | null;
  /** A newer answer is on its way; `value` is that of before. */
  readonly loading: boolean;
}

/** Fetches `path` whenever it changes (null: nothing), keeping the last answer until the next is there. */
export function useGet<T>(path: string | null, shape: v.GenericSchema<unknown, T>): Fetched<T> {
  const [fetched, setFetched] = useState<Fetched<T>>({ value: null, error: null, loading: path !== null });
  useEffect(() => {
    if (path === null) {
      setFetched({ value: null, error: null, loading: false });
      return;
    }
    const abort = new AbortController();
    setFetched((before) => ({ ...before, loading: true }));
    getJson(path, shape, abort.signal).then(
      (value) => setFetched({ value, error: null, loading: false }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        const told = error instanceof ApiError ? error : new ApiError(0, "unexpected", String(error));
        setFetched((before) => ({ ...before, error: told, loading: false }));
      },
    );
    return () => abort.abort();
  }, [path, shape]);
  return fetched;
}
