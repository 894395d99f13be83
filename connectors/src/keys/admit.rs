//! Who may publish at this door, and as whom.

use super::known::Known;
use super::{Keys, Standing, parts};
use crate::http::answer;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use nexusflow_model::Envelope;
use nexusflow_model::limits::KEY_PREFIX;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

/// What decides about who publishes.
#[derive(Debug, Clone)]
pub struct Admitted {
    /// The keys.
    pub keys: Keys,
    /// Whether there is a token with which any source may be published: who comes without a key has shown it.
    pub has_token: bool,
}

/// Who publishes: with a key, or anybody who may.
#[derive(Clone)]
pub struct Publisher(Option<Arc<Known>>);

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Publisher").field(&self.0.as_ref().map(|known| &known.name)).finish()
    }
}

/// Lets a request through with its [`Publisher`], or not.
pub(crate) async fn admit(State(door): State<Admitted>, mut request: Request, next: Next) -> Response {
    match door.who(request.headers()) {
        Ok(publisher) => {
            request.extensions_mut().insert(publisher);
            next.run(request).await
        }
        Err(why) => answer::error(StatusCode::UNAUTHORIZED, "authorization", why, None),
    }
}

impl Admitted {
    fn who(&self, headers: &HeaderMap) -> Result<Publisher, &'static str> {
        const UNKNOWN: &str = "this key is not known: `nexusflow keys list` names those there are";
        let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let Some(shown) = given.and_then(|text| text.strip_prefix("Bearer ")).filter(|own| own.starts_with(KEY_PREFIX))
        else {
            // Behind a proxy on this machine everybody comes from here: as soon as there are keys, being here is not enough.
            return if self.has_token || !self.keys.are_in_use() {
                Ok(Publisher(None))
            } else {
                Err("there are keys: publish with one, as Authorization: Bearer nxf_... (`nexusflow keys create`)")
            };
        };
        let (id, secret) = parts(shown).ok_or(UNKNOWN)?;
        let known = self.keys.get(id).filter(|known| known.key.is_opened_by(secret)).ok_or(UNKNOWN)?;
        match known.key.standing(self.keys.now()) {
            Standing::Live => {}
            Standing::Expired => return Err("the time of this key is over: `nexusflow keys create` makes another"),
            Standing::Revoked => return Err("this key was revoked: `nexusflow keys create` makes another"),
        }
        self.keys.note_use(&known);
        Ok(Publisher(Some(known)))
    }
}

impl Publisher {
    /// The name of the source that the key lets in; none without a key.
    pub(crate) fn name(&self) -> Option<&Arc<str>> {
        self.0.as_ref().map(|known| &known.name)
    }

    /// Whether an event may be published so.
    pub(crate) fn may_say(&self, event: &Envelope) -> bool {
        self.0.as_ref().is_none_or(|known| super::may_say(&known.name, event.source.as_str()))
    }

    /// How long until `count` events may come, and how many a second may; none if they may now, or where there is no key.
    pub(crate) fn must_wait(&self, count: NonZeroU32) -> Option<(Duration, u32)> {
        let known = self.0.as_ref()?;
        let until = match known.limiter.check_n(count) {
            Ok(Ok(())) => return None,
            Ok(Err(until)) => until,
            // A batch larger than a second's quota can never pass whole: it is taken when the quota is untouched.
            Err(_) => known.limiter.check_n(known.events_per_s).ok()?.err()?,
        };
        Some((until.wait_time_from(DefaultClock::default().now()), known.events_per_s.get()))
    }
}
