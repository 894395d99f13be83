//! What a fold asks to be done.

use nexusflow_model::{Envelope, Place};
use serde::{Deserialize, Serialize};

/// Names an effect for ever: the same however often its event is folded, by whomever, so that a repetition can be told. Effects of
/// one partition are ordered by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EffectId {
    /// Where the event stands that it follows from.
    pub place: Place,
    /// Which of the consequences of that event it is, from 0.
    pub ordinal: u32,
}

/// Something that follows from an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect<E> {
    /// Its name.
    pub id: EffectId,
    /// What is to be done or shown.
    pub body: E,
}

/// What leaves a fold and must leave it once.
#[derive(Debug, Clone, PartialEq)]
pub enum Emission<E> {
    /// For whoever carries effects out.
    Effect(Effect<E>),
    /// An event for the partition of another key. Its own id is made of the effect's, so that this partition's log counts it once.
    Derived(EffectId, Box<Envelope>),
}

impl<E> Emission<E> {
    /// Its name.
    pub fn id(&self) -> EffectId {
        match self {
            Self::Effect(effect) => effect.id,
            Self::Derived(id, _) => *id,
        }
    }
}

/// An entry of the output log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departed<E> {
    /// When the log was created that the effects follow from, in nanoseconds since the epoch: another log's places can't be compared.
    pub log_created_ns: i64,
    /// Everything of this partition up to here has left, derived events included.
    pub through: EffectId,
    /// The effects of this entry, in order.
    pub effects: Vec<Effect<E>>,
}
