//! Profiles as bytes: small, because most of a million profiles lie still at any moment, and quick, because any of them may be next.
//!
//! The format is positional, as postcard's: fields in order, no names. Beyond that it knows what profiles repeat: an instant, an
//! identity and an id stand in several facets, and are written out once. What was written out is numbered as it comes, each kind
//! for itself, up to [`REMEMBERED_MAX`]; what comes again is its number.
//!
//! - **Whole numbers**: below 248 one byte; below 2^48 the byte 247 + n and the n bytes that are needed, low byte first. Larger
//!   ones are identities as good as always: 255 and eight bytes, or 254 and the number of one that was there. Signed ones zigzag.
//! - **Instants**: below 250 the number of one that was there; else 249 + n and the difference from the one written out before, zigzag,
//!   in n bytes (6 are enough between 1900 and 2200).
//! - **Text**: below 192 the length, and the text; 192 and a whole number for longer ones; 193 and the number of one that was there.
//!   Only texts of 3 to 64 bytes are remembered.
//! - **The rest**: a byte for a bool, an absent or present option, the variant of an enum as a whole number; lists and maps begin
//!   with their length.
//!
//! The same value gives the same bytes, and they are part of the form in which a state is stored.

mod read;
#[cfg(test)]
mod tests;
mod write;

pub(crate) use read::{read, read_beginning};
pub(crate) use write::write;

/// How many of a kind are remembered.
const REMEMBERED_MAX: usize = 250;
/// Whole numbers below are one byte.
const SMALL: u64 = 248;
/// An identity that was there.
const KNOWN: u8 = 254;
/// An identity, written out.
const IDENTITY: u8 = 255;
/// Bytes of a whole number that is no identity, and of a difference between instants.
const WHOLE_BYTES_MAX: usize = 6;
/// Texts below that length are one byte and the text.
const SHORT_TEXT: u8 = 192;
const LONG_TEXT: u8 = 192;
const KNOWN_TEXT: u8 = 193;
/// Lengths of texts that are remembered.
const REMEMBERED_TEXT: std::ops::RangeInclusive<usize> = 3..=64;
/// The name under which instants announce themselves.
const INSTANT: &str = nexusflow_model::time::NAME;

/// Why bytes are no profile, or a value can't be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PackedError {
    #[error("the bytes end too early")]
    Ends,
    #[error("there are {0} bytes too many")]
    Surplus(usize),
    #[error("byte {0} is none that may stand there")]
    Byte(u8),
    #[error("a kind of value that profiles don't have: {0}")]
    Kind(&'static str),
    #[error("{0}")]
    Said(String),
}

impl serde::ser::Error for PackedError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Said(message.to_string())
    }
}

impl serde::de::Error for PackedError {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Said(message.to_string())
    }
}

/// Signed numbers as unsigned ones that are small where those are near zero.
pub const fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

/// What [`zigzag`] was made of.
pub const fn unzigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}
