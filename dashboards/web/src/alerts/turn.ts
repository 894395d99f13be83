// Of several tabs that hear the same news, one takes the turn to call it out.

/** Others may hear it this much later: a hidden page wakes once a second, or less. */
const HELD_MS = 20_000;
const TAKEN = "nexusflow.alerts.called";

/** Whether it is this tab's turn to call out the news named `name`. */
export async function takesTurn(name: string): Promise<boolean> {
  return "locks" in navigator ? byLock(navigator.locks, name) : byNote(name);
}

function byLock(locks: LockManager, name: string): Promise<boolean> {
  return new Promise((decided) => {
    void locks
      .request(`nexusflow.call.${name}`, { ifAvailable: true }, async (lock) => {
        decided(lock !== null);
        if (lock !== null) await new Promise((done) => setTimeout(done, HELD_MS));
      })
      .catch(() => decided(true));
  });
}

/** Without locks (a page that came without TLS): whoever writes first. Chance keeps two from writing at once. */
async function byNote(name: string): Promise<boolean> {
  await new Promise((done) => setTimeout(done, Math.random() * 150));
  try {
    const now = Date.now();
    const before = JSON.parse(localStorage.getItem(TAKEN) ?? "{}") as Record<string, unknown>;
    const recent = Object.entries(before).filter(([, at]) => typeof at === "number" && now - at < HELD_MS);
    if (recent.some(([key]) => key === name)) return false;
    localStorage.setItem(TAKEN, JSON.stringify({ ...Object.fromEntries(recent), [name]: now }));
    return true;
  } catch {
    return true;
  }
}
