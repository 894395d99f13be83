// A figure's value by its unit: one place, so that a tile, a dialog and a test cannot disagree.
import type { Unit } from "../feed/topics";
import { duration, durationShort } from "./duration";
import { DASH, moneyExact, moneyShort, moneyWhole } from "./money";
import { count, milli, points, share, signed, tenths } from "./number";

export interface Quantity {
  readonly key: string;
  readonly value: number | null;
  readonly unit: Unit;
  readonly currency?: string | null;
}

export type Detail = "wall" | "short" | "exact";

function milliFor(key: string, value: number): string {
  if (key === "health_mean") return points(value);
  return key === "sentiment" ? signed(milli(value), value) : milli(value);
}

function money(value: number, currency: string, detail: Detail): string {
  if (detail === "exact") return moneyExact(value, currency);
  return detail === "short" ? moneyShort(value, currency) : moneyWhole(value, currency);
}

/** The value as text; a dash where there is none. */
export function figureText(of: Quantity, detail: Detail = "wall"): string {
  const { key, value, unit } = of;
  if (value === null) return DASH;
  switch (unit) {
    case "money":
      return money(value, of.currency ?? "", detail);
    case "bp":
      return share(value);
    case "milli":
      return milliFor(key, value);
    case "nps":
      return signed(tenths(value), value);
    case "ms":
      return detail === "short" ? durationShort(value) : duration(value);
    case "count":
      return count(value);
  }
}

export interface Change {
  readonly text: string;
  readonly direction: -1 | 0 | 1;
}

/** Counts, money and durations change by percent; shares and scores by points, as percent of percent misleads. */
export function changeOf(of: Quantity, prior: number | null): Change | null {
  const { key, value, unit } = of;
  if (value === null || prior === null) return null;
  const by = value - prior;
  const directed = (text: string): Change => ({
    text,
    direction: /[1-9]/.test(text) ? (by > 0 ? 1 : -1) : 0,
  });
  switch (unit) {
    case "bp":
      return directed(`${signed(tenths(by / 10), by)} pts`);
    case "milli":
      return directed(signed(key === "health_mean" ? points(by) : milli(by), by));
    case "nps":
      return directed(signed(tenths(by), by));
    default:
      return relativeChange(value, prior, directed);
  }
}

function relativeChange(value: number, prior: number, directed: (text: string) => Change): Change | null {
  if (prior === 0) return value === 0 ? { text: "0%", direction: 0 } : null;
  const by = (value - prior) / Math.abs(prior);
  // Past a tenfold a percentage is noise.
  if (Math.abs(by) >= 10) return directed(`×${count(Math.round(value / prior))}`);
  const percent = by * 100;
  const digits = Math.abs(percent) >= 99.95 ? count(Math.round(percent)) : tenths(percent * 10);
  return directed(`${signed(digits, percent)}%`);
}
