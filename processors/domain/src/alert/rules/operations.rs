//! What operators have to know: sources that fall silent, events that can't be understood; and silences that they set.

use crate::alert::card::{Card, SilenceCard};
use crate::alert::life::{self, Trigger};
use crate::alert::notice::{AlertEffect, SilenceNotice};
use crate::alert::{AlertKind, Labels, Why, key};
use crate::{Fold, Profile, Timer};
use nexusflow_model::event::control::SilenceSet;
use nexusflow_model::{Envelope, Event, Label, Timestamp};
use serde::{Deserialize, Serialize};

const MINUTE_MS: i64 = 60_000;
/// A century: what no rule names is never missed.
const NEVER_MS: i64 = 100 * 365 * 86_400_000;

/// What is remembered of a source, or of the whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Operations {
    /// When a source said last that it lives, and when it will be missed.
    heard: Option<(Timestamp, Timestamp)>,
    /// How many dead letters there were: when, and how many.
    dead: Vec<(Timestamp, i64)>,
    /// How customers write.
    pub(super) spike: super::spike::Spike,
    /// Until when a silence holds.
    until: Option<Timestamp>,
}

/// Looks at an event about a source, or about the whole.
pub(crate) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    match &envelope.event {
        Event::SourceCounted(it) => crate::sources::counted(context, profile, it),
        Event::SourceHeartbeat(_) => heard(context, profile),
        Event::DeadLettersCounted(it) => counted(context, profile, it.total.get()),
        Event::SilenceSet(it) => silenced(context, profile, it),
        Event::SentimentCounted(it) => super::spike::counted(context, profile, it),
        _ => life::command(context, profile, envelope),
    }
}

/// A source says that it lives.
fn heard(context: &mut Fold<'_>, profile: &mut Profile) {
    let missed_at = context.clock.plus_ms(silent_ms(context));
    // One that was counted is usual in its own way: what it may be silent for is no less for its heartbeat.
    let other = profile.operations.as_ref().and_then(|operations| operations.heard).map(|(_, missed_at)| missed_at);
    let missed_at = if profile.source.is_some() { other.max(Some(missed_at)).unwrap_or(missed_at) } else { missed_at };
    heard_until(context, profile, missed_at);
}

/// For how long the source that is looked at may be silent, in milliseconds.
pub(crate) fn silent_ms(context: &Fold<'_>) -> i64 {
    let sources = &context.config.alerting.sources;
    let named = sources.iter().find(|rule| rule.source.as_ref() == Some(context.subject()));
    let rule = named.or_else(|| sources.iter().find(|rule| rule.source.is_none()));
    rule.map_or(NEVER_MS, |rule| i64::from(rule.silent_min) * MINUTE_MS)
}

/// A source was heard of, and will be missed at `missed_at` if nothing more comes.
pub(crate) fn heard_until(context: &mut Fold<'_>, profile: &mut Profile, missed_at: Timestamp) {
    let now = context.clock;
    if missed_at.ms_since(now) >= NEVER_MS {
        return;
    }
    let operations = profile.operations.get_or_insert_default();
    if let Some((_, before)) = operations.heard.replace((now, missed_at)) {
        context.clear_timer(before, Timer::SourceMissed);
    }
    context.set_timer(missed_at, Timer::SourceMissed);
    if let Some(key) = key(AlertKind::StaleSource, context.subject().as_str(), "heartbeat") {
        life::clear(context, profile, &key, "it was heard again");
    }
}

/// Time has come to when a source is missed.
pub(crate) fn missed(context: &mut Fold<'_>, profile: &mut Profile) {
    let (now, subject) = (context.clock, context.subject().clone());
    let heard = profile.operations.as_ref().and_then(|operations| operations.heard);
    let Some((heard_at, _)) = heard.filter(|(_, missed_at)| *missed_at <= now) else { return };
    let Some(key) = key(AlertKind::StaleSource, subject.as_str(), "heartbeat") else { return };
    let labels = Labels { source: Label::new(subject.as_str()).ok(), ..Labels::default() };
    let why = Why::Silent(now.ms_since(heard_at) / MINUTE_MS);
    life::raise(context, profile, Trigger { labels, ..Trigger::new(AlertKind::StaleSource, key, why) });
}

/// Dead letters were counted.
fn counted(context: &mut Fold<'_>, profile: &mut Profile, total: i64) {
    let thresholds = &context.config.alerting.thresholds;
    let (now, limit) = (context.clock, i64::from(thresholds.dead_letters));
    let minutes = i64::from(thresholds.dead_letters_min);
    let dead = &mut profile.operations.get_or_insert_default().dead;
    let since = now.plus_ms(-minutes * MINUTE_MS);
    // The last count before the window is what the growth is measured from.
    while dead.len() > 1 && dead[1].0 <= since {
        dead.remove(0);
    }
    dead.push((now, total));
    let more = total - dead.first().map_or(total, |(_, first)| *first);
    context.set_timer(now.plus_ms(minutes * MINUTE_MS), Timer::DeadLettersQuiet);
    let Some(key) = key(AlertKind::DeadLetters, "all", "growing").filter(|_| more >= limit) else { return };
    life::raise(context, profile, Trigger::new(AlertKind::DeadLetters, key, Why::NotUnderstood(more, minutes)));
}

/// There may have been no dead letters for a while.
pub(crate) fn quiet(context: &mut Fold<'_>, profile: &mut Profile) {
    let window_ms = i64::from(context.config.alerting.thresholds.dead_letters_min) * MINUTE_MS;
    let last = profile.operations.as_ref().and_then(|operations| operations.dead.last()).map(|(at, _)| *at);
    if last.is_some_and(|at| context.clock.ms_since(at) >= window_ms)
        && let Some(key) = key(AlertKind::DeadLetters, "all", "growing")
    {
        life::clear(context, profile, &key, "no more came");
    }
}

/// Notifications are held back for a while, or not any more.
fn silenced(context: &mut Fold<'_>, profile: &mut Profile, it: &SilenceSet) {
    let (now, silence) = (context.clock, context.subject().clone());
    let operations = profile.operations.get_or_insert_default();
    if let Some(before) = operations.until.take() {
        context.clear_timer(before, Timer::SilenceEnds);
    }
    if it.until > now {
        operations.until = Some(it.until);
        context.set_timer(it.until, Timer::SilenceEnds);
        let SilenceSet { matches, until, actor, reason } = it.clone();
        let card = SilenceCard { matches, until, actor, reason };
        context.post("silence".into(), Card::Silence(card), false);
    } else {
        context.take_down("silence");
    }
    let SilenceSet { matches, until, actor, reason } = it.clone();
    context.emit(AlertEffect::Silence(SilenceNotice { silence, matches, from: now, until, actor, reason }));
}

/// A silence is over.
pub(crate) fn silence_ends(context: &mut Fold<'_>, profile: &mut Profile) {
    let Some(operations) = &mut profile.operations else { return };
    if operations.until.is_some_and(|until| until <= context.clock) {
        operations.until = None;
        context.take_down("silence");
    }
}
