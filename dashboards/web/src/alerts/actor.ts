// Who acts here. Asked once, kept by this browser, sent with every command.
import { useSyncExternalStore } from "react";

const KEY = "nexusflow.actor";
const LONGEST = 80;
const listeners = new Set<() => void>();

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

let actor = read();

function subscribe(listener: () => void): () => void {
  const elsewhere = (event: StorageEvent) => {
    if (event.key !== KEY) return;
    actor = event.newValue;
    listener();
  };
  listeners.add(listener);
  addEventListener("storage", elsewhere);
  return () => {
    listeners.delete(listener);
    removeEventListener("storage", elsewhere);
  };
}

export function setActor(name: string): void {
  const trimmed = name.trim().slice(0, LONGEST);
  actor = trimmed === "" ? null : trimmed;
  try {
    if (actor === null) localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, actor);
  } catch {
    // Kept as long as the page is.
  }
  for (const listener of listeners) listener();
}

export function useActor(): string | null {
  return useSyncExternalStore(subscribe, () => actor);
}
