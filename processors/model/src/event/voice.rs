//! Surveys, reviews, mentions, feedback.

use crate::number::Score;
use crate::{Id, Label, Personal, Reject, Text, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a survey measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SurveyKind {
    /// Likelihood to recommend, 0 to 10: the Net Promoter Score of Reichheld (2003).
    Nps,
    /// Satisfaction with one contact, usually 1 to 5.
    Csat,
    /// Effort it took, 1 (very hard) to 7 (very easy).
    Ces,
}

/// The ends of a scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// The worst score.
    pub min: Score,
    /// The best score.
    pub max: Score,
}

/// A survey was asked for, delivered or begun.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyStep {
    /// This one asking of this one customer.
    pub survey: Id,
    /// What it measures.
    pub measures: SurveyKind,
    /// After which contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touchpoint: Option<Label>,
    /// How it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Label>,
    /// Which questionnaire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Label>,
}

/// A survey was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SurveyAnswered {
    /// This one asking of this one customer.
    pub survey: Id,
    /// What it measures.
    pub measures: SurveyKind,
    /// The answer.
    pub score: Score,
    /// Its ends; 0-10 for NPS, 1-5 for CSAT, 1-7 for CES unless given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scale: Option<Scale>,
    /// After which contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touchpoint: Option<Label>,
    /// How it was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Label>,
    /// Which questionnaire.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Label>,
    /// What was written with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
    /// The order it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// The ticket it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Id>,
}

/// A review was published.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewPosted {
    /// The review.
    pub review: Id,
    /// Its stars.
    pub score: Score,
    /// The ends of the scale; 1 to 5 unless given.
    pub scale: Scale,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<Personal<Label>>,
    /// What it says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
    /// The order it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Id>,
    /// The product it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<Id>,
    /// Where it was published.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<Label>,
    /// When it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_at: Option<Timestamp>,
}

/// Somebody wrote of us in public.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MentionDetected {
    /// The mention.
    pub mention: Id,
    /// Where.
    pub site: Label,
    /// What it says.
    pub text: Personal<Text>,
    /// Of whom else.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competitor: Option<Label>,
}

/// Feedback by any other way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackReceived {
    /// The feedback.
    pub feedback: Id,
    /// Which way.
    pub channel: Label,
    /// What it says.
    pub text: Personal<Text>,
    /// After which contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touchpoint: Option<Label>,
    /// About what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product: Option<Label>,
}

/// A person said what a text is about or how it is meant. The models learn from it where it brings the text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackLabelled {
    /// The feedback, review, survey, mention, ticket or message; or the id of the event that brought the text.
    pub feedback: Id,
    /// What it is about; nothing said leaves it as it was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub themes: Vec<Label>,
    /// How it is meant: -1,000 to 1,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Score>,
    /// The text that was judged: the models learn from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
    /// Who said so.
    pub by: Label,
}

/// Feedback was linked to an item of the backlog.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackLinked {
    /// The feedback.
    pub feedback: Id,
    /// The item.
    pub item: Id,
    /// Who did it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Label>,
}

/// Feedback or a review was answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplySent {
    /// What was answered.
    pub feedback: Id,
    /// How.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Label>,
    /// The answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Personal<Text>>,
    /// The template it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<Label>,
    /// Who answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Label>,
}

impl Scale {
    /// A scale from `min` to `max`.
    ///
    /// # Errors
    /// Where an end is out of range.
    pub fn new(min: i64, max: i64) -> Result<Self, String> {
        Ok(Self { min: Score::new(min)?, max: Score::new(max)? })
    }

    pub(super) fn check(&self, score: Score) -> Result<(), Reject> {
        if self.min >= self.max {
            return Err(Reject::new("data.scale.max", "must be above data.scale.min"));
        }
        if score < self.min || score > self.max {
            let (min, max) = (self.min.get(), self.max.get());
            return Err(Reject::new("data.score", format!("must lie on the scale from {min} to {max}")));
        }
        Ok(())
    }
}

impl SurveyAnswered {
    /// The ends of its scale: those given, or the usual ones of what it measures.
    pub fn ends(&self) -> (i16, i16) {
        match (&self.scale, self.measures) {
            (Some(scale), _) => (scale.min.get(), scale.max.get()),
            (None, SurveyKind::Nps) => (0, 10),
            (None, SurveyKind::Csat) => (1, 5),
            (None, SurveyKind::Ces) => (1, 7),
        }
    }

    pub(super) fn check(&self) -> Result<(), Reject> {
        let (min, max) = self.ends();
        let scale = Scale::new(min.into(), max.into()).map_err(|reason| Reject::new("data.scale", reason))?;
        scale.check(self.score)?;
        if self.measures == SurveyKind::Nps && (min, max) != (0, 10) {
            return Err(Reject::new("data.scale", "is 0 to 10 for NPS, by its definition"));
        }
        Ok(())
    }
}
