//! What the customer's words sound like.

use crate::Fold;
use crate::profile::Facet;
use crate::voice::satisfaction::Mean;
use crate::voice::{lexicon, words};
use nexusflow_engine::{Latest, merge_fields};
use nexusflow_model::Envelope;
use serde::{Deserialize, Serialize};

/// What a customer's words sounded like.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Sentiment {
    /// Of the texts that could be judged: -1,000 to 1,000.
    pub mean: Mean,
    /// Texts in a language the lexicon does not know, or without a word it knows.
    pub unknown: i64,
    /// The last that could be judged.
    pub last: Latest<i16>,
}

/// Texts by the day they were written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SentimentCounts {
    /// Of the texts that could be judged: -1,000 to 1,000.
    pub mean: Mean,
    /// At or below -100.
    pub negative: i64,
    /// Between.
    pub neutral: i64,
    /// At or above 100.
    pub positive: i64,
    /// Not judged.
    pub unknown: i64,
}

merge_fields!(SentimentCounts { mean, negative, neutral, positive, unknown });

impl Facet for Sentiment {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let Some(text) = words::of_customer(&envelope.event) else { return };
        let at = envelope.occurred_at;
        let Some(score) = lexicon::score(&text) else {
            self.unknown += 1;
            context.count_at(at, |rollup| rollup.sentiment.unknown += 1);
            return;
        };
        // `Mean` counts in thousandths of its unit, and a score is in thousandths already.
        self.mean.add(i64::from(score));
        self.last.say(at, context.identity, score);
        context.count_at(at, |rollup| {
            let counts = &mut rollup.sentiment;
            counts.mean.add(i64::from(score));
            match score {
                ..=-100 => counts.negative += 1,
                100.. => counts.positive += 1,
                _ => counts.neutral += 1,
            }
        });
    }
}
