//! Parts of a state as older versions have stored them, made into those of today: for a domain whose profiles have changed.

use crate::chunk::rewrite;
use crate::cut::{RestoreError, is_chunk, modern_head};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::borrow::Cow;

/// The same part with every profile as `renew` makes it of the `Old` one that is stored, and the head as it is written today.
///
/// # Errors
/// Where the part makes no sense.
pub fn renewed<Old: DeserializeOwned, New: Default + Serialize + DeserializeOwned>(
    part: u32,
    bytes: &[u8],
    renew: fn(Old) -> New,
) -> Result<Cow<'_, [u8]>, RestoreError> {
    let content = |cause: String| RestoreError::Content { part, cause };
    if is_chunk(part) {
        return rewrite(bytes, renew).map(Cow::Owned).map_err(content);
    }
    modern_head(part, bytes).map_err(content)
}
