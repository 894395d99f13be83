//! A customer's health, down to the arithmetic.

use super::config::Weighed;
use super::history::{ABSENT, Cause, Change};
use super::indicators::{INDICATORS, Indicator, Now};
use super::words::why;
use crate::retention::days::OwnDays;
use crate::views::scene::date;
use crate::voice::words;
use crate::{Business, Profile};
use nexusflow_model::event::voice::SurveyKind;
use nexusflow_model::{Envelope, Event, Id, Place, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

/// Events named behind an indicator: the latest.
const EVENTS_MAX: usize = 3;

/// One indicator of a customer's score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// Its name, such as `delivery.on_time`.
    pub key: &'static str,
    /// 0 (worst) to 1,000 (best); none where nothing is known, or what was said no longer counts.
    pub value_milli: Option<i64>,
    /// How much it weighs.
    pub weight: i64,
    /// What it adds to the score, in thousandths of a point.
    pub contribution_milli: Option<i64>,
    /// Where the value comes from, in words.
    pub why: String,
    /// What the curve was asked for.
    pub number: Option<i64>,
    /// What that is, with its unit.
    pub unit: &'static str,
    /// The curve, as points (number, value).
    pub curve: Vec<(i64, i64)>,
    /// For how many days what was said counts; none for ever, or where nothing is said.
    pub valid_days: Option<u16>,
    /// The latest events behind it that the customer's timeline holds, newest first: `partition:sequence:index`.
    pub events: Vec<String>,
}

/// The indicators that weigh something for this customer, as of `clock`. The contributions sum to the score exactly.
pub fn explain(
    business: &Business,
    id: &Id,
    profile: &Profile,
    clock: Timestamp,
    timeline: &[(Place, Envelope)],
) -> Vec<Explained> {
    let own = OwnDays::of(id);
    let now = Now { own, today: own.day(clock), currency: business.business.currency };
    let scale = business.health.scale(profile.identity.kind.get());
    let contributions = scale.contributions(&profile.health.values);
    let mut newest: Vec<&(Place, Envelope)> = timeline.iter().collect();
    newest.sort_by_key(|(_, envelope)| std::cmp::Reverse((envelope.occurred_at, envelope.id.clone())));
    let each = INDICATORS.iter().zip(&scale.weighed).zip(profile.health.values.iter().zip(contributions));
    let weighs = each.filter(|((_, weighed), _)| weighed.weight > 0);
    weighs
        .map(|((indicator, weighed), (value, contribution_milli))| {
            let value_milli = Some(i64::from(*value)).filter(|value| *value > i64::from(ABSENT));
            one(indicator, weighed, (value_milli, contribution_milli), (profile, &now), &newest)
        })
        .collect()
}

fn one(
    indicator: &'static Indicator,
    weighed: &Weighed,
    (value_milli, contribution_milli): (Option<i64>, Option<i64>),
    (profile, now): (&Profile, &Now),
    newest: &[&(Place, Envelope)],
) -> Explained {
    let reading = (indicator.read)(profile, now);
    let behind = newest.iter().filter(|(_, envelope)| is_behind(indicator, &envelope.event));
    Explained {
        key: indicator.key,
        value_milli,
        weight: weighed.weight,
        contribution_milli,
        why: reading
            .filter(|_| value_milli.is_some())
            .map(|reading| why(indicator.key, reading.of))
            .unwrap_or_default(),
        number: reading.and_then(|reading| reading.number),
        unit: indicator.number,
        curve: weighed.curve.points().to_vec(),
        valid_days: weighed.valid_days,
        events: behind.take(EVENTS_MAX).map(|(place, _)| named(*place)).collect(),
    }
}

/// Whether an event says something of what an indicator is made of.
fn is_behind(indicator: &Indicator, event: &Event) -> bool {
    let is_about = match (indicator.key, event) {
        ("sentiment", event) => words::of_customer(event).is_some(),
        ("nps", Event::SurveyAnswered(it)) => it.measures == SurveyKind::Nps,
        ("csat", Event::SurveyAnswered(it)) => it.measures == SurveyKind::Csat,
        ("ces", Event::SurveyAnswered(it)) => it.measures == SurveyKind::Ces,
        _ => true,
    };
    is_about && indicator.kinds.contains(&event.kind())
}

/// A place as the API writes it.
pub(crate) fn named(Place { partition, sequence, index }: Place) -> String {
    format!("{partition}:{sequence}:{index}")
}

/// The health of a customer as the API tells it.
pub(crate) fn whole(
    business: &Business,
    id: &Id,
    profile: &Profile,
    (partition, clock): (u32, Timestamp),
    timeline: &[(Place, Envelope)],
) -> Value {
    let health = &profile.health;
    let value_minor = health.value_minor;
    json!({
        "score_milli": health.score_milli,
        "band": health.band.map_or("unknown", super::Band::as_str),
        "coverage_bp": health.coverage_bp,
        "value": {"minor": value_minor, "currency": business.business.currency},
        "edges_milli": business.health.edges_milli(),
        "dead_zone_milli": business.health.dead_zone_milli(),
        "indicators": explain(business, id, profile, clock, timeline),
        "changes": profile.health_history.changes().map(|change| told(change, partition)).collect::<Vec<_>>(),
        "days": health.days.iter().map(|(day, score_milli)| json!({"day": date(day), "score_milli": score_milli})).collect::<Vec<_>>(),
    })
}

/// A change as the API tells it.
fn told(change: &Change, partition: u32) -> Value {
    let present = |value: i16| Some(value).filter(|value| *value > ABSENT);
    let moved = change.moved.iter().filter_map(|(at, from, to)| {
        let key = INDICATORS.get(usize::from(*at))?.key;
        Some(json!({"key": key, "from_milli": present(*from), "to_milli": present(*to)}))
    });
    let (cause, place) = match change.cause {
        Cause::Event(sequence, index) => ("event", Some(named(Place { partition, sequence, index }))),
        Cause::Time => ("time", None),
        Cause::Configuration => ("configuration", None),
    };
    json!({
        "at": change.at,
        "cause": cause,
        "place": place,
        "before_milli": change.before,
        "after_milli": change.after,
        "band": change.band.map_or("unknown", super::Band::as_str),
        "moved": moved.collect::<Vec<_>>(),
        "config": change.config_version(),
    })
}
