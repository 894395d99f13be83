//! What is counted of texts, pane by pane.

use crate::voice::satisfaction::Mean;
use crate::voice::sentiment::SentimentCounts;
use crate::voice::texts::{Channel, Text};
use nexusflow_engine::merge_fields;
use nexusflow_learn::language::Language;
use nexusflow_learn::sentiment::Class;
use nexusflow_model::Label;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How texts of one kind are meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tone {
    /// Of the texts that could be judged: -1,000 to 1,000.
    pub mean: Mean,
    /// The sum of the squares of their scores, in thousandths of a thousandth: how far they lie apart.
    pub squares: i64,
    /// Meant badly.
    pub negative: i64,
    /// Neither.
    pub neutral: i64,
    /// Meant well.
    pub positive: i64,
    /// Not judged.
    pub unknown: i64,
}

merge_fields!(Tone { mean, squares, negative, neutral, positive, unknown });

/// What customers write, by what it is written in, by whom and about what.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct VoiceCounts {
    /// All texts.
    pub all: Tone,
    /// By the kind of text.
    pub by_channel: BTreeMap<Channel, Tone>,
    /// By the kind of customer, where it is known.
    pub by_kind: BTreeMap<Label, Tone>,
    /// By the tier of the customer, where it is known.
    pub by_tier: BTreeMap<Label, Tone>,
    /// By product, where the text is about one.
    pub by_product: BTreeMap<Label, Tone>,
    /// By theme; a text may be of several, or of none.
    pub by_theme: BTreeMap<Label, Tone>,
    /// By the competitor they name.
    pub by_competitor: BTreeMap<Label, Tone>,
    /// Texts that nobody could judge, by their language.
    pub unknown_in: BTreeMap<Language, i64>,
    /// Texts of no theme.
    pub themeless: i64,
    /// Texts of which a person said how they are meant or what they are about.
    pub labelled: i64,
}

merge_fields!(VoiceCounts {
    all,
    by_channel,
    by_kind,
    by_tier,
    by_product,
    by_theme,
    by_competitor,
    unknown_in,
    themeless,
    labelled
});

/// Whether a text is counted, or what it counted for is taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    Add,
    TakeBack,
}

impl Sign {
    pub(crate) const fn of(self, n: i64) -> i64 {
        match self {
            Self::Add => n,
            Self::TakeBack => -n,
        }
    }
}

impl Tone {
    /// How many texts, judged or not.
    pub const fn texts(&self) -> i64 {
        self.mean.n + self.unknown
    }

    /// Half of the interval in which the mean lies with 95 of 100, in thousandths, by the normal approximation
    /// 1.96 s / sqrt(n), with the sample's own standard deviation s; none of less than two.
    pub fn margin_milli(&self) -> Option<i64> {
        let (n, sum) = (i128::from(self.mean.n), i128::from(self.mean.sum_milli));
        if n < 2 {
            return None;
        }
        // n^2 (n - 1) times the variance of the mean.
        let spread = (n * i128::from(self.squares) - sum * sum).max(0);
        let variance = spread * 10_000 / (n * n * (n - 1));
        Some((variance.isqrt() * 196 / 10_000) as i64)
    }

    pub(crate) fn count(&mut self, text: &Text, sign: Sign) {
        let Some((score, class)) = text.meant() else {
            self.unknown += sign.of(1);
            return;
        };
        let score = i64::from(score);
        // `Mean` counts in thousandths of its unit, and a score is in thousandths already.
        self.mean.sum_milli += sign.of(score);
        self.mean.n += sign.of(1);
        self.squares += sign.of(score * score);
        let counts = match class {
            Class::Negative => &mut self.negative,
            Class::Neutral => &mut self.neutral,
            Class::Positive => &mut self.positive,
        };
        *counts += sign.of(1);
    }
}

impl SentimentCounts {
    pub(crate) fn count(&mut self, text: &Text, sign: Sign) {
        let mut tone = Tone::default();
        tone.count(text, sign);
        nexusflow_engine::Merge::merge(
            self,
            &Self {
                mean: tone.mean,
                negative: tone.negative,
                neutral: tone.neutral,
                positive: tone.positive,
                unknown: tone.unknown,
            },
        );
    }
}

/// By what a text's customer is told apart: kind and tier.
pub(crate) type Segment = (Option<Label>, Option<Label>);

impl VoiceCounts {
    /// Counts a text of a customer of this segment, or takes it back.
    pub(crate) fn count(&mut self, text: &Text, segment: &Segment, sign: Sign) {
        self.all.count(text, sign);
        self.by_channel.entry(text.channel).or_default().count(text, sign);
        self.count_segment(text, segment, sign);
        if let Some(product) = &text.product {
            at(&mut self.by_product, product).count(text, sign);
        }
        for theme in text.themes() {
            at(&mut self.by_theme, theme).count(text, sign);
        }
        for competitor in &text.competitors {
            at(&mut self.by_competitor, competitor).count(text, sign);
        }
        if text.meant().is_none() {
            *self.unknown_in.entry(text.language).or_default() += sign.of(1);
        }
        self.themeless += sign.of(i64::from(text.themes().is_empty()));
        self.labelled += sign.of(i64::from(text.is_labelled()));
    }

    /// The part of [`count`](Self::count) that depends on whose text it is.
    pub(crate) fn count_segment(&mut self, text: &Text, (kind, tier): &Segment, sign: Sign) {
        if let Some(kind) = kind {
            at(&mut self.by_kind, kind).count(text, sign);
        }
        if let Some(tier) = tier {
            at(&mut self.by_tier, tier).count(text, sign);
        }
    }
}

/// What is counted under a name; the name is copied only where it is new.
fn at<'a>(of: &'a mut BTreeMap<Label, Tone>, name: &Label) -> &'a mut Tone {
    if !of.contains_key(name) {
        of.insert(name.clone(), Tone::default());
    }
    of.entry(name.clone()).or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_margin_is_that_of_the_formula() {
        // Scores 100, 300, 500: s = 200, 1.96 * 200 / sqrt(3) = 226.3.
        let tone = Tone { mean: Mean { sum_milli: 900, n: 3 }, squares: 10_000 + 90_000 + 250_000, ..Tone::default() };
        assert_eq!(tone.margin_milli(), Some(226));
        assert_eq!(Tone { mean: Mean { sum_milli: 9, n: 1 }, squares: 81, ..Tone::default() }.margin_milli(), None);
    }
}
