// Which days are looked at: from the address, and reckoned from how far the log has come.

export const PERIODS = ["quarter", "before", "year", "all"] as const;
export type Period = (typeof PERIODS)[number];

export const PERIOD_WORDS: Readonly<Record<Period, string>> = {
  quarter: "This quarter",
  before: "Last quarter",
  year: "12 months",
  all: "All time",
};

export function readPeriod(text: string | null): Period {
  return PERIODS.find((period) => period === text) ?? "quarter";
}

export interface Days {
  readonly from: string;
  readonly to: string;
}

const iso = (year: number, month: number, day: number) =>
  new Date(Date.UTC(year, month, day)).toISOString().slice(0, 10);

/** The days of a period, `today` being a day of the business such as 2026-01-31. */
export function daysOf(period: Period, today: string): Days {
  const [year = 1970, month = 1, day = 1] = today.split("-").map(Number);
  const first = Math.floor((month - 1) / 3) * 3;
  switch (period) {
    case "quarter":
      return { from: iso(year, first, 1), to: today };
    case "before":
      return { from: iso(year, first - 3, 1), to: iso(year, first, 0) };
    case "year":
      return { from: iso(year, month - 1, day - 364), to: today };
    case "all":
      return { from: "1990-01-01", to: today };
  }
}

/** The day that an instant has in a time zone. */
export function dayIn(instant: number, zone: string): string {
  const parts = (timeZone: string) =>
    new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit" });
  try {
    return parts(zone).format(instant);
  } catch {
    return parts("UTC").format(instant);
  }
}
