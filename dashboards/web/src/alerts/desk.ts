// The commands that were given and what became of them, an alert each, whatever is on the screen meanwhile.
import { ask, type Command, type Decision, freshId, type Particulars, type Verb } from "./command";

export type Progress =
  | { readonly kind: "asking"; readonly command: Command }
  | { readonly kind: "decided"; readonly command: Command; readonly decision: Decision };

export class CommandDesk {
  private readonly progress = new Map<string, Progress>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly send: (command: Command) => Promise<Decision> = ask) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  of(key: string): Progress | null {
    return this.progress.get(key) ?? null;
  }

  /** Asks anew, with an id of its own. */
  give(key: string, verb: Verb, actor: string, particulars: Particulars, about: Command["about"]): void {
    const last = this.of(key);
    if (last?.kind === "asking") return;
    void this.run(key, { id: freshId(), verb, actor, particulars, about: afterOwn(last, about) });
  }

  /** Asks whether it was decided: the same command, with the same id. */
  askAgain(key: string): void {
    const last = this.of(key);
    if (last?.kind === "decided") void this.run(key, last.command);
  }

  /** Asks for the same on top of what changed meanwhile: another command. */
  tryWith(key: string, revision: number): void {
    const last = this.of(key);
    if (last?.kind !== "decided" || last.command.about.kind !== "alert") return;
    void this.run(key, { ...last.command, id: freshId(), about: { ...last.command.about, revision } });
  }

  dismiss(key: string): void {
    if (this.of(key)?.kind === "decided") this.set(key, null);
  }

  private async run(key: string, command: Command): Promise<void> {
    this.set(key, { kind: "asking", command });
    const decision = await this.send(command);
    this.set(key, { kind: "decided", command, decision });
  }

  private set(key: string, to: Progress | null): void {
    if (to === null) this.progress.delete(key);
    else this.progress.set(key, to);
    for (const listener of this.listeners) listener();
  }
}

/** Who heard that their command was accepted has seen what it made of the alert, though its row may not have come yet. */
function afterOwn(last: Progress | null, about: Command["about"]): Command["about"] {
  if (about.kind !== "alert" || last?.kind !== "decided" || last.decision.kind !== "accepted") return about;
  const own = last.command.about.kind === "alert" ? last.command.about.revision + 1 : 0;
  return { ...about, revision: Math.max(about.revision, own) };
}

export const desk = new CommandDesk();
