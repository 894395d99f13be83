import { type Ref, useImperativeHandle, useRef, useState } from "react";
import { useActor } from "./actor";
import { Composer } from "./Composer";
import type { Command, Particulars, Verb } from "./command";
import { desk } from "./desk";
import styles from "./detail.module.css";
import { useProgress } from "./hooks";
import { ActToken, Outcome } from "./Outcome";
import parts from "./parts.module.css";
import { useRights } from "./rights";
import type { AlertState } from "./topics";
import { type Action, actionsFor } from "./verbs";
import { WhoDialog } from "./Who";

/** What a key does from outside. */
export interface ActionKeys {
  /** Whether the key is one of an action, and so was used. */
  press(key: string): boolean;
  /** Leaves what was begun; whether there was anything. */
  leave(): boolean;
}

interface Props {
  readonly of: string;
  readonly state: AlertState;
  readonly about: Command["about"];
  readonly people: readonly string[];
  readonly keys: Ref<ActionKeys>;
}

interface Begun {
  readonly verb: Verb;
  /** What was shown when it was begun: what changes meanwhile must not pass unseen. */
  readonly about: Command["about"];
}

interface Waiting {
  readonly verb: Verb;
  readonly about: Command["about"];
  readonly particulars: Particulars | "to me";
}

function ActionButtons({ actions, asking, onPress }: ActionButtonsProps) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would bring a frame and a legend nobody needs here
    <div className={styles.actions} role="group" aria-label="Actions">
      {actions.map((action, i) => (
        <button
          key={action.verb}
          type="button"
          className={parts.button}
          data-main={i === 0}
          data-verb={action.verb}
          disabled={asking}
          onClick={() => onPress(action)}
        >
          {action.label}
          {action.verb !== "assign" && <span className={parts.key}>{action.key}</span>}
        </button>
      ))}
    </div>
  );
}

interface ActionButtonsProps {
  readonly actions: readonly Action[];
  readonly asking: boolean;
  readonly onPress: (action: Action) => void;
}

/** What can be done with an alert or a group, and what became of it. */
export function Actions({ of, state, about, people, keys }: Props) {
  const actor = useActor();
  const progress = useProgress(of);
  const [begun, setBegun] = useState<Begun | null>(null);
  const [waiting, setWaiting] = useState<Waiting | null>(null);
  const room = useRef<HTMLDivElement>(null);
  const actions = actionsFor(state, about.kind === "group");
  const asking = progress?.kind === "asking";
  const { mayAct, again } = useRights();
  const may = (verb: Verb) => actions.some((action) => action.verb === verb);

  const give = (wanted: Waiting, name: string) => {
    const particulars = wanted.particulars === "to me" ? { assignee: name } : wanted.particulars;
    desk.give(of, wanted.verb, name, particulars, wanted.about);
    setBegun(null);
    setWaiting(null);
  };
  const want = (wanted: Waiting) => (actor === null ? setWaiting(wanted) : give(wanted, actor));
  const begin = (action: Action) => {
    desk.dismiss(of);
    if (action.atOnce) want({ verb: action.verb, about, particulars: {} });
    else setBegun({ verb: action.verb, about });
  };
  const leave = () => {
    const was = begun !== null;
    setBegun(null);
    if (was) room.current?.querySelector("button")?.focus();
    return was;
  };
  useImperativeHandle(keys, () => ({
    press(key) {
      const action = actions.find((each) => each.key === key);
      if (action === undefined || asking || !mayAct) return false;
      if (key === "m") want({ verb: "assign", about, particulars: "to me" });
      else begin(action);
      return true;
    },
    leave,
  }));
  return (
    <div ref={room} className={styles.doing}>
      {mayAct ? (
        <ActionButtons actions={actions} asking={asking} onPress={begin} />
      ) : (
        <div className={styles.outcome} data-outcome="denied">
          <p>This browser may look, but not act.</p>
          <ActToken onSignedIn={again} />
        </div>
      )}
      {progress !== null && begun === null && (
        <Outcome
          of={of}
          progress={progress}
          may={may}
          revision={about.kind === "alert" ? about.revision : 0}
        />
      )}
      {begun !== null && (
        <Composer
          key={begun.verb}
          verb={begun.verb}
          actor={actor}
          people={people}
          onGive={(particulars) => want({ ...begun, particulars })}
          onCancel={leave}
        />
      )}
      {waiting !== null && (
        <WhoDialog onName={(name) => give(waiting, name)} onClose={() => setWaiting(null)} />
      )}
    </div>
  );
}
