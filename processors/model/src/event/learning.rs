//! What models learn, and which of them are in force: every partition hears it.

use crate::number::Quantity;
use crate::{Id, Label};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A model of texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// How a text is meant.
    Sentiment,
    /// What a text is about.
    Themes,
}

/// A weight of a model, and by how much it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightChange {
    /// Which weight.
    pub weight: u32,
    /// What is added to it.
    pub by: i32,
}

/// A model learned from a correction of a person. The subject is the model. Says weights and not words: nothing personal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelLearned {
    /// Which model.
    pub model: ModelKind,
    /// The version it was learned for: nothing where another one is in force by now.
    pub version: Label,
    /// What changed.
    pub changes: Vec<WeightChange>,
}

/// A trained model is put into force. The subject is the model. One that is larger than an event may be comes in parts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModelApplied {
    /// Which model.
    pub model: ModelKind,
    /// This putting into force, so that the parts of two are not mixed up.
    pub application: Id,
    /// The name of what was trained.
    pub version: Label,
    /// Which part this is, from 0.
    pub part: Quantity,
    /// How many parts there are.
    pub parts: Quantity,
    /// The bytes of the part, in Base64.
    pub content: String,
    /// Who put it into force.
    pub actor: Label,
}

impl ModelKind {
    /// Its name, which is the subject of what is said of it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sentiment => "model.sentiment",
            Self::Themes => "model.themes",
        }
    }
}
