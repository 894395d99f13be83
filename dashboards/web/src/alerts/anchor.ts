// What stays where it is while the list changes around it. Pure: pixels in, pixels out.

export interface Seen {
  readonly top: number;
  readonly height: number;
}

interface Item {
  readonly id: string;
}

const BEYOND = 6;

/** The first and the one after the last that are drawn: what is seen, and a few around it. */
export function spanOf(seen: Seen, rowHeight: number, length: number): [number, number] {
  const from = Math.max(0, Math.floor(seen.top / rowHeight) - BEYOND);
  const to = Math.min(length, Math.ceil((seen.top + seen.height) / rowHeight) + BEYOND);
  return [Math.min(from, length), to];
}

/** Whether more than half of the row at `at` is seen. */
export function isSeen(seen: Seen, rowHeight: number, at: number): boolean {
  const middle = (at + 0.5) * rowHeight;
  return middle > seen.top && middle < seen.top + seen.height;
}

/**
 * What is being read: the chosen one if it is seen, else the first that is seen. Nobody reads a list that stands at
 * its top, untouched: there the newest may push the others down.
 */
export function anchorFor(
  items: readonly Item[],
  seen: Seen,
  rowHeight: number,
  chosen: string | null,
  touched: boolean,
): string | null {
  const at = items.findIndex((item) => item.id === chosen);
  const isSeen = at >= 0 && (at + 1) * rowHeight > seen.top && at * rowHeight < seen.top + seen.height;
  if (isSeen) return chosen;
  if (seen.top <= 0 && !touched) return null;
  return items[Math.min(items.length - 1, Math.floor(seen.top / rowHeight))]?.id ?? null;
}

/** By how many rows the list has to be scrolled so that `anchor` stays where it is; 0 where it is gone. */
export function shiftFor(before: readonly Item[], after: readonly Item[], anchor: string): number {
  const was = before.findIndex((item) => item.id === anchor);
  const is = after.findIndex((item) => item.id === anchor);
  return was < 0 || is < 0 ? 0 : is - was;
}
