// Whether this browser may see anything. Outside React: the feed and every request tell it what they met.

/** `needed`: sign in first. `refused`: no token would help, and why. */
export type Access = { kind: "open" } | { kind: "needed" } | { kind: "refused"; why: string };

const listeners = new Set<() => void>();
let access: Access = { kind: "open" };

function set(next: Access): void {
  if (access.kind === next.kind) return;
  access = next;
  for (const listener of listeners) listener();
}

export function subscribeAccess(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function getAccess(): Access {
  return access;
}

export function meetUnauthorized(): void {
  set({ kind: "needed" });
}

/** Asks the API whether it would have us; called when the socket never became a session. */
export async function probeAccess(): Promise<void> {
  try {
    const answer = await fetch("/api/v1/views", { headers: { accept: "application/json" } });
    if (answer.ok) set({ kind: "open" });
    if (answer.status === 401) set({ kind: "needed" });
    if (answer.status === 403) set({ kind: "refused", why: await whyRefused(answer) });
  } catch {
    // Nobody there: the feed says so itself.
  }
}

async function whyRefused(answer: Response): Promise<string> {
  const body = (await answer.json().catch(() => null)) as { error?: { message?: unknown } } | null;
  const message = body?.error?.message;
  return typeof message === "string" ? message : "no reason given";
}

/** Exchanges a token for a cookie; null when it worked, else what to tell the person. */
export async function signIn(token: string): Promise<string | null> {
  let answer: Response;
  try {
    answer = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
  } catch {
    return "The server can't be reached. Try again in a moment.";
  }
  if (answer.ok) {
    set({ kind: "open" });
    return null;
  }
  if (answer.status === 401 || answer.status === 403) return "This token is not known here.";
  return `The server answered ${answer.status}. Try again in a moment.`;
}
