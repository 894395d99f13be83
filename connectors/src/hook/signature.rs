//! What signatures have in common: HMAC over raw bytes, compared in constant time, with one of the secrets that hold, within five
//! minutes.

use super::Unverified;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nexusflow_model::Timestamp;
use ring::hmac;

/// How far the time of a signature may be from ours, either way.
pub const TOLERANCE_MS: i64 = 5 * 60_000;

/// The hash of an HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hash {
    /// HMAC-SHA256.
    Sha256,
    /// HMAC-SHA1: for systems that know no better.
    Sha1,
    /// HMAC-SHA512.
    Sha512,
}

/// How the bytes of a signature are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Encoding {
    /// Hexadecimal, either case.
    Hex,
    /// Base64, standard alphabet.
    Base64,
}

impl Encoding {
    /// The bytes; none where they are not written so.
    pub fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Base64 => STANDARD.decode(text).ok(),
            Self::Hex => {
                let digits = text.as_bytes();
                let value = |digit: u8| char::from(digit).to_digit(16).map(|value| value as u8);
                (digits.len().is_multiple_of(2))
                    .then(|| digits.chunks(2).map(|pair| Some(value(pair[0])? << 4 | value(pair[1])?)).collect())
                    .flatten()
            }
        }
    }
}

/// Whether `signature` is that of `parts`, one after the other, under one of the keys.
pub fn is_of(hash: Hash, keys: &[impl AsRef<[u8]>], parts: &[&[u8]], signature: &[u8]) -> bool {
    let algorithm = match hash {
        Hash::Sha256 => hmac::HMAC_SHA256,
        Hash::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha512 => hmac::HMAC_SHA512,
    };
    let message = parts.concat();
    // ring compares in constant time.
    keys.iter().any(|key| hmac::verify(&hmac::Key::new(algorithm, key.as_ref()), &message, signature).is_ok())
}

/// Whether a time in seconds since 1970, as it stands in `header`, is about now.
///
/// # Errors
/// Where it is not, or is no time.
pub fn is_recent(seconds: &str, header: &str, now: Timestamp) -> Result<(), Unverified> {
    let at_ms = seconds.trim().parse().ok().and_then(|seconds: i64| seconds.checked_mul(1_000));
    is_recent_ms(at_ms.ok_or_else(|| Unverified::Unreadable(header.into()))?, now)
}

/// Whether a time in milliseconds since 1970 is about now.
///
/// # Errors
/// Where it is not.
pub fn is_recent_ms(at_ms: i64, now: Timestamp) -> Result<(), Unverified> {
    let apart_ms = now.as_ms().checked_sub(at_ms).and_then(i64::checked_abs).ok_or(Unverified::Time)?;
    if apart_ms <= TOLERANCE_MS { Ok(()) } else { Err(Unverified::Time) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hexadecimal_is_read_in_either_case_and_nothing_else_is() {
        assert_eq!(Encoding::Hex.decode("00fFa0"), Some(vec![0, 255, 160]));
        for bad in ["0", "0g", "0x12", "é0"] {
            assert_eq!(Encoding::Hex.decode(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_time_is_recent_for_five_minutes_either_way() {
        let now = Timestamp::from_ms(1_700_000_000_000).unwrap();
        assert_eq!(is_recent("1699999700", "t", now), Ok(()));
        assert_eq!(is_recent("1700000300", "t", now), Ok(()));
        assert_eq!(is_recent("1699999699", "t", now), Err(Unverified::Time));
        assert_eq!(is_recent("1700000301", "t", now), Err(Unverified::Time));
        for bad in ["", "soon", "9223372036854775807", "-9223372036854775808"] {
            assert!(is_recent(bad, "t", now).is_err(), "{bad}");
        }
    }
}
