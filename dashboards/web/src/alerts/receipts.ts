// Tells the server what a person has been shown, so that nobody is called who knows already.
import type { Receipt } from "../feed/protocol";
import { type AlertRow, alertId } from "./topics";

const PAUSE_MS = 400;
const MOST_AT_ONCE = 200;

export interface ReceiptsEnv {
  visible(): boolean;
  after(ms: number, run: () => void): unknown;
  /** False where it could not be told: it is told later. */
  send(alerts: readonly Receipt[]): boolean;
}

/** What makes a row worth another look. A group's row has no revision: it is another one when its members are. */
function versionOf(row: AlertRow): string {
  return row.members === null ? String(row.revision) : `${row.members} ${row.changed_at}`;
}

/** What is on the screen now, and which revisions have been told of: each once. */
export class Receipts {
  private readonly shown = new Map<string, AlertRow>();
  private readonly told = new Map<string, string>();
  private waiting = false;

  constructor(private readonly env: ReceiptsEnv) {}

  /** The row is on the screen until the answer is called. */
  show(row: AlertRow): () => void {
    const id = alertId(row);
    this.shown.set(id, row);
    this.schedule();
    return () => {
      if (this.shown.get(id) === row) this.shown.delete(id);
    };
  }

  /** The page is visible again, or the server is there again. */
  again = (): void => this.schedule();

  private schedule(): void {
    if (this.waiting) return;
    this.waiting = true;
    this.env.after(PAUSE_MS, () => {
      this.waiting = false;
      this.tell();
    });
  }

  private tell(): void {
    if (!this.env.visible()) return;
    const fresh = [...this.shown.values()].filter((row) => this.told.get(alertId(row)) !== versionOf(row));
    const batch = fresh.slice(0, MOST_AT_ONCE);
    if (batch.length === 0) return;
    const sent = this.env.send(batch.map((row) => [row.customer, row.alert, row.revision] as const));
    if (!sent) return;
    for (const row of batch) this.told.set(alertId(row), versionOf(row));
    if (fresh.length > batch.length) this.schedule();
  }
}
