// Whether this browser may act, or look only.
import { useState } from "react";
import * as v from "valibot";
import { useGet } from "../api/use-get";

const session = v.object({ view: v.optional(v.boolean(), true), act: v.optional(v.boolean(), true) });

/** `mayAct` is true until the server says otherwise: it decides in the end. */
export function useRights(): { mayAct: boolean; again: () => void } {
  const [asked, setAsked] = useState(0);
  const { value } = useGet("/api/v1/session", session, asked);
  return { mayAct: value?.act ?? true, again: () => setAsked((before) => before + 1) };
}
