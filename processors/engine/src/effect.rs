//! What a fold asks to be done.

use nexusflow_model::Place;
use serde::{Deserialize, Serialize};

/// Something that follows from an event. Its id, (place, ordinal), is the same however often the event is folded, so that
/// whoever carries it out can tell a repetition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect<E> {
    /// Where the event stands that it follows from.
    pub place: Place,
    /// Which of the effects of that event it is, from 0.
    pub ordinal: u16,
    /// What is to be done.
    pub body: E,
}
