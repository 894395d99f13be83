//! Keys for publishing: each lets one source in, says how much of it, and can be taken back.
//!
//! A key is `nxf_ID_SECRET`. The secret is 256 bits of chance, shown once; what is kept is its SHA-256. A slow hash, as passwords need
//! it, would protect nothing here: nobody can guess 256 bits, and each request would pay for it.

mod admit;
mod known;
mod manage;
mod serve;

pub(crate) use admit::admit;
pub use admit::{Admitted, Publisher};
pub use known::Keys;
pub use manage::{KeyError, NewKey, Shown};
pub use serve::line;

use nexusflow_model::Timestamp;
use nexusflow_model::limits::KEY_PREFIX;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;
use subtle::ConstantTimeEq;

/// A key as it is kept: nobody can publish with what stands here.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its public part.
    pub id: String,
    /// The name of the source that it lets in.
    pub name: String,
    /// The SHA-256 of its secret, in hexadecimal.
    hash: String,
    /// Events a second; none: as many as anybody.
    pub events_per_s: Option<NonZeroU32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it.
    pub created_by: String,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// Who took it back.
    pub revoked_by: Option<String>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key").field("id", &self.id).field("name", &self.name).finish_non_exhaustive()
    }
}

/// How a key stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It lets its source in.
    Live,
    /// Its time is over.
    Expired,
    /// It was taken back.
    Revoked,
}

impl Key {
    /// How it stands.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self {
            Self { revoked_at: Some(_), .. } => Standing::Revoked,
            Self { expires_at: Some(end), .. } if *end <= now => Standing::Expired,
            _ => Standing::Live,
        }
    }

    /// Whether `secret` is its secret, in a time that says nothing about how much of it is right.
    fn is_opened_by(&self, secret: &str) -> bool {
        hashed(secret).as_bytes().ct_eq(self.hash.as_bytes()).into()
    }
}

impl Standing {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

fn hashed(secret: &str) -> String {
    hex(digest(&SHA256, secret.as_bytes()).as_ref())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The id and the secret of what somebody shows.
fn parts(shown: &str) -> Option<(&str, &str)> {
    shown.strip_prefix(KEY_PREFIX)?.split_once('_')
}

/// Whether a source may speak of itself as `uri`: `/sources/NAME`, or what lies under it.
pub fn may_say(name: &str, uri: &str) -> bool {
    let below = uri.strip_prefix("/sources/").and_then(|rest| rest.strip_prefix(name));
    below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The same, for people.
pub fn what_it_may_say(name: &str) -> String {
    format!("must be \"/sources/{name}\" or begin with \"/sources/{name}/\": this key lets in no other source")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_is_its_own_and_what_lies_under_it() {
        for own in ["/sources/shop", "/sources/shop/", "/sources/shop/eu/1"] {
            assert!(may_say("shop", own), "{own}");
        }
        for foreign in
            ["/sources/shop-eu", "/sources/shoplifter/1", "/sources/", "/shop", "sources/shop", "", "/sources/SHOP"]
        {
            assert!(!may_say("shop", foreign), "{foreign}");
        }
    }

    #[test]
    fn only_the_secret_opens_and_nothing_kept_shows_it() {
        let (key, secret) = NewKey { name: "shop".into(), events_per_s: None, expires_at: None, by: "a test".into() }
            .make(Timestamp::EPOCH)
            .unwrap();
        let (id, own) = parts(secret.reveal()).unwrap();
        assert_eq!((id, own.len()), (key.id.as_str(), 64));
        assert!(key.is_opened_by(own));
        assert!(!key.is_opened_by(&own[1..]) && !key.is_opened_by("") && !key.is_opened_by(&key.hash));
        let kept = serde_json::to_string(&key).unwrap();
        assert!(!kept.contains(own), "{kept}");
        assert!(!format!("{key:?} {secret:?}").contains(own));
    }

    #[test]
    fn a_key_ends_when_it_is_said_to() {
        let at = |ms: i64| Timestamp::from_ms(ms).unwrap();
        let new = NewKey { name: "shop".into(), events_per_s: None, expires_at: Some(at(10)), by: "a test".into() };
        let (mut key, _) = new.make(at(0)).unwrap();
        assert_eq!((key.standing(at(9)), key.standing(at(10))), (Standing::Live, Standing::Expired));
        key.revoked_at = Some(at(5));
        assert_eq!(key.standing(at(6)), Standing::Revoked);
    }
}
