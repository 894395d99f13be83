/** What a chart is given to draw in: CSS pixels, and the size of the text around it. */
export interface Size {
  readonly width: number;
  readonly height: number;
  readonly em: number;
}

/** Coordinates to a tenth of a pixel: finer is invisible and makes every snapshot twice as long. */
export function px(value: number): number {
  return Math.round(value * 10) / 10;
}

/** A d3 path with its numbers rounded by `px`. */
export function shorten(path: string | null): string {
  return (path ?? "").replace(/-?\d+\.\d+(e-?\d+)?/g, (number) => String(px(Number(number))));
}
