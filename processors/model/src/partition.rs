//! Which partition a key belongs to, for ever.

use crate::limits::{ID_BYTES_MAX, SOURCE_BYTES_MAX};
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

/// A name in 64 bits: XXH3 of its bytes.
pub fn hash_of(name: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(name.as_bytes())
}

/// What identifies an event for ever, in 64 bits: XXH3 of its source and id. Two different events of one customer share it
/// with a probability of n^2 / 2^65; for a customer with a million events that is one in 36 million.
pub fn identity_hash(envelope: &Envelope) -> u64 {
    // In one piece: the hasher that takes pieces has a state of half a kilobyte to set up.
    let (source, id) = (envelope.source.as_str().as_bytes(), envelope.id.as_str().as_bytes());
    let mut piece = [0; SOURCE_BYTES_MAX + 1 + ID_BYTES_MAX];
    let end = source.len() + 1 + id.len();
    piece[..source.len()].copy_from_slice(source);
    piece[source.len() + 1..end].copy_from_slice(id);
    xxhash_rust::xxh3::xxh3_64(&piece[..end])
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_hash_is_the_one_the_stored_logs_were_written_with() {
        let placed: Vec<u32> =
            ["a", "customer-1", "9ef432eb6251297304e76186b10a928d", "é"].map(|key| super::of_key(key, 8)).into();
        insta::assert_compact_debug_snapshot!(placed, @"[7, 4, 1, 3]");
    }

    #[test]
    fn an_identity_is_the_hash_of_source_and_id_with_a_zero_between() {
        let json = format!(
            r#"{{"specversion":"1.0","id":"{}","source":"/{}","type":"page.viewed","subject":"c1","data":{{"page":"/"}}}}"#,
            "i".repeat(super::ID_BYTES_MAX),
            "s".repeat(super::SOURCE_BYTES_MAX - 1)
        );
        let envelope = crate::cloudevents::decode_structured(json.as_bytes(), crate::Timestamp::EPOCH).unwrap();
        let mut hasher = xxhash_rust::xxh3::Xxh3Default::new();
        hasher.update(envelope.source.as_str().as_bytes());
        hasher.update(&[0]);
        hasher.update(envelope.id.as_str().as_bytes());
        assert_eq!(super::identity_hash(&envelope), hasher.digest());
    }
}
