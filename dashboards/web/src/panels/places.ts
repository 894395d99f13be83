import type { Period } from "../figures/periods";

/** What to write under place `i` of a trend of `length`: enough to find one's way, not a label under each. */
export function placeLabel(period: Period, i: number, length: number): string {
  const back = length - 1 - i;
  switch (period) {
    case "today":
      return i % 6 === 0 ? `${String(i).padStart(2, "0")}:00` : "";
    case "7d":
      return back === 0 ? "today" : `−${back} d`;
    case "30d":
      return back === 0 ? "today" : back % 7 === 0 ? `−${back} d` : "";
    case "365d":
      return back === 0 ? "this week" : back % 13 === 0 ? `−${back} w` : "";
    case "all": {
      const every = Math.max(1, Math.ceil(length / 6));
      return back === 0 ? "now" : back % every === 0 ? `−${back} mo` : "";
    }
  }
}
