// Money arrives as an integer of minor units; how many of them make one is the currency's own business.

export const LOCALE = "en";

/** What a figure says where there is nothing to compute it from. */
export const DASH = "–";

const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${currency}|${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known !== undefined) return known;
  // Intl refuses what is not three letters; such a currency is shown by its code, with two digits.
  const valid = /^[A-Za-z]{3}$/.test(currency);
  const made = valid
    ? new Intl.NumberFormat(LOCALE, {
        style: "currency",
        currency,
        currencyDisplay: "narrowSymbol",
        ...options,
      })
    : new Intl.NumberFormat(LOCALE, { minimumFractionDigits: 2, maximumFractionDigits: 2, ...options });
  formats.set(key, made);
  return made;
}

/** Minor units to one of the currency: 2 digits for EUR, 0 for JPY, 3 for BHD. */
export function currencyDigits(currency: string): number {
  return format(currency, {}).resolvedOptions().maximumFractionDigits ?? 2;
}

function major(minor: number, currency: string): number {
  return minor / 10 ** currencyDigits(currency);
}

/** To the last minor unit: `€1,234.50`. */
export function moneyExact(minor: number, currency: string): string {
  return format(currency, {}).format(major(minor, currency));
}

/** Whole units, for figures read from afar: `€1,235`. From a billion on shortened: `€1.23B`. */
export function moneyWhole(minor: number, currency: string): string {
  const value = major(minor, currency);
  if (Math.abs(value) >= 1e9) return moneyShort(minor, currency);
  return format(currency, { minimumFractionDigits: 0, maximumFractionDigits: 0 }).format(value);
}

/** Three significant digits: `€1.23M`. */
export function moneyShort(minor: number, currency: string): string {
  return format(currency, {
    notation: "compact",
    minimumFractionDigits: 0,
    maximumFractionDigits: 2,
    maximumSignificantDigits: 3,
  }).format(major(minor, currency));
}
