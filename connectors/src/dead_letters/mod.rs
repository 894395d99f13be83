//! What could not be understood is looked at again: after a source's settings, its mapping or NexusFlow itself were mended.

mod decode;
mod serve;

pub use decode::{Reading, read_again};
pub use serve::{line, whole};

use crate::intake::{AgainError, Intake, Origin};
use crate::source::Sources;
use nexusflow_log::{BucketError, DeadLetter, DeadLetterBox, Fate, KeptLetter, Mark};
use nexusflow_model::{Place, Reject, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// How long the log may take to store what is retried.
const STORE_WITHIN: Duration = Duration::from_secs(10);

/// What came of a decision about a dead letter.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is decided, as the mark says; now, or by somebody before.
    Decided {
        /// What holds.
        mark: Mark,
        /// Whether it was decided before.
        before: bool,
    },
    /// It is still not understood, and waits.
    StillBad(Reject),
    /// The log did not take it: trying again is safe.
    Unstored(String),
    /// There is none of that number.
    Unknown,
}

/// Where it is decided what becomes of dead letters.
#[derive(Clone, Debug)]
pub struct Desk(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    letters: DeadLetterBox,
    sources: Sources,
    intake: Intake,
    now: fn() -> Timestamp,
}

impl Desk {
    /// Over `letters`, which are read by the present settings of `sources` and stored with `intake`.
    pub fn new(letters: DeadLetterBox, sources: Sources, intake: Intake, now: fn() -> Timestamp) -> Self {
        Self(Arc::new(Inner { letters, sources, intake, now }))
    }

    /// The dead letters themselves.
    pub fn letters(&self) -> &DeadLetterBox {
        &self.0.letters
    }

    /// Reads one again by the present settings of its source and stores its events. Whoever does it twice harms nothing: the events
    /// have the same ids. What was dropped can be retried; what was retried is told and left alone.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn retry(&self, sequence: u64, by: &str) -> Result<Outcome, BucketError> {
        let Some(kept) = self.0.letters.get(sequence).await? else { return Ok(Outcome::Unknown) };
        if let Some(mark) = kept.mark.clone().filter(|mark| mark.fate == Fate::Retried) {
            return Ok(Outcome::Decided { mark, before: true });
        }
        let now = (self.0.now)();
        let events = match read_again(&self.0.sources, &kept.letter, now) {
            Reading { rejects, .. } if !rejects.is_empty() => {
                return Ok(rejects.into_iter().next().map_or(Outcome::Unknown, Outcome::StillBad));
            }
            Reading { events, .. } => events,
        };
        match self.0.intake.again(&origin(&kept, now), events, STORE_WITHIN).await {
            Ok(places) => self.decide(sequence, Fate::Retried, by, &places).await,
            Err(AgainError::Refused(reject)) => Ok(Outcome::StillBad(reject)),
            Err(AgainError::Unstored(why)) => Ok(Outcome::Unstored(why)),
        }
    }

    /// Says that one is not needed. It stays where it is, and no longer waits.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn drop(&self, sequence: u64, by: &str) -> Result<Outcome, BucketError> {
        match self.0.letters.get(sequence).await? {
            None => Ok(Outcome::Unknown),
            Some(KeptLetter { mark: Some(mark), .. }) => Ok(Outcome::Decided { mark, before: true }),
            Some(_) => self.decide(sequence, Fate::Dropped, by, &[]).await,
        }
    }

    async fn decide(&self, sequence: u64, fate: Fate, by: &str, places: &[Place]) -> Result<Outcome, BucketError> {
        let shown = |place: &Place| format!("{}:{}:{}", place.partition, place.sequence, place.index);
        let places = places.iter().map(shown).collect();
        let wanted = Mark { fate, by: by.to_owned(), at: (self.0.now)(), places };
        let mark = self.0.letters.mark(sequence, wanted.clone()).await?;
        let before = mark != wanted;
        Ok(Outcome::Decided { mark, before })
    }
}

/// Where the events of a dead letter come from. They are heard of now: a clock that was set back would say that the log is a recorded
/// one.
fn origin(kept: &KeptLetter, now: Timestamp) -> Origin {
    let DeadLetter { source, headers, .. } = &kept.letter;
    Origin { source: source.as_str().into(), kind: "retry", headers: headers.clone(), at: now }
}
