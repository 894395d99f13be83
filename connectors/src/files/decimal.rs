//! Exact decimal numbers, as they stand in files: added and multiplied without rounding.

use nexusflow_model::{Currency, Money};
use std::cmp::Ordering;

/// Most digits before or after the point that are read.
const DIGITS_MAX: usize = 15;

/// `mantissa / 10^scale`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Decimal {
    mantissa: i128,
    scale: u32,
}

const RANGE: &str = "is too large";

impl Decimal {
    pub(super) const ZERO: Self = Self { mantissa: 0, scale: 0 };
    pub(super) const ONE: Self = Self { mantissa: 1, scale: 0 };

    pub(super) const fn whole(number: i64) -> Self {
        Self { mantissa: number as i128, scale: 0 }
    }

    /// Reads `text`; with `comma` the fraction stands behind a comma. The other mark may group thousands, and only that.
    pub(super) fn parse(text: &str, comma: bool) -> Result<Self, &'static str> {
        const NUMBER: &str = "must be a decimal number such as 1234.50";
        let (mark, thousands) = if comma { (',', '.') } else { ('.', ',') };
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        let (whole, fraction) = unsigned.split_once(mark).unwrap_or((unsigned, ""));
        let mut groups = whole.split(thousands);
        let first = groups.next().unwrap_or_default();
        let mut digits = String::from(first);
        for group in groups {
            if group.len() != 3 || first.is_empty() || first.len() > 3 {
                return Err(NUMBER);
            }
            digits.push_str(group);
        }
        let fraction = fraction.trim_end_matches('0');
        if digits.len() > DIGITS_MAX || fraction.len() > DIGITS_MAX {
            return Err("has more digits than can be held");
        }
        if unsigned.starts_with(mark) && unsigned.len() == 1 || digits.is_empty() && fraction.is_empty() {
            return Err(NUMBER);
        }
        digits.push_str(fraction);
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(NUMBER);
        }
        let mantissa: i128 = if digits.is_empty() { 0 } else { digits.parse().map_err(|_| NUMBER)? };
        let mantissa = if text.starts_with('-') { -mantissa } else { mantissa };
        Ok(Self { mantissa, scale: fraction.len() as u32 })
    }

    pub(super) fn times(self, other: Self) -> Result<Self, &'static str> {
        let mantissa = self.mantissa.checked_mul(other.mantissa).ok_or(RANGE)?;
        Ok(Self { mantissa, scale: self.scale + other.scale })
    }

    pub(super) fn plus(self, other: Self) -> Result<Self, &'static str> {
        let scale = self.scale.max(other.scale);
        let mantissa = self.at(scale)?.checked_add(other.at(scale)?).ok_or(RANGE)?;
        Ok(Self { mantissa, scale })
    }

    pub(super) const fn negated(self) -> Self {
        Self { mantissa: -self.mantissa, scale: self.scale }
    }

    /// The mantissa at a scale that is at least its own.
    fn at(self, scale: u32) -> Result<i128, &'static str> {
        10_i128.checked_pow(scale - self.scale).and_then(|ten| self.mantissa.checked_mul(ten)).ok_or(RANGE)
    }

    /// Units of `10^-digits`: exactly, or with `round` to the nearest one, halves away from zero.
    fn units(self, digits: u32, round: bool) -> Result<i64, &'static str> {
        let units = if self.scale <= digits {
            self.at(digits)?
        } else {
            let ten = 10_i128.checked_pow(self.scale - digits).ok_or(RANGE)?;
            let (quotient, rest) = (self.mantissa / ten, self.mantissa % ten);
            match rest {
                0 => quotient,
                _ if !round => {
                    return Err("has more digits after the point than it may: say `round = true` to allow it");
                }
                _ if rest.abs() * 2 >= ten => quotient + rest.signum(),
                _ => quotient,
            }
        };
        i64::try_from(units).map_err(|_| RANGE)
    }

    /// A whole number.
    pub(super) fn integer(self, round: bool) -> Result<i64, &'static str> {
        self.units(0, round)
    }

    /// An amount of money.
    pub(super) fn money(self, currency: Currency, round: bool) -> Result<Money, String> {
        let minor = self.units(currency.digits(), round)?;
        Money::from_minor(minor, currency).map_err(|error| error.to_string())
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at(scale), other.at(scale)) {
            (Ok(own), Ok(others)) => own.cmp(&others),
            // One is so large that it can't be aligned: the one with fewer digits after the point.
            (Err(_), _) => self.mantissa.signum().cmp(&0),
            (_, Err(_)) => 0.cmp(&other.mantissa.signum()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> Result<Decimal, &'static str> {
        Decimal::parse(text, false)
    }

    #[test]
    fn numbers_are_read_as_files_write_them() {
        let pounds = Currency::new("GBP").unwrap();
        let minor = |text: &str, comma: bool| {
            Decimal::parse(text, comma).map_err(str::to_owned).and_then(|it| it.money(pounds, false)).map(|it| it.minor)
        };
        assert_eq!(minor("199.0", false), Ok(19_900));
        assert_eq!(minor("-11062.06", false), Ok(-1_106_206));
        assert_eq!(minor("1,234.5", false), Ok(123_450));
        assert_eq!(minor("1.234,5", true), Ok(123_450));
        assert_eq!(minor(".5", false), Ok(50));
        assert_eq!(minor("2.500", false), Ok(250));
        for bad in ["", "-", ".", "1e3", "1,5", "12,34.5", "0x1", "NaN", "--1", "1.2.3", "1234,567", "9999999999999999"]
        {
            assert!(minor(bad, false).is_err(), "{bad:?}");
        }
        assert!(minor("0.001", false).is_err());
    }

    #[test]
    fn rounding_is_asked_for_and_goes_away_from_zero() {
        let pounds = Currency::new("GBP").unwrap();
        let rounded = |text| number(text).unwrap().money(pounds, true).unwrap().minor;
        assert_eq!([rounded("0.001"), rounded("0.005"), rounded("-0.005"), rounded("1.0149")], [0, 1, -1, 101]);
        assert_eq!(number("17850.0").unwrap().integer(false), Ok(17_850));
        assert!(number("17850.5").unwrap().integer(false).is_err());
    }

    proptest! {
        #[test]
        fn sums_and_products_are_those_of_whole_cents(a in -1_000_000_i64..1_000_000, b in -1_000_000_i64..1_000_000) {
            let text = |n: i64| format!("{}{}.{:02}", if n < 0 { "-" } else { "" }, n.abs() / 100, n.abs() % 100);
            let (x, y) = (number(&text(a)).unwrap(), number(&text(b)).unwrap());
            prop_assert_eq!(x.plus(y).unwrap(), number(&text(a + b)).unwrap());
            prop_assert_eq!(x.times(y).unwrap(), Decimal { mantissa: i128::from(a) * i128::from(b), scale: 4 });
            prop_assert_eq!(x.cmp(&y), a.cmp(&b));
        }
    }
}
