//! What every connector goes through, whichever it is: a kind that is added to the list is tested without a line here, but for how
//! the system signs where it is a webhook.
#![expect(clippy::unwrap_used, reason = "a test may panic and say why")]

mod decoding;
mod events;
mod fixture;
mod identity;
mod list;
mod mutation;
mod sign;
mod signatures;
