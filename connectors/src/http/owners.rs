//! What the door asks those who fold.

use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Id, Label, Place};
use std::future::Future;
use std::pin::Pin;

/// What was decided about a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// Whether what was asked for is so from now on.
    pub accepted: bool,
    /// The reason for programs.
    pub code: String,
    /// The reason for people.
    pub message: String,
    /// Where in the log it was decided. A command that was sent again was decided the first time.
    pub place: Place,
}

/// An answer that is on its way.
pub type Asked<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Those who fold the partitions, as the door sees them.
pub trait Owners: Send + Sync {
    /// What was decided about the command at `place`, of which `identity` is (source, id) as 64 bits; none where nobody answers
    /// in time.
    fn decided(&self, place: Place, identity: u64) -> Asked<'_, Option<Decided>>;

    /// Whether a subject has such an alert; none where nobody answers.
    fn knows_alert<'a>(&'a self, subject: &'a Id, alert: &'a AlertKey) -> Asked<'a, Option<bool>>;

    /// The open alerts of a group: whom each is about, its key and its revision.
    fn open_of_group(&self, group: &str) -> Vec<(Id, String, u32)>;

    /// What a silence matches; none where there is no such silence.
    fn silence(&self, silence: &Id) -> Option<Label>;
}
