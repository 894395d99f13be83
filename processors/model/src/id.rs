//! Opaque identifiers.

use crate::limits::ID_BYTES_MAX;
use crate::text::short_text;

short_text! {
    /// An opaque identifier: 1 to 128 bytes, no control characters, no space at either end. It means something only to the
    /// system that made it and must not carry personal data: it is logged, shown in addresses and hashed to a partition.
    pub struct Id(max_bytes = ID_BYTES_MAX, what = "an id");
}
