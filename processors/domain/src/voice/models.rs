//! The models by which a partition judges: those that ship or were put into force, and what people have taught them since.
//!
//! A correction becomes a lesson: by how much which weights change. Every partition hears of it (`model.learned`) and adds it, so
//! that all come to the same model in whatever order they hear: sums do not depend on it. A trained model comes in parts
//! (`model.applied`); it is in force from the place of its last part on.

use crate::voice::config::Voice;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use nexusflow_learn::{sentiment, themes};
use nexusflow_model::event::learning::{ModelApplied, ModelKind, ModelLearned, WeightChange};
use nexusflow_model::{Id, Label};
use serde::{Deserialize, Serialize};

/// Parts a model may come in at the most: several megabytes.
const PARTS_MAX: i64 = 64;
/// Weights that one lesson may change at the most.
pub const LESSON_MAX: usize = 4_000;
/// So much of a text is learned from, in bytes.
const LEARNED_BYTES_MAX: usize = 600;

/// The models of a partition.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Models {
    sentiment: Option<Box<Taught<sentiment::Model>>>,
    themes: Option<Box<Taught<themes::Model>>>,
    /// What came so far of models that are being put into force.
    coming: Vec<Coming>,
    trouble: Option<String>,
}

/// A model that is not the one that ships.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Taught<M> {
    /// What it was before it was taught.
    version: Label,
    /// Lessons since then.
    lessons: u32,
    model: M,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Coming {
    application: Id,
    model: ModelKind,
    parts: Vec<Option<Vec<u8>>>,
}

/// Which model is in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct InForce {
    /// What it was before people taught it.
    pub version: String,
    /// Lessons since then.
    pub lessons: u32,
}

impl Models {
    /// The model of sentiment that is in force.
    pub fn sentiment(&self) -> &sentiment::Model {
        self.sentiment.as_ref().map_or_else(|| sentiment::Model::shipped(), |own| &own.model)
    }

    /// The model of themes that is in force.
    pub fn themes<'a>(&'a self, voice: &'a Voice) -> &'a themes::Model {
        self.taught_themes(voice).map_or_else(|| voice.seeds(), |own| &own.model)
    }

    /// What was taught of other seed words than those that are configured now says nothing of these.
    fn taught_themes(&self, voice: &Voice) -> Option<&Taught<themes::Model>> {
        let own = self.themes.as_deref()?;
        let is_of_seeds = own.version.as_str().starts_with("seeds-");
        (!is_of_seeds || own.version.as_str() == voice.seeds_version()).then_some(own)
    }

    /// Which model of that kind is in force.
    pub fn in_force(&self, kind: ModelKind, voice: &Voice) -> InForce {
        let of = |version: &str, lessons| InForce { version: version.to_owned(), lessons };
        match kind {
            ModelKind::Sentiment => self
                .sentiment
                .as_ref()
                .map_or_else(|| of(sentiment::Model::shipped().name(), 0), |own| of(own.version.as_str(), own.lessons)),
            ModelKind::Themes => self
                .taught_themes(voice)
                .map_or_else(|| of(voice.seeds_version(), 0), |own| of(own.version.as_str(), own.lessons)),
        }
    }

    /// What there is to be learned from a person who says how a text is meant.
    pub(crate) fn sentiment_lesson(&self, voice: &Voice, text: &str, class: sentiment::Class) -> Option<ModelLearned> {
        let changes = self.sentiment().lesson(beginning(text), class);
        self.lesson(ModelKind::Sentiment, voice, changes)
    }

    /// What there is to be learned from a person who says what a text is about; nothing of a theme that the model does not know.
    pub(crate) fn theme_lesson(&self, voice: &Voice, text: &str, theme: &Label) -> Option<ModelLearned> {
        let model = self.themes(voice);
        let at = model.themes().iter().position(|own| own == theme.as_str())?;
        self.lesson(ModelKind::Themes, voice, model.lesson(beginning(text), at as u16))
    }

    fn lesson(&self, model: ModelKind, voice: &Voice, changes: Vec<(u32, i32)>) -> Option<ModelLearned> {
        let version = Label::new(&self.in_force(model, voice).version).ok()?;
        let changes: Vec<WeightChange> =
            changes.into_iter().take(LESSON_MAX).map(|(weight, by)| WeightChange { weight, by }).collect();
        (!changes.is_empty()).then_some(ModelLearned { model, version, changes })
    }

    /// A lesson is heard: it counts for the model it was learned for.
    pub(crate) fn learn(&mut self, voice: &Voice, it: &ModelLearned) {
        if self.in_force(it.model, voice).version != it.version.as_str() {
            return;
        }
        let changes = it.changes.iter().map(|change| (change.weight, change.by));
        match it.model {
            ModelKind::Sentiment => {
                let shipped = || Taught::fresh(it.version.clone(), sentiment::Model::shipped().clone());
                let own = self.sentiment.get_or_insert_with(shipped);
                own.model.take(changes);
                own.lessons = own.lessons.saturating_add(1);
            }
            ModelKind::Themes => {
                if self.taught_themes(voice).is_none() {
                    self.themes = Some(Taught::fresh(it.version.clone(), voice.seeds().clone()));
                }
                let Some(own) = &mut self.themes else { return };
                own.model.take(changes);
                own.lessons = own.lessons.saturating_add(1);
            }
        }
    }

    /// A part of a trained model is heard; with the last of them it is in force. Where something is wrong with it, the one before stays
    /// in force, and [`trouble`](Self::trouble) says why.
    pub(crate) fn apply(&mut self, it: &ModelApplied) {
        self.trouble = self.take_part(it).err();
    }

    /// What is wrong with the model that was to be put into force last.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    fn take_part(&mut self, it: &ModelApplied) -> Result<(), String> {
        let (part, parts) = (it.part.get(), it.parts.get());
        if !(1..=PARTS_MAX).contains(&parts) || !(0..parts).contains(&part) {
            return Err(format!("part {part} of {parts}: there may be 1 to {PARTS_MAX}, counted from 0"));
        }
        let bytes = STANDARD.decode(&it.content).map_err(|error| format!("data.content is not Base64: {error}"))?;
        // Another one that was begun is given up.
        self.coming.retain(|own| own.model != it.model || own.application == it.application);
        let at = self.coming.iter().position(|own| own.model == it.model).unwrap_or_else(|| {
            let parts = vec![None; parts as usize];
            self.coming.push(Coming { application: it.application.clone(), model: it.model, parts });
            self.coming.len() - 1
        });
        let Some(place) = self.coming[at].parts.get_mut(part as usize) else {
            return Err("says another number of parts than before".into());
        };
        *place = Some(bytes);
        if self.coming[at].parts.iter().any(Option::is_none) {
            return Ok(());
        }
        let whole: Vec<u8> = self.coming.remove(at).parts.into_iter().flatten().flatten().collect();
        let version = it.version.clone();
        match it.model {
            ModelKind::Sentiment => {
                self.sentiment = Some(Taught::fresh(version, sentiment::Model::from_bytes(&whole)?));
            }
            ModelKind::Themes => self.themes = Some(Taught::fresh(version, themes::Model::from_bytes(&whole)?)),
        }
        Ok(())
    }
}

impl<M> Taught<M> {
    fn fresh(version: Label, model: M) -> Box<Self> {
        Box::new(Self { version, lessons: 0, model })
    }
}

/// The beginning of a text, as far as is learned from.
fn beginning(text: &str) -> &str {
    let end = (0..=text.len().min(LEARNED_BYTES_MAX)).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_ends_with_a_whole_letter() {
        assert_eq!(beginning("short"), "short");
        let long = "é".repeat(400);
        assert_eq!(beginning(&long).len(), LEARNED_BYTES_MAX);
        assert_eq!(beginning(&format!("a{long}")).len(), LEARNED_BYTES_MAX - 1);
    }
}
