//! How sources do: what each has brought, how that compares with what is usual for it, and when it would be missed.

use crate::alert::card::Card;
use crate::alert::rules::operations;
use crate::{Fold, Profile};
use nexusflow_engine::Latest;
use nexusflow_model::event::control::SourceCounted;
use nexusflow_model::{Label, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Days from which it is learnt what is usual.
const DAYS: i64 = 7;
/// A source is missed after so many times its longest silence of these days.
const MISSED_AFTER_GAPS: i64 = 3;

/// What was counted in a minute or an hour.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// Which, since 1970.
    pub number: i64,
    /// Events that the log has.
    pub stored: i64,
    /// Events that could not be understood.
    pub rejected: i64,
    /// Events that the log did not take.
    pub turned_away: i64,
}

/// What is known of a source.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    kind: Latest<Label>,
    /// When it was counted first.
    known_since: Option<Timestamp>,
    /// When it was heard last.
    heard_at: Option<Timestamp>,
    /// The time of its newest event, by its own clock.
    newest_at: Option<Timestamp>,
    /// How old the newest event was when it came, in milliseconds.
    lag_ms: Option<i64>,
    /// The last 60 minutes, and the hours of the last days, in which something came.
    minutes: VecDeque<Count>,
    hours: VecDeque<Count>,
    /// The longest silence of each of the last days: (day since 1970, milliseconds).
    gaps: VecDeque<(i64, i64)>,
}

/// A source, as operators see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceCard {
    /// Its kind.
    pub kind: Option<Label>,
    /// When it was heard last.
    pub heard_at: Option<Timestamp>,
    /// When it is missed, if nothing comes.
    pub missed_at: Timestamp,
    /// How old its newest event was when it came, in milliseconds, by the source's clock.
    pub lag_ms: Option<i64>,
    /// The minutes in which something came, the last hour's.
    pub minutes: Vec<Count>,
    /// The hours in which something came, the last day's.
    pub hours: Vec<Count>,
    /// What is usual in each hour of the day (UTC), in events an hour: see [`Health::usual`].
    pub usual: Vec<Option<i64>>,
}

/// A source was counted.
pub(crate) fn counted(context: &mut Fold<'_>, profile: &mut Profile, it: &SourceCounted) {
    let (now, floor_ms) = (context.clock, operations::silent_ms(context));
    let health = profile.source.get_or_insert_default();
    health.take(it, now, context.identity);
    let missed_at = it.heard_at.plus_ms(health.allowance_ms(floor_ms)).max(now.plus_ms(1));
    let card = health.card(now, missed_at);
    context.post("source".into(), Card::Source(Box::new(card)), false);
    // What the log did not take, and what nobody understood, was heard.
    operations::heard_until(context, profile, missed_at);
}

impl Health {
    fn take(&mut self, it: &SourceCounted, now: Timestamp, tie: u64) {
        self.kind.say(now, tie, it.kind.clone());
        self.known_since.get_or_insert(now);
        let day = now.as_ms().div_euclid(DAY_MS);
        if let Some(before) = self.heard_at {
            let gap_ms = it.heard_at.ms_since(before).max(0);
            match self.gaps.back_mut() {
                Some((last, longest)) if *last == day => *longest = gap_ms.max(*longest),
                _ => self.gaps.push_back((day, gap_ms)),
            }
        }
        self.gaps.retain(|(of, _)| day - of <= DAYS);
        self.heard_at = self.heard_at.max(Some(it.heard_at));
        self.newest_at = self.newest_at.max(it.newest_at);
        self.lag_ms = it.newest_at.map(|newest_at| it.heard_at.ms_since(newest_at).max(0)).or(self.lag_ms);
        add(&mut self.minutes, now.as_ms().div_euclid(MINUTE_MS), 60, it);
        add(&mut self.hours, now.as_ms().div_euclid(HOUR_MS), (DAYS + 1) * 24, it);
    }

    /// For how long it may be silent: so long as is configured, and three times its longest silence of the last seven days at
    /// least, so that what comes once a day is not missed after five minutes.
    fn allowance_ms(&self, floor_ms: i64) -> i64 {
        let longest_ms = self.gaps.iter().map(|(_, gap_ms)| *gap_ms).max().unwrap_or(0);
        floor_ms.max(MISSED_AFTER_GAPS * longest_ms)
    }

    /// What is usual in an hour of the day: the median of the events that were stored in that hour on each of the last seven days,
    /// those before it was known left out; of an even number the mean of the two in the middle, rounded down. None on the first day.
    fn usual(&self, now: Timestamp, hour_of_day: i64) -> Option<i64> {
        let since = self.known_since?.as_ms().div_euclid(HOUR_MS);
        let this = now.as_ms().div_euclid(HOUR_MS);
        // The last time that it was that hour, and is over.
        let last = this - 1 - (this - 1 - hour_of_day).rem_euclid(24);
        // It may have begun in the middle of its first hour.
        let hours = (0..DAYS).map(|days| last - days * 24).filter(|hour| *hour > since);
        let stored = |hour| self.hours.iter().find(|count| count.number == hour).map_or(0, |count| count.stored);
        let mut counts: Vec<i64> = hours.map(stored).collect();
        counts.sort_unstable();
        let middle = counts.len() / 2;
        match counts.len() {
            0 => None,
            n if n % 2 == 1 => Some(counts[middle]),
            _ => Some((counts[middle - 1] + counts[middle]) / 2),
        }
    }

    fn card(&self, now: Timestamp, missed_at: Timestamp) -> SourceCard {
        let day_ago = now.as_ms().div_euclid(HOUR_MS) - 24;
        SourceCard {
            kind: self.kind.get().cloned(),
            heard_at: self.heard_at,
            missed_at,
            lag_ms: self.lag_ms,
            minutes: self.minutes.iter().copied().collect(),
            hours: self.hours.iter().filter(|count| count.number > day_ago).copied().collect(),
            usual: (0..24).map(|hour| self.usual(now, hour)).collect(),
        }
    }
}

/// Adds to the count of `number`, and forgets those that are `kept` or more before it.
fn add(counts: &mut VecDeque<Count>, number: i64, kept: i64, it: &SourceCounted) {
    if counts.back().is_none_or(|last| last.number < number) {
        counts.push_back(Count { number, ..Count::default() });
    }
    if let Some(last) = counts.back_mut() {
        last.stored += it.stored.get();
        last.rejected += it.rejected.get();
        last.turned_away += it.turned_away.get();
    }
    counts.retain(|count| number - count.number < kept);
}

/// How a source stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It brings what is usual, as far as is known.
    Live,
    /// It brings less than half of what is usual.
    Slow,
    /// It has not been heard of for longer than it may be silent.
    Silent,
    /// A fifth of what it brought within the hour can't be understood, and that is more than a mistake or two.
    Failing,
}

impl Standing {
    /// The word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Slow => "slow",
            Self::Silent => "silent",
            Self::Failing => "failing",
        }
    }
}

/// Minutes over which the rate is taken.
const RATE_MIN: i64 = 5;
/// Fewer events in these minutes are too few to be called slow: chance alone makes them half of what is usual.
const SLOW_FROM: i64 = 20;
/// Of a hundred events so many that can't be understood are a failure.
const FAILING_PERCENT: i64 = 20;
/// Fewer in the hour are mistakes, which the dead letters show, and no state of the source.
const FAILING_FROM: i64 = 3;

impl SourceCard {
    /// What came in the hour before `now`.
    pub fn last_hour(&self, now: Timestamp) -> Count {
        self.within(now, 60)
    }

    fn within(&self, now: Timestamp, minutes: i64) -> Count {
        let this = now.as_ms().div_euclid(MINUTE_MS);
        let mut sum = Count { number: this, ..Count::default() };
        for count in self.minutes.iter().filter(|count| this - count.number < minutes) {
            sum.stored += count.stored;
            sum.rejected += count.rejected;
            sum.turned_away += count.turned_away;
        }
        sum
    }

    /// Events a minute over the last five, in thousandths.
    pub fn per_min_milli(&self, now: Timestamp) -> i64 {
        self.within(now, RATE_MIN).stored * 1_000 / RATE_MIN
    }

    /// Events a minute that are usual in this hour, in thousandths.
    pub fn usual_per_min_milli(&self, now: Timestamp) -> Option<i64> {
        let hour = now.as_ms().div_euclid(HOUR_MS).rem_euclid(24) as usize;
        Some(self.usual.get(hour).copied().flatten()? * 1_000 / 60)
    }

    /// The share of what came in the last hour that can't be understood, in basis points.
    pub fn error_bp(&self, now: Timestamp) -> Option<i64> {
        let Count { stored, rejected, .. } = self.last_hour(now);
        (stored + rejected > 0).then(|| rejected * 10_000 / (stored + rejected))
    }

    /// What was stored in each of the last 24 hours, the oldest first.
    pub fn by_hour(&self, now: Timestamp) -> Vec<i64> {
        let this = now.as_ms().div_euclid(HOUR_MS);
        let stored = |hour| self.hours.iter().find(|count| count.number == hour).map_or(0, |count| count.stored);
        (this - 23..=this).map(stored).collect()
    }

    /// How it stands.
    pub fn standing(&self, now: Timestamp) -> Standing {
        let is_slow = |usual: i64| usual * RATE_MIN / 1_000 >= SLOW_FROM && self.per_min_milli(now) * 2 < usual;
        if now >= self.missed_at {
            Standing::Silent
        } else if self.last_hour(now).rejected >= FAILING_FROM
            && self.error_bp(now).is_some_and(|bp| bp >= FAILING_PERCENT * 100)
        {
            Standing::Failing
        } else if self.usual_per_min_milli(now).is_some_and(is_slow) {
            Standing::Slow
        } else {
            Standing::Live
        }
    }
}
