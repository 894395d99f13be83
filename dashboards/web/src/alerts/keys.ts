import { useEffect, useRef } from "react";

/** What the keys of the console do. Each answers whether it was used. */
export interface ConsoleKeys {
  readonly move: (by: 1 | -1) => boolean;
  readonly open: () => boolean;
  readonly expand: () => boolean;
  readonly search: () => boolean;
  readonly help: () => boolean;
  readonly leave: () => boolean;
  /** A key of an action, by its letter. */
  readonly act: (key: string) => boolean;
}

const WRITES = "input, textarea, select, [contenteditable]";

function isWriting(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(WRITES) !== null;
}

function isPressing(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("a, button, summary, label") !== null;
}

function use(keys: ConsoleKeys, event: KeyboardEvent): boolean {
  if (event.key === "Escape") return keys.leave();
  if (isWriting(event.target) || document.querySelector("dialog[open]") !== null) return false;
  switch (event.key) {
    case "j":
    case "ArrowDown":
      return keys.move(1);
    case "k":
    case "ArrowUp":
      return keys.move(-1);
    case "Enter":
      // On a link or a button it does what it does there.
      return isPressing(event.target) ? false : keys.open();
    case "g":
      return keys.expand();
    case "/":
      return keys.search();
    case "?":
      return keys.help();
    default:
      return event.key.length === 1 && keys.act(event.key);
  }
}

/** The console's keys, while it is on the screen. Never where somebody writes. */
export function useConsoleKeys(keys: ConsoleKeys): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (use(current.current, event)) event.preventDefault();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, []);
}
