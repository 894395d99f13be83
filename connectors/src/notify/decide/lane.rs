//! What one target is yet to be told.

use super::{Order, Rules};
use crate::notify::matching::Holds;
use crate::notify::message::Message;
use crate::notify::notice::{Notice, Severity, What, text_of};
use crate::notify::settings::{Target, When};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use nexusflow_log::{Delivery, Outcome};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What one target is yet to be told.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Lane {
    /// By alert.
    pending: BTreeMap<String, Pending>,
    /// Open alerts it was told of: only where it wants to hear how they end.
    told: BTreeSet<String>,
    /// When a group was last told of.
    groups: BTreeMap<String, Group>,
    /// The day that is counted, and messages of that day by owner.
    day: String,
    spent: BTreeMap<String, u32>,
    /// Since when something waits for the digest.
    digest_since_ms: Option<i64>,
    #[serde(skip)]
    pub(super) orders: Vec<Order>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Pending {
    notice: Notice,
    /// What it follows from.
    id: String,
    /// Not before.
    tell_at_ms: i64,
    /// Since when nothing holds it.
    free_at_ms: i64,
    held: Option<String>,
    is_for_digest: bool,
}

impl Pending {
    fn is_ready(&self, now_ms: i64) -> bool {
        self.tell_at_ms <= now_ms && self.held.is_none() && !self.is_for_digest
    }
}

#[derive(Debug, Serialize, Deserialize)]
struct Group {
    told_ms: i64,
    worst: Severity,
}

/// A notice, for a lane.
#[derive(Clone, Copy)]
pub(super) struct News<'a> {
    pub(super) id: &'a str,
    pub(super) key: &'a str,
    pub(super) notice: &'a Notice,
    pub(super) stored_at_ms: i64,
    /// It happened long before it was heard of.
    pub(super) is_stale: bool,
    /// A console has shown it already.
    pub(super) seen: bool,
}

impl Target {
    fn wants(&self, notice: &Notice, what: What) -> bool {
        self.what.contains(&what)
            && (self.severities.is_empty() || self.severities.contains(&notice.severity))
            && (self.kinds.is_empty() || self.kinds.contains(&notice.kind))
            && (self.levels.is_empty() || self.levels.contains(&notice.level))
    }

    fn wants_ends(&self) -> bool {
        self.what.iter().any(|what| what.is_end())
    }
}

impl Lane {
    pub(super) fn notice(&mut self, target: &Target, rules: &Rules, news: News<'_>) {
        let News { id, key, notice, stored_at_ms, is_stale, seen } = news;
        if notice.what.is_end() {
            self.drop_pending(target, key, notice.what.name());
            // Who was not told of it need not hear that it is over.
            let was_told = self.told.remove(key);
            if !was_told || is_stale || !target.what.contains(&notice.what) {
                return;
            }
        } else if target.when == When::Unseen && notice.what.is_taken() {
            self.drop_pending(target, key, notice.what.name());
            return;
        } else if is_stale || !target.wants(notice, notice.what) {
            return;
        } else if target.when == When::Unseen && seen {
            return self.note(target, notice, id, "seen on a console");
        }
        let patience = if target.when == When::Unseen && !notice.what.is_end() { rules.routing.unseen_ms } else { 0 };
        let tell_at_ms = stored_at_ms.saturating_add(patience);
        match self.pending.get_mut(key) {
            // Told once, with what was heard last.
            Some(pending) => {
                pending.notice = notice.clone();
                pending.id = id.to_owned();
                pending.is_for_digest &= notice.severity >= Severity::S3;
            }
            None => {
                let pending = Pending {
                    notice: notice.clone(),
                    id: id.to_owned(),
                    tell_at_ms,
                    free_at_ms: tell_at_ms,
                    held: None,
                    is_for_digest: false,
                };
                self.pending.insert(key.to_owned(), pending);
            }
        }
    }

    pub(super) fn seen(&mut self, target: &Target, key: &str, revision: u32) {
        let is_seen = |pending: &Pending| target.when == When::Unseen && pending.notice.revision <= revision;
        if self.pending.get(key).is_some_and(is_seen) {
            self.drop_pending(target, key, "seen on a console");
        }
    }

    /// Something happened that makes telling pointless.
    fn drop_pending(&mut self, target: &Target, key: &str, because: &str) {
        if let Some(pending) = self.pending.remove(key) {
            self.note(target, &pending.notice, &pending.id, &format!("{because} before it was told"));
        }
    }

    fn note(&mut self, target: &Target, notice: &Notice, id: &str, detail: &str) {
        self.orders.push(Order::Note(Box::new(Delivery {
            id: format!("msg_{id}_{}", target.name),
            target: target.name.clone(),
            alert: notice.alert.clone(),
            customer: notice.subject.clone(),
            severity: notice.severity.name().to_owned(),
            what: notice.what.name().to_owned(),
            at: notice.at.clone(),
            attempt: 0,
            outcome: Outcome::Held,
            status: None,
            detail: Some(detail.to_owned()),
            next_at: None,
            took_ms: None,
        })));
    }

    /// Tells what is to be told by now; when there will be more to do.
    pub(super) fn advance(&mut self, now_ms: i64, target: &Target, rules: &Rules, holds: &Holds<'_>) -> Option<i64> {
        let mut next = self.weigh(now_ms, target, holds);
        let interval_ms = rules.routing.group_interval_ms;
        // What a group waits with: how bad it is, and since when.
        let mut groups: BTreeMap<&str, (Severity, i64)> = BTreeMap::new();
        for pending in self.pending.values().filter(|pending| pending.is_ready(now_ms)) {
            let (severity, since_ms) = (pending.notice.severity, pending.free_at_ms);
            let group = groups.entry(pending.notice.group()).or_insert((severity, since_ms));
            *group = (group.0.min(severity), group.1.min(since_ms));
        }
        let mut due: Vec<String> = Vec::new();
        for (group, (worst, since_ms)) in groups {
            let at_ms = self.tell_at(group, worst, since_ms, rules);
            if at_ms <= now_ms {
                due.push(group.to_owned());
            } else {
                next = [next, Some(at_ms)].into_iter().flatten().min();
            }
        }
        for group in due {
            let is_of = |pending: &Pending| pending.is_ready(now_ms) && pending.notice.group() == group;
            let of_group = self.pending.iter().filter(|(_, pending)| is_of(pending));
            let keys: Vec<String> = of_group.map(|(key, _)| key.clone()).collect();
            self.tell(now_ms, target, rules, &group, &keys);
        }
        // A group that was quiet for an interval begins anew.
        self.groups.retain(|_, group| group.told_ms + interval_ms > now_ms);
        let digest = self.digest(now_ms, target, rules);
        [next, digest].into_iter().flatten().min()
    }

    /// Looks at what holds back what; when the next begins to be told.
    fn weigh(&mut self, now_ms: i64, target: &Target, holds: &Holds<'_>) -> Option<i64> {
        let mut next: Option<i64> = None;
        let mut held: Vec<(Notice, String, String)> = Vec::new();
        let mut gone: Vec<String> = Vec::new();
        for (key, pending) in &mut self.pending {
            if pending.tell_at_ms > now_ms {
                next = Some(next.map_or(pending.tell_at_ms, |next| next.min(pending.tell_at_ms)));
                continue;
            }
            let hold = holds.of(&pending.notice);
            if hold == pending.held {
                continue;
            }
            match &hold {
                Some(what) => held.push((pending.notice.clone(), pending.id.clone(), what.clone())),
                None => pending.free_at_ms = now_ms,
            }
            // What is over is not told later.
            if hold.is_some() && pending.notice.what.is_end() {
                gone.push(key.clone());
            }
            pending.held = hold;
        }
        for (notice, id, what) in held {
            self.note(target, &notice, &id, &what);
        }
        for key in gone {
            self.pending.remove(&key);
        }
        next
    }

    /// When a group is to be told of.
    fn tell_at(&self, group: &str, worst: Severity, since_ms: i64, rules: &Rules) -> i64 {
        match self.groups.get(group) {
            Some(told) if worst < told.worst => since_ms,
            Some(told) => told.told_ms.saturating_add(rules.routing.group_interval_ms),
            None if worst == Severity::S1 => since_ms,
            None => since_ms.saturating_add(rules.routing.group_wait_ms),
        }
    }

    fn tell(&mut self, now_ms: i64, target: &Target, rules: &Rules, group: &str, keys: &[String]) {
        self.turn_day(now_ms, &rules.routing.zone);
        let mut told: Vec<String> = Vec::new();
        let mut owners: BTreeSet<String> = BTreeSet::new();
        let mut put_off: Vec<(Notice, String, &'static str)> = Vec::new();
        for key in keys {
            let Some(pending) = self.pending.get_mut(key) else { continue };
            let owner = pending.notice.owner();
            let is_spent = self.spent.get(owner).is_some_and(|spent| *spent >= rules.routing.budget_per_day);
            let because = match pending.notice.severity {
                Severity::S4 if !pending.notice.what.is_end() => "for the daily digest",
                Severity::S3 if is_spent => "over the day's budget, for the digest",
                _ => {
                    if pending.notice.severity == Severity::S3 {
                        owners.insert(owner.to_owned());
                    }
                    told.push(key.clone());
                    continue;
                }
            };
            pending.is_for_digest = true;
            put_off.push((pending.notice.clone(), pending.id.clone(), because));
        }
        for (notice, id, because) in put_off {
            self.note(target, &notice, &id, because);
        }
        let Some(worst) = self.say(target, rules, None, &told) else { return };
        for owner in owners {
            *self.spent.entry(owner).or_default() += 1;
        }
        self.groups.insert(group.to_owned(), Group { told_ms: now_ms, worst });
    }

    /// Says it, and remembers that it was said; how bad the worst of it is.
    fn say(&mut self, target: &Target, rules: &Rules, what: Option<&str>, keys: &[String]) -> Option<Severity> {
        let pending: Vec<Pending> = keys.iter().filter_map(|key| self.pending.remove(key)).collect();
        let worst = pending.iter().map(|pending| pending.notice.severity).min()?;
        let about: Vec<(&str, &Notice)> =
            pending.iter().map(|pending| (pending.id.as_str(), &pending.notice)).collect();
        self.orders.push(Order::Tell(Box::new(Message::about(&target.name, what, &about, &rules.settings.public_url))));
        if target.wants_ends() {
            let open = pending.iter().filter(|pending| !pending.notice.what.is_end());
            self.told.extend(open.map(|pending| pending.notice.key()));
        }
        Some(worst)
    }

    /// A new day has a new budget.
    fn turn_day(&mut self, now_ms: i64, zone: &TimeZone) {
        let day = local(now_ms, zone).map(|now| now.date().to_string()).unwrap_or_default();
        if day != self.day {
            self.day = day;
            self.spent.clear();
        }
    }

    /// Tells the digest where it is due; when it will be.
    fn digest(&mut self, now_ms: i64, target: &Target, rules: &Rules) -> Option<i64> {
        let is_in = |pending: &Pending| pending.is_for_digest && pending.held.is_none();
        if !self.pending.values().any(is_in) {
            self.digest_since_ms = None;
            return None;
        }
        // Worked out anew each time: the configuration that holds now says when.
        let since_ms = *self.digest_since_ms.get_or_insert(now_ms);
        let at_ms = next_digest(since_ms, rules.routing.digest_at, &rules.routing.zone)?;
        if at_ms > now_ms {
            return Some(at_ms);
        }
        let in_it = self.pending.iter().filter(|(_, pending)| is_in(pending));
        let keys: Vec<String> = in_it.map(|(key, _)| key.clone()).collect();
        tracing::debug!(target = target.name, alerts = keys.len(), due = text_of(at_ms), "digest");
        self.say(target, rules, Some("digest"), &keys);
        self.digest_since_ms = None;
        None
    }
}

fn local(ms: i64, zone: &TimeZone) -> Option<Zoned> {
    Some(Timestamp::from_millisecond(ms).ok()?.to_zoned(zone.clone()))
}

/// The next time of the digest after a moment; where the clocks skip it, as soon as they have.
fn next_digest(after_ms: i64, digest_at: Time, zone: &TimeZone) -> Option<i64> {
    let now = local(after_ms, zone)?;
    let on = |day: Date| Some(day.to_datetime(digest_at).to_zoned(zone.clone()).ok()?.timestamp().as_millisecond());
    let today = on(now.date())?;
    if today > after_ms { Some(today) } else { on(now.date().checked_add(1.day()).ok()?) }
}
