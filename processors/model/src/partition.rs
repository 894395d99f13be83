//! Which partition a key belongs to, for ever.

use crate::{Envelope, Id};

/// The partition of `key` among `partitions`: XXH3 (64 bits, seed 0) of its bytes, modulo. Part of the log's format: changing
/// it would orphan every stored event.
pub fn of_key(key: &str, partitions: u32) -> u32 {
    (xxhash_rust::xxh3::xxh3_64(key.as_bytes()) % u64::from(partitions.max(1))) as u32
}

/// The partition of a customer.
pub fn of(key: &Id, partitions: u32) -> u32 {
    of_key(key.as_str(), partitions)
}

/// What identifies an event for ever, in 64 bits: XXH3 of its source and id. Two different events of one customer share it
/// with a probability of n^2 / 2^65; for a customer with a million events that is one in 36 million.
pub fn identity_hash(envelope: &Envelope) -> u64 {
    let mut hasher = xxhash_rust::xxh3::Xxh3Default::new();
    hasher.update(envelope.source.as_str().as_bytes());
    hasher.update(&[0]);
    hasher.update(envelope.id.as_str().as_bytes());
    hasher.digest()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_the_one_the_stored_logs_were_written_with() {
        let placed: Vec<u32> =
            ["a", "customer-1", "9ef432eb6251297304e76186b10a928d", "é"].map(|key| super::of_key(key, 8)).into();
        insta::assert_compact_debug_snapshot!(placed, @"[7, 4, 1, 3]");
    }
}
