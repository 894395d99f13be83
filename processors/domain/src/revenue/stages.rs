//! Pipelines as they are configured: stages in order, each with a probability that holds from a day on.

use jiff::civil::Date;
use nexusflow_model::Label;
use nexusflow_model::number::BasisPoints;
use serde::{Deserialize, Serialize};

/// A sales pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pipeline {
    /// Its name, as events say it.
    pub name: Label,
    /// Its stages, in order.
    #[serde(rename = "stage")]
    pub stages: Vec<Stage>,
}

/// A stage of a pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// Its name, as events say it.
    pub name: Label,
    /// How likely a deal in it is to be won, in basis points, until the first of the changes.
    pub probability_bp: BasisPoints,
    /// What holds from which day on.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "in_order")]
    pub changes: Vec<Change>,
    /// The day from which on the pipeline doesn't have it any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// Another probability, from a day on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The first day on which it holds, in the time zone of the business.
    pub from: Date,
    /// How likely a deal in the stage is to be won, in basis points.
    pub probability_bp: BasisPoints,
}

fn in_order<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<Change>, D::Error> {
    let changes = Vec::<Change>::deserialize(deserializer)?;
    match changes.windows(2).find(|pair| pair[1].from <= pair[0].from) {
        Some(pair) => Err(serde::de::Error::custom(format!(
            "changes of a probability stand in the order of their days, each later than the one before: {} comes after {}",
            pair[1].from, pair[0].from
        ))),
        None => Ok(changes),
    }
}

/// Days since 1970-01-01.
pub fn day_of(date: Date) -> i32 {
    let since = date.since((jiff::Unit::Day, jiff::civil::date(1970, 1, 1)));
    since.map_or(0, |span| span.get_days())
}

/// The date that is so many days after 1970-01-01.
pub fn date_of(day: i32) -> Date {
    let epoch = jiff::civil::date(1970, 1, 1);
    epoch.checked_add(jiff::Span::new().try_days(day).unwrap_or_default()).unwrap_or(epoch)
}

impl Stage {
    /// How likely a deal in it is to be won on that day, in basis points; none where the pipeline doesn't have it any more.
    pub fn probability_bp(&self, day: i32) -> Option<u16> {
        if self.until.is_some_and(|until| day_of(until) <= day) {
            return None;
        }
        let holds = self.changes.iter().rev().find(|change| day_of(change.from) <= day);
        Some(holds.map_or(self.probability_bp, |change| change.probability_bp).get())
    }

    /// The stage as it was until `day`, and as it is configured now from then on. What names days itself is taken at its word.
    fn keep_the_past_of(&mut self, before: &Self, day: Date) {
        if !self.changes.is_empty() {
            return;
        }
        let now = self.probability_bp;
        self.probability_bp = before.probability_bp;
        self.changes = before.changes.iter().filter(|change| change.from < day).cloned().collect();
        let held = self.changes.last().map_or(self.probability_bp, |change| change.probability_bp);
        if held != now {
            self.changes.push(Change { from: day, probability_bp: now });
        }
    }
}

/// Pipelines as they are configured from `day` on, with what held until then: a stage that is gone, and a probability that was
/// another one, are still known of the days before.
pub fn succeed(before: &[Pipeline], after: &mut Vec<Pipeline>, day: i32) {
    let day = date_of(day);
    for old in before {
        let Some(new) = after.iter_mut().find(|own| own.name == old.name) else {
            let mut gone = old.clone();
            gone.stages.iter_mut().for_each(|stage| stage.until = stage.until.or(Some(day)));
            after.push(gone);
            continue;
        };
        for (place, stage) in old.stages.iter().enumerate() {
            if let Some(own) = new.stages.iter_mut().find(|own| own.name == stage.name) {
                own.keep_the_past_of(stage, day);
            } else {
                let gone = Stage { until: stage.until.or(Some(day)), ..stage.clone() };
                new.stages.insert(place.min(new.stages.len()), gone);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipelines(json: serde_json::Value) -> Vec<Pipeline> {
        serde_json::from_value(json).unwrap()
    }

    fn day(text: &str) -> i32 {
        day_of(text.parse().unwrap())
    }

    #[test]
    fn a_probability_holds_from_its_day_on() {
        let known = pipelines(serde_json::json!([{"name": "p", "stage": [
            {"name": "a", "probability_bp": 1000, "changes": [{"from": "2026-02-01", "probability_bp": 2000}]}
        ]}]));
        let stage = &known[0].stages[0];
        assert_eq!(stage.probability_bp(day("2026-01-31")), Some(1_000));
        assert_eq!(stage.probability_bp(day("2026-02-01")), Some(2_000));
        let wrong = serde_json::json!([{"name": "p", "stage": [{"name": "a", "probability_bp": 1, "changes": [
            {"from": "2026-02-01", "probability_bp": 2}, {"from": "2026-02-01", "probability_bp": 3}]}]}]);
        let error = serde_json::from_value::<Vec<Pipeline>>(wrong).unwrap_err().to_string();
        assert!(error.contains("2026-02-01 comes after 2026-02-01"), "{error}");
    }

    #[test]
    fn what_held_is_still_known_after_the_configuration_changed() {
        let stage = |name: &str, bp: i64| serde_json::json!({"name": name, "probability_bp": bp});
        let first = pipelines(serde_json::json!([
            {"name": "p", "stage": [stage("a", 1000), stage("b", 5000)]}, {"name": "q", "stage": [stage("x", 100)]}
        ]));
        let mut second = pipelines(serde_json::json!([{"name": "p", "stage": [stage("a", 3000), stage("c", 7000)]}]));
        succeed(&first, &mut second, day("2026-03-01"));
        let bp = |known: &[Pipeline], pipeline: usize, at: usize, on: &str| {
            known[pipeline].stages[at].probability_bp(day(on))
        };
        assert_eq!((bp(&second, 0, 0, "2026-02-28"), bp(&second, 0, 0, "2026-03-01")), (Some(1_000), Some(3_000)));
        assert_eq!(second[0].stages[1].name.as_str(), "b");
        assert_eq!((bp(&second, 0, 1, "2026-02-28"), bp(&second, 0, 1, "2026-03-01")), (Some(5_000), None));
        assert_eq!((bp(&second, 1, 0, "2026-02-28"), bp(&second, 1, 0, "2026-03-01")), (Some(100), None));
        // The same file again changes nothing, and a third one keeps both pasts.
        let mut third = pipelines(serde_json::json!([{"name": "p", "stage": [stage("a", 3000), stage("c", 7000)]}]));
        succeed(&second, &mut third, day("2026-04-01"));
        assert_eq!(second, third);
        let mut fourth = pipelines(serde_json::json!([{"name": "p", "stage": [stage("a", 100), stage("c", 7000)]}]));
        succeed(&third, &mut fourth, day("2026-05-01"));
        let held = ["2026-02-01", "2026-03-15", "2026-05-01"].map(|on| bp(&fourth, 0, 0, on));
        assert_eq!(held, [Some(1_000), Some(3_000), Some(100)]);
    }
}
