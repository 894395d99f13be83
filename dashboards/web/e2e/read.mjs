// Reads a number off the screen the way a person does, and says how exact what they read can be. Nothing here is
// shared with the app: what the app writes wrongly, this must not read rightly.

const SUFFIX = { K: 1e3, M: 1e6, B: 1e9, T: 1e12 };
const UNIT_MS = { d: 86_400_000, h: 3_600_000, min: 60_000, s: 1000, ms: 1 };

/** `{value, slack}`: the number read, and half of what its last written digit stands for; null for no number. */
export function readNumber(text) {
  const found = /([-−+])?\s*[^\d\s.,+−-]*\s*(\d[\d,]*)(?:\.(\d+))?\s*([KMBT])?/.exec(text);
  if (found === null) return null;
  const [, sign, whole, fraction = "", suffix] = found;
  const scale = suffix === undefined ? 1 : SUFFIX[suffix];
  const size = Number(`${whole.replaceAll(",", "")}.${fraction || "0"}`) * scale;
  // "1.2M" may be 1.20M cut of its nought: three significant digits are promised, so that is the exactness.
  const written = suffix === undefined ? fraction.length : Math.max(0, 3 - whole.replaceAll(",", "").length);
  const step = (suffix === undefined ? 10 ** -fraction.length : 10 ** -written) * scale;
  return { value: sign === "-" || sign === "−" ? -size : size, slack: step / 2 };
}

/** A duration, in ms: "1 h 25 min", "1.4 h". */
export function readDuration(text) {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(min|ms|d|h|s)\b/g)];
  if (parts.length === 0) return null;
  const value = parts.reduce((sum, [, many, unit]) => sum + Number(many) * UNIT_MS[unit], 0);
  const [, many, unit] = parts.at(-1);
  const step = UNIT_MS[unit] * (many.includes(".") ? 0.1 : 1);
  return { value: /^[-−]/.test(text) ? -value : value, slack: step };
}

/** How many minor units make one of the currency: the platform's own table. */
function minorDigits(currency) {
  return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
}

function symbolOf(currency) {
  const parts = new Intl.NumberFormat("en", { style: "currency", currency, currencyDisplay: "narrowSymbol" });
  return parts.formatToParts(0).find((part) => part.type === "currency").value;
}

/** What `value` is in the unit that is written on the screen. */
function scaled(value, { unit, key, currency }) {
  if (unit === "money") return value / 10 ** minorDigits(currency);
  if (unit === "bp") return value / 100;
  if (unit === "milli") return value / 1000;
  if (unit === "nps") return value / 10;
  return key === undefined ? value : value;
}

/** Null when `text` says `value`; else what is wrong, in words. */
export function disagrees(text, value, of) {
  if (value === null || value === undefined)
    return text === "–" ? null : `"${text}" is shown where nothing is known`;
  if (of.unit === "ms") {
    const read = readDuration(text);
    if (read === null) return `"${text}" is no duration`;
    return Math.abs(read.value - value) <= read.slack ? null : `"${text}" is shown for ${value} ms`;
  }
  const read = readNumber(text);
  if (read === null) return `"${text}" is no number`;
  const want = scaled(value, of);
  if (Math.abs(read.value - want) > read.slack * 1.0001) return `"${text}" is shown for ${want}`;
  if (of.unit === "money" && !text.includes(symbolOf(of.currency)))
    return `"${text}" is not in ${of.currency}`;
  if (of.unit === "bp" && !text.includes("%") && !text.includes("pts"))
    return `"${text}" does not say percent`;
  if (of.unit === "count" && Math.abs(value) < 1e7 && read.value !== value)
    return `"${text}" is not ${value}`;
  return null;
}

/** The same for a change: "12.4%", "1.2 pts", "×20"; the sign stands beside it, in `signs`. */
export function changeDisagrees(text, figure) {
  const { value, prior, unit, key } = figure;
  if (value === null || prior === null) return `"${text}" is shown as a change of nothing`;
  const by = Math.abs(value - prior);
  if (unit === "bp" || unit === "milli" || unit === "nps") return disagrees(text, by, { unit, key });
  const factor = /^×(.*)$/.exec(text);
  if (factor !== null) return disagrees(factor[1], Math.round(value / prior), { unit: "count" });
  const read = readNumber(text);
  const want = prior === 0 ? 0 : (by / Math.abs(prior)) * 100;
  return Math.abs(read.value - want) <= read.slack * 1.0001
    ? null
    : `"${text}" is shown for a change of ${want}%`;
}
