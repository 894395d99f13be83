import { createContext, useContext } from "react";
import type { Figure } from "../feed/topics";
import type { Period } from "./periods";

/** The wall's figures, read once and shared by all its panels. */
export interface WallFigures {
  readonly period: Period;
  readonly byKey: ReadonlyMap<string, Figure>;
  readonly kiosk: boolean;
  /** Opens the explanation of a figure. */
  readonly explain: (key: string) => void;
  readonly close: () => void;
}

export const WallFiguresContext = createContext<WallFigures | null>(null);

export function useWallFigures(): WallFigures {
  const figures = useContext(WallFiguresContext);
  if (figures === null) throw new Error("no WallFiguresContext above this component");
  return figures;
}

/** `revenue` and `revenue:USD`, the business's own currency first, then by size. */
export function currenciesOf(figures: ReadonlyMap<string, Figure>, key: string): readonly Figure[] {
  const main = figures.get(key);
  const others = [...figures.values()]
    .filter((figure) => figure.key.startsWith(`${key}:`))
    .sort((a, b) => (b.n ?? 0) - (a.n ?? 0));
  return main === undefined ? others : [main, ...others];
}
