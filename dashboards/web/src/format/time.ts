import { LOCALE } from "./money";

const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: "always", style: "short" });

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600_000],
  ["month", 2_629_800_000],
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
];

function inWords(many: number, unit: Intl.RelativeTimeFormatUnit): string {
  return relative.format(Math.trunc(many), unit).replace(".", "");
}

/** `3 days ago`, `5 min ago`, as people say it. */
export function ago(iso: string, now: number): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return "";
  const delta = at - now;
  for (const [unit, ms] of STEPS) {
    if (Math.abs(delta) >= ms) return inWords(delta / ms, unit);
  }
  return Math.abs(delta) < 10_000 ? "now" : inWords(delta / 1000, "second");
}

const formats = new Map<string, Intl.DateTimeFormat>();

function inZone(options: Intl.DateTimeFormatOptions, timeZone: string | undefined): Intl.DateTimeFormat {
  const key = JSON.stringify(options) + (timeZone ?? "");
  const known = formats.get(key);
  if (known !== undefined) return known;
  const make = (zone: string | undefined) =>
    new Intl.DateTimeFormat("en-GB", zone === undefined ? options : { ...options, timeZone: zone });
  let made: Intl.DateTimeFormat;
  try {
    made = make(timeZone);
  } catch {
    // A zone this browser has never heard of: UTC is at least a time everybody can name.
    made = make("UTC");
  }
  formats.set(key, made);
  return made;
}

function render(iso: string, options: Intl.DateTimeFormatOptions, timeZone: string | undefined): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? "" : inZone(options, timeZone).format(at);
}

const DAY = { day: "numeric", month: "short", year: "numeric" } as const;
const CLOCK = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;

/** `14:02:31` */
export function clock(iso: string, timeZone?: string): string {
  return render(iso, { ...CLOCK, second: "2-digit" }, timeZone);
}

/** `14:02` */
export function hourMinute(iso: string, timeZone?: string): string {
  return render(iso, CLOCK, timeZone);
}

/** `Tue 3 Mar 2026` */
export function dayOf(iso: string, timeZone?: string): string {
  return render(iso, { ...DAY, weekday: "short" }, timeZone).replace(",", "");
}

/** `3 Mar 2026, 14:02` */
export function moment(iso: string, timeZone?: string): string {
  return render(iso, { ...DAY, ...CLOCK }, timeZone);
}
