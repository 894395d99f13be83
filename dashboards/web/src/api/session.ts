// Whether this browser may see anything. Outside React: the feed and every request tell it what they met.

export type Access = "open" | "needed";

const listeners = new Set<() => void>();
let access: Access = "open";

function set(next: Access): void {
  if (access === next) return;
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
  set("needed");
}

/** Asks the API whether it would have us; called when the socket never became a session. */
export async function probeAccess(): Promise<void> {
  try {
    const answer = await fetch("/api/v1/views", { headers: { accept: "application/json" } });
    if (answer.status === 401) set("needed");
  } catch {
    // Nobody there: the feed says so itself.
  }
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
    set("open");
    return null;
  }
  if (answer.status === 401 || answer.status === 403) return "This token is not known here.";
  return `The server answered ${answer.status}. Try again in a moment.`;
}
