//! Surveys and reviews.

use crate::Fold;
use crate::profile::Facet;
use nexusflow_engine::{Latest, merge_fields};
use nexusflow_model::event::voice::SurveyKind;
use nexusflow_model::{Envelope, Event, Timestamp};
use serde::{Deserialize, Serialize};

/// What a customer answered and wrote.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Satisfaction {
    /// The last answer to the NPS question, 0 to 10.
    pub nps_last: Latest<i16>,
    /// How many NPS answers.
    pub nps: i64,
    /// Satisfaction, on 1 to 5.
    pub csat: Mean,
    /// Effort, on 1 to 7.
    pub ces: Mean,
    /// Review stars, on 1 to 5.
    pub reviews: Mean,
    /// When the last of each was given.
    pub last: LastGiven,
}

/// When a customer last said how satisfied they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastGiven {
    /// Satisfaction.
    pub csat: Option<Timestamp>,
    /// Effort.
    pub ces: Option<Timestamp>,
    /// A review.
    pub review: Option<Timestamp>,
}

/// A mean as its sum and count.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mean {
    /// Sum, in thousandths.
    pub sum_milli: i64,
    /// How many.
    pub n: i64,
}

impl Mean {
    /// Adds a value in thousandths.
    pub fn add(&mut self, milli: i64) {
        self.sum_milli += milli;
        self.n += 1;
    }

    /// The mean in thousandths, rounded to the nearest; none of nothing.
    pub fn milli(&self) -> Option<i64> {
        rounded_ratio(self.sum_milli, self.n)
    }
}

/// `a / b` rounded to the nearest, halves away from zero; none where `b` is not positive.
pub fn rounded_ratio(a: i64, b: i64) -> Option<i64> {
    (b > 0).then(|| (2 * a + a.signum() * b) / (2 * b))
}

merge_fields!(Mean { sum_milli, n });

/// Answers and reviews, by the day they were given.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SatisfactionCounts {
    /// NPS answers by their value, 0 to 10.
    pub nps: [i64; 11],
    /// Satisfaction, rescaled to 1 to 5.
    pub csat: Mean,
    /// Effort, rescaled to 1 to 7.
    pub ces: Mean,
    /// Reviews, rescaled to 1 to 5.
    pub reviews: Mean,
    /// Reviews by the nearest whole star, 1 to 5.
    pub stars: [i64; 5],
}

merge_fields!(SatisfactionCounts { nps, csat, ces, reviews, stars });

impl SatisfactionCounts {
    /// (promoters, passives, detractors): 9-10, 7-8, 0-6.
    pub fn nps_parts(&self) -> (i64, i64, i64) {
        let sum = |scores: &[i64]| scores.iter().sum::<i64>();
        (sum(&self.nps[9..]), sum(&self.nps[7..9]), sum(&self.nps[..7]))
    }

    /// The Net Promoter Score in tenths: share of promoters less share of detractors (Reichheld, 2003), -1,000 to 1,000.
    pub fn nps_tenths(&self) -> Option<i64> {
        let (promoters, passives, detractors) = self.nps_parts();
        rounded_ratio(1_000 * (promoters - detractors), promoters + passives + detractors)
    }
}

/// `score` of a scale from `min` to `max` on a scale from `to_min` to `to_max`, in thousandths.
pub fn rescaled_milli(score: i16, (min, max): (i16, i16), (to_min, to_max): (i64, i64)) -> i64 {
    let (above, width) = (i64::from(score) - i64::from(min), (i64::from(max) - i64::from(min)).max(1));
    to_min * 1_000 + above * (to_max - to_min) * 1_000 / width
}

impl Facet for Satisfaction {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let at = envelope.occurred_at;
        match &envelope.event {
            Event::SurveyAnswered(it) => match it.measures {
                SurveyKind::Nps => {
                    let score = it.score.get();
                    self.nps += 1;
                    self.nps_last.say(at, context.identity, score);
                    context.count_at(at, |rollup| rollup.satisfaction.nps[score.clamp(0, 10) as usize] += 1);
                }
                SurveyKind::Csat => {
                    let milli = rescaled_milli(it.score.get(), it.ends(), (1, 5));
                    self.csat.add(milli);
                    self.last.csat = self.last.csat.max(Some(at));
                    context.count_at(at, |rollup| rollup.satisfaction.csat.add(milli));
                }
                SurveyKind::Ces => {
                    let milli = rescaled_milli(it.score.get(), it.ends(), (1, 7));
                    self.ces.add(milli);
                    self.last.ces = self.last.ces.max(Some(at));
                    context.count_at(at, |rollup| rollup.satisfaction.ces.add(milli));
                }
            },
            Event::ReviewPosted(it) => {
                let milli = rescaled_milli(it.score.get(), (it.scale.min.get(), it.scale.max.get()), (1, 5));
                self.reviews.add(milli);
                self.last.review = self.last.review.max(Some(at));
                let star = ((milli + 500) / 1_000 - 1).clamp(0, 4) as usize;
                context.count_at(at, |rollup| {
                    rollup.satisfaction.reviews.add(milli);
                    rollup.satisfaction.stars[star] += 1;
                });
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nps_is_promoters_less_detractors() {
        // The specification's example: n = 400, promoters 50 %, detractors 20 % -> 30.
        let mut counts = SatisfactionCounts::default();
        (counts.nps[10], counts.nps[7], counts.nps[3]) = (200, 120, 80);
        assert_eq!(counts.nps_tenths(), Some(300));
        assert_eq!(SatisfactionCounts::default().nps_tenths(), None);
    }

    #[test]
    fn scales_are_put_on_one() {
        assert_eq!(rescaled_milli(10, (0, 10), (1, 5)), 5_000);
        assert_eq!(rescaled_milli(4, (1, 7), (1, 5)), 3_000);
        assert_eq!(rescaled_milli(1, (1, 5), (1, 5)), 1_000);
    }
}
