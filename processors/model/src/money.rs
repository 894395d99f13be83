//! Money: integer minor units with an ISO 4217 currency.

use crate::limits::MINOR_MAX;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

/// The active codes of ISO 4217 (List One) that have a minor unit of two digits.
const TWO_DIGITS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR \
IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK \
NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT \
TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW ZWG";
/// Those without a minor unit.
const NO_DIGITS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Those with three digits.
const THREE_DIGITS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// Why money was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// No such currency.
    #[error("a currency must be an active ISO 4217 code such as EUR, in capitals")]
    Currency,
    /// Not a decimal number.
    #[error("an amount must be a decimal number such as 1234.50")]
    Number,
    /// More digits than the currency has.
    #[error("{currency} has {digits} digits after the point, this amount has more")]
    Digits {
        /// The currency.
        currency: Currency,
        /// How many digits it has.
        digits: u32,
    },
    /// Too large to be true.
    #[error("an amount must be within {MINOR_MAX} minor units either way")]
    Range,
}

impl Currency {
    /// A currency from its code.
    ///
    /// # Errors
    /// Where the code isn't an active one of ISO 4217.
    pub fn new(code: &str) -> Result<Self, MoneyError> {
        let code: [u8; 3] = code.as_bytes().try_into().map_err(|_| MoneyError::Currency)?;
        let known = [TWO_DIGITS, NO_DIGITS, THREE_DIGITS];
        let is =
            |list: &str| code.iter().all(u8::is_ascii_uppercase) && list.as_bytes().chunks(4).any(|at| at[..3] == code);
        known.into_iter().any(is).then_some(Self(code)).ok_or(MoneyError::Currency)
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// How many digits its minor unit has: 2 for most, 0 for JPY, 3 for KWD.
    pub fn digits(self) -> u32 {
        if NO_DIGITS.contains(self.as_str()) {
            0
        } else if THREE_DIGITS.contains(self.as_str()) {
            3
        } else {
            2
        }
    }
}

impl fmt::Display for Money {
    /// As a decimal number with its currency: `12.50 EUR`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.digits();
        let (sign, minor, unit) =
            (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs(), 10_u64.pow(digits));
        match digits {
            0 => write!(f, "{sign}{minor} {}", self.currency),
            _ => {
                write!(f, "{sign}{}.{:0width$} {}", minor / unit, minor % unit, self.currency, width = digits as usize)
            }
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::new(code)
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = compact_str::CompactString::deserialize(deserializer)?;
        Self::new(&code).map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Currency {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217"})
    }
}

/// An amount of money: an integer of the currency's minor units (cents of EUR, yen of JPY, fils of KWD).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units, within ten trillion either way.
    #[serde(deserialize_with = "minor_within_limits")]
    #[schemars(range(min = -10_000_000_000_000_i64, max = 10_000_000_000_000_i64))]
    pub minor: i64,
    /// What they are units of.
    pub currency: Currency,
}

fn minor_within_limits<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let minor = i64::deserialize(deserializer)?;
    if minor.abs() <= MINOR_MAX { Ok(minor) } else { Err(serde::de::Error::custom(MoneyError::Range)) }
}

impl Money {
    /// An amount from minor units.
    ///
    /// # Errors
    /// Beyond [`MINOR_MAX`].
    pub fn from_minor(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor.unsigned_abs() <= MINOR_MAX.unsigned_abs() {
            Ok(Self { minor, currency })
        } else {
            Err(MoneyError::Range)
        }
    }

    /// An amount from a decimal number such as `-12.5`, exactly: digits beyond the minor unit are refused unless they are
    /// zeros, never rounded.
    ///
    /// # Errors
    /// Where it isn't a number, has too many digits or is out of range.
    pub fn from_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (negative, unsigned) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let digits_only = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.len() + fraction.len() == 0 || !digits_only(whole) || !digits_only(fraction) || whole.len() > 15 {
            return Err(MoneyError::Number);
        }
        let digits = currency.digits();
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > digits as usize {
            return Err(MoneyError::Digits { currency, digits });
        }
        let part =
            |part: &str| if part.is_empty() { Ok(0) } else { part.parse::<i64>().map_err(|_| MoneyError::Number) };
        let scale = 10_i64.pow(digits);
        let fraction_minor = part(fraction)? * 10_i64.pow(digits - fraction.len() as u32);
        let minor =
            part(whole)?.checked_mul(scale).and_then(|w| w.checked_add(fraction_minor)).ok_or(MoneyError::Range)?;
        Self::from_minor(if negative { -minor } else { minor }, currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn decimals_become_minor_units_exactly() {
        let minor = |text: &str, code: &str| Money::from_decimal(text, code.parse().unwrap()).map(|m| m.minor);
        assert_eq!(minor("107.78", "BRL"), Ok(10_778));
        assert_eq!(minor("199.0", "BRL"), Ok(19_900));
        assert_eq!(minor("-0.5", "EUR"), Ok(-50));
        assert_eq!(minor("1.250", "EUR"), Ok(125));
        assert_eq!(minor("7", "JPY"), Ok(7));
        assert_eq!(minor("1.2345", "KWD"), Err(MoneyError::Digits { currency: "KWD".parse().unwrap(), digits: 3 }));
        for bad in ["", "-", ".", "1e3", "1,5", "NaN", "0x1"] {
            assert_eq!(minor(bad, "EUR"), Err(MoneyError::Number), "{bad:?}");
        }
        assert_eq!(minor("9999999999999", "EUR"), Err(MoneyError::Range));
        assert_eq!("EURO".parse::<Currency>(), Err(MoneyError::Currency));
        assert_eq!("eur".parse::<Currency>(), Err(MoneyError::Currency));
    }

    proptest! {
        #[test]
        fn minor_units_written_as_decimals_come_back(minor in -MINOR_MAX..=MINOR_MAX) {
            let sign = if minor < 0 { "-" } else { "" };
            let text = format!("{sign}{}.{:02}", minor.abs() / 100, minor.abs() % 100);
            prop_assert_eq!(Money::from_decimal(&text, Currency::new("USD").unwrap()).unwrap().minor, minor);
        }
    }
}
