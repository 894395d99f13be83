import type { Band } from "../feed/topics";

interface BandWords {
  readonly label: string;
  readonly colour: string;
}

export const BANDS: Readonly<Record<Band, BandWords>> = {
  poor: { label: "Poor", colour: "var(--bad)" },
  watch: { label: "Watch", colour: "var(--watch-mark)" },
  good: { label: "Good", colour: "var(--good)" },
  great: { label: "Great", colour: "var(--great)" },
  unknown: { label: "Unknown", colour: "var(--column)" },
};

export function bandWords(band: string | null | undefined): BandWords {
  return band != null && band in BANDS ? BANDS[band as Band] : BANDS.unknown;
}
