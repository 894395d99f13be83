// Short sounds, made here: nothing to load. A browser lets a page sound only once somebody has used it.
import { useSyncExternalStore } from "react";

const MUTED = "nexusflow.alerts.muted";
const listeners = new Set<() => void>();
let context: AudioContext | null = null;
let muted = readMuted();

/** `blocked`: wanted, but the browser waits for somebody to press or touch something. */
export type Sound = "on" | "muted" | "blocked";

function readMuted(): boolean {
  try {
    return localStorage.getItem(MUTED) === "1";
  } catch {
    return false;
  }
}

function sound(): Sound {
  if (muted) return "muted";
  return context?.state === "running" ? "on" : "blocked";
}

function changed(): void {
  for (const listener of listeners) listener();
}

export function setMuted(next: boolean): void {
  muted = next;
  try {
    localStorage.setItem(MUTED, next ? "1" : "0");
  } catch {
    // Kept as long as the page is.
  }
  changed();
}

function unlock(): void {
  if (muted || context?.state === "running" || typeof AudioContext === "undefined") return;
  context ??= new AudioContext();
  context.onstatechange = changed;
  void context.resume().catch(() => undefined);
}

/**
 * From now on the first click, touch or key lets the page sound. When it is over, not when it begins: what is pressed was still what
 * the button said.
 */
export function unlockOnUse(): () => void {
  addEventListener("click", unlock);
  addEventListener("keyup", unlock);
  return () => {
    removeEventListener("click", unlock);
    removeEventListener("keyup", unlock);
  };
}

export function useSound(): Sound {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, sound);
}

export const canSound = (): boolean => sound() === "on";

/** When it begins and how high it is, in seconds and Hz. */
type Tone = readonly [at: number, pitch: number];
const URGENT: readonly Tone[] = [
  [0, 988],
  [0.14, 784],
  [0.28, 988],
  [0.42, 784],
];
const PLAIN: readonly Tone[] = [
  [0, 587],
  [0.16, 784],
];

/** Urgent for S1: four quick tones that fall; else two that rise. */
export function chime(urgent: boolean): void {
  const audio = context;
  if (audio === null || !canSound()) return;
  for (const [at, pitch] of urgent ? URGENT : PLAIN) {
    const begin = audio.currentTime + at;
    const oscillator = audio.createOscillator();
    const volume = audio.createGain();
    oscillator.type = urgent ? "triangle" : "sine";
    oscillator.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, begin);
    volume.gain.exponentialRampToValueAtTime(urgent ? 0.3 : 0.18, begin + 0.015);
    volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.13);
    oscillator.connect(volume).connect(audio.destination);
    oscillator.start(begin);
    oscillator.stop(begin + 0.14);
  }
}
