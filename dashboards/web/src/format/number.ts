import { LOCALE } from "./money";

const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(LOCALE, { notation: "compact", maximumSignificantDigits: 3 });

function fixed(digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat(LOCALE, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const one = fixed(1);
const two = fixed(2);

/** `1,234`; from ten million on `12.3M`. */
export function count(value: number): string {
  return Math.abs(value) >= 1e7 ? short.format(value) : whole.format(value);
}

/** A share in basis points: 9264 is `92.6%`. */
export function share(bp: number): string {
  return `${one.format(bp / 100)}%`;
}

/** Thousandths: 4123 is `4.12`. */
export function milli(value: number): string {
  return two.format(value / 1000);
}

/** Thousandths on a scale of 100: 71500 is `71.5`. */
export function points(value: number): string {
  return one.format(value / 1000);
}

/** Tenths: 534 is `53.4`. */
export function tenths(value: number): string {
  return one.format(value / 10);
}

/** With a sign: `+1.2`, `−0.3`, `0.0`. A true minus, as wide as the plus. */
export function signed(text: string, value: number): string {
  const bare = text.replace(/^[-−]/, "");
  if (value === 0 || !/[1-9]/.test(bare)) return bare;
  return `${value > 0 ? "+" : "−"}${bare}`;
}
