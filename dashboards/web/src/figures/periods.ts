export const PERIODS = ["today", "7d", "30d", "365d", "all"] as const;
export type Period = (typeof PERIODS)[number];

export function readPeriod(text: string | null): Period {
  return PERIODS.find((period) => period === text) ?? "today";
}

interface PeriodWords {
  readonly label: string;
  readonly long: string;
  /** What the prior value is compared with. */
  readonly before: string;
  readonly trend: string;
}

export const PERIOD_WORDS: Readonly<Record<Period, PeriodWords>> = {
  today: { label: "Today", long: "Today", before: "vs yesterday by now", trend: "by hour of the day" },
  "7d": { label: "7 d", long: "Last 7 days", before: "vs 7 days before", trend: "by day" },
  "30d": { label: "30 d", long: "Last 30 days", before: "vs 30 days before", trend: "by day" },
  "365d": { label: "1 y", long: "Last 365 days", before: "vs 365 days before", trend: "by week" },
  all: { label: "All", long: "All time", before: "vs before", trend: "by month" },
};
