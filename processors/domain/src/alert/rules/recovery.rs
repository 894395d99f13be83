//! A customer is unhappy, and somebody has to speak to them: satisfaction, recommendation, effort, or what they wrote.

use crate::alert::life::{self, Trigger};
use crate::alert::{AlertKind, Labels, Why, key};
use crate::voice::satisfaction::rescaled_milli;
use crate::voice::words;
use crate::{Fold, Profile};
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::event::voice::SurveyKind;
use nexusflow_model::{Envelope, Event, Label};

fn case(context: &Fold<'_>) -> Option<AlertKey> {
    key(AlertKind::Recovery, context.subject().as_str(), "feedback")
}

pub(super) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    match &envelope.event {
        // What another system did about it.
        Event::RecoveryContacted(it) => {
            let Some(key) = case(context) else { return };
            return life::contacted(context, profile, &key, it.by.clone(), it.channel.as_ref());
        }
        Event::RecoveryClosed(it) => {
            let Some(key) = case(context) else { return };
            return life::closed(context, profile, &key, it.cause.clone(), it.action.clone());
        }
        _ => {}
    }
    let Some((why, channel)) = answer(context, &envelope.event).or_else(|| wrote(context, profile, envelope)) else {
        return;
    };
    let Some(key) = case(context) else { return };
    let labels = Labels { channel, ..Labels::default() };
    let trigger =
        Trigger { labels, occurred_at: Some(envelope.occurred_at), ..Trigger::new(AlertKind::Recovery, key, why) };
    life::raise(context, profile, trigger);
}

/// A bad answer to a survey.
fn answer(context: &Fold<'_>, event: &Event) -> Option<(Why, Option<Label>)> {
    let Event::SurveyAnswered(it) = event else { return None };
    let limits = &context.config.alerting.thresholds;
    let (why, is_bad) = match it.measures {
        SurveyKind::Nps => {
            let score = i64::from(it.score.get());
            (Why::Nps(score), score <= i64::from(limits.nps_at_most))
        }
        SurveyKind::Csat => {
            let milli = rescaled_milli(it.score.get(), it.ends(), (1, 5));
            (Why::Csat(milli), milli <= i64::from(limits.csat_at_most) * 1_000)
        }
        SurveyKind::Ces => {
            let milli = rescaled_milli(it.score.get(), it.ends(), (1, 7));
            (Why::Ces(milli), milli <= i64::from(limits.ces_at_most) * 1_000)
        }
    };
    is_bad.then(|| (why, it.channel.clone()))
}

/// Angry words.
fn wrote(context: &Fold<'_>, profile: &Profile, envelope: &Envelope) -> Option<(Why, Option<Label>)> {
    let last = &profile.sentiment.last;
    if last.at() != Some(envelope.occurred_at) {
        return None;
    }
    let score = *last.get()?;
    if score > context.config.alerting.thresholds.sentiment_at_most_milli {
        return None;
    }
    words::of_customer(&envelope.event)?;
    let channel = match &envelope.event {
        Event::TicketOpened(it) => it.channel.clone(),
        Event::SurveyAnswered(it) => it.channel.clone(),
        _ => None,
    };
    Some((Why::Words(i64::from(score)), channel))
}
