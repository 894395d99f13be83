//! A value of which the latest word counts, whatever the order in which the words arrive.

use nexusflow_model::Timestamp;
use serde::{Deserialize, Serialize};

/// The latest value said, by (time it was said, a tie-break that does not depend on arrival).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Latest<T>(Option<Said<T>>);

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Said<T> {
    at: Timestamp,
    tie: u64,
    value: T,
}

impl<T> Default for Latest<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Latest<T> {
    /// Takes `value`, said at `at`, unless something later is known. `tie` decides between two of the same instant.
    pub fn say(&mut self, at: Timestamp, tie: u64, value: T) {
        if self.0.as_ref().is_none_or(|said| (at, tie) > (said.at, said.tie)) {
            self.0 = Some(Said { at, tie, value });
        }
    }

    /// Takes what another one has heard.
    pub fn hear(&mut self, other: &Self)
    where
        T: Clone,
    {
        if let Some(said) = &other.0 {
            self.say(said.at, said.tie, said.value.clone());
        }
    }

    /// The latest value.
    pub fn get(&self) -> Option<&T> {
        self.0.as_ref().map(|said| &said.value)
    }

    /// When it was said.
    pub fn at(&self) -> Option<Timestamp> {
        self.0.as_ref().map(|said| said.at)
    }
}
