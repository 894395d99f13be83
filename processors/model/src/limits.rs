//! Every limit of the vocabulary and of the log, in one place.

/// Longest id of an event, customer, order, ticket ... in bytes of UTF-8.
pub const ID_BYTES_MAX: usize = 128;
/// Longest CloudEvents `source`, in bytes.
pub const SOURCE_BYTES_MAX: usize = 256;
/// Longest short text (a name, stage, channel, category), in bytes.
pub const LABEL_BYTES_MAX: usize = 200;
/// Longest free text (a message, comment, review), in bytes.
pub const TEXT_BYTES_MAX: usize = 16 * 1024;
/// Largest event as JSON, in bytes. Beyond it an event is refused with the reason.
pub const EVENT_BYTES_MAX: usize = 256 * 1024;
/// Largest HTTP body, in bytes: a batch of events.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most events in one HTTP batch.
pub const BATCH_EVENTS_MAX: usize = 5_000;
/// Most events in one record of the log. A timeline fetches whole records for single events, so they stay small; past a hundred
/// events a larger record saves nothing that can be measured.
pub const RECORD_EVENTS_MAX: usize = 256;
/// Largest record of the log, in bytes; below NATS's default `max_payload` of 1 MiB with room for headers.
pub const RECORD_BYTES_MAX: usize = 512 * 1024;
/// Most lines of one order or quote.
pub const LINES_MAX: usize = 1_000;
/// Largest amount of money in minor units, either sign (a hundred billion euros): 900,000 of them still fit a 64-bit sum.
pub const MINOR_MAX: i64 = 10_000_000_000_000;
/// What a key for publishing begins with: so is told whether somebody shows a key or the one token for all.
pub const KEY_PREFIX: &str = "nxf_";
/// Most partitions of a log.
pub const PARTITIONS_MAX: u32 = 256;
