//! COM-03: the voice of the customer.

pub mod config;
pub mod models;
pub mod names;
pub mod newest;
pub mod satisfaction;
pub mod sentiment;
pub mod texts;
pub mod tone;
pub mod words;

use crate::{Fold, Profile};
use models::Models;
use newest::Newest;
use nexusflow_model::{Envelope, Event};
use serde::{Deserialize, Serialize};

/// What a partition knows of what customers write that is of no one customer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Heard {
    /// What texts are judged by.
    pub models: Models,
    /// The newest texts, and those that are hardest to judge.
    pub newest: Newest,
    /// Kinds, tiers and products that are counted apart.
    names: newest::Admitted,
}

/// A model was taught or put into force.
pub(crate) fn hear_of_model(context: &mut Fold<'_>, event: &Event) {
    let config = context.config;
    match event {
        Event::ModelLearned(it) => context.shared_mut().models.learn(&config.voice, it),
        Event::ModelApplied(it) => context.shared_mut().models.apply(it),
        _ => {}
    }
}

/// Listens to what a customer writes, and to what people say of it.
pub(crate) fn listen(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    if let Event::FeedbackLabelled(it) = &envelope.event {
        return texts::labelled(context, profile, envelope, it);
    }
    if let Some(words) = words::of_customer(&envelope.event) {
        texts::written(context, profile, envelope, &words);
    }
    texts::moved(context, profile);
}
