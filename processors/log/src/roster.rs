//! What a worker knows of the others: who lives, and who owns what.

use crate::lease::{Change, Holding, Member};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// Whose a partition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder<'a> {
    /// Nobody's; what has to be known to take it over.
    Free(Option<u64>),
    /// A living worker's, by its id.
    Worker(&'a str),
}

/// What is known of a worker.
#[derive(Debug)]
struct Seen {
    /// What it says of itself; nothing where only its holdings were met.
    member: Option<Member>,
    heard_at: Instant,
    is_gone: bool,
}

/// Who lives and who owns what, as one worker heard it.
#[derive(Debug)]
pub struct Roster {
    lease: Duration,
    /// After how much silence a worker is asked whether it is there.
    overdue: Duration,
    workers: BTreeMap<String, Seen>,
    holdings: BTreeMap<u32, Holding>,
    /// Up to which revision a partition's key is known.
    revisions: BTreeMap<u32, u64>,
    /// When a worker counts as heard that was met only by what it holds.
    met_at: Instant,
}

impl Roster {
    /// Nothing known yet. Workers beat every `beat`, and are dead after a silence of `lease`.
    pub fn new(lease: Duration, beat: Duration, now: Instant) -> Self {
        let overdue = beat * 3 / 2;
        let (workers, holdings, revisions) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        // At the first look, who is not heard of is asked after at once: who starts again need not wait for its own lease of before.
        Self { lease, overdue, workers, holdings, revisions, met_at: now.checked_sub(overdue).unwrap_or(now) }
    }

    /// Watching begins anew after an interruption: nobody could be heard meanwhile, so everybody gets the time of `grace` to come back.
    pub fn begin_anew(&mut self, now: Instant, grace: Duration) {
        self.holdings.clear();
        self.revisions.clear();
        self.met_at = now + grace;
        for seen in self.workers.values_mut() {
            seen.heard_at = seen.heard_at.max(self.met_at);
        }
    }

    /// Takes in a change.
    pub fn hear(&mut self, change: Change, now: Instant) {
        match change {
            Change::Lives(member) => {
                // Who got time to come back keeps it.
                let heard_at = self.workers.get(&member.id).map_or(now, |seen| seen.heard_at.max(now));
                self.workers.insert(member.id.clone(), Seen { member: Some(member), heard_at, is_gone: false });
            }
            Change::Left(id) => drop(self.workers.remove(&id)),
            Change::Owned(holding) => {
                let met = Seen { member: None, heard_at: self.met_at, is_gone: false };
                self.workers.entry(holding.worker.clone()).or_insert(met);
                if self.is_news(holding.partition, holding.revision) {
                    self.holdings.insert(holding.partition, holding);
                }
            }
            Change::Free(partition, revision) => {
                if self.is_news(partition, revision) {
                    self.holdings.remove(&partition);
                }
            }
        }
    }

    /// Whether a revision is not older than what is known; what is heard by two ways may come late by one.
    fn is_news(&mut self, partition: u32, revision: u64) -> bool {
        let known = self.revisions.entry(partition).or_insert(0);
        let is_news = revision >= *known;
        *known = revision.max(*known);
        is_news
    }

    /// The workers that should own something, by id.
    pub fn willing(&self, now: Instant) -> BTreeSet<&str> {
        let is_willing = |seen: &Seen| seen.member.as_ref().is_some_and(|member| !member.is_leaving);
        let willing = self.workers.iter().filter(|(_, seen)| is_willing(seen) && self.is_alive(seen, now));
        willing.map(|(id, _)| id.as_str()).collect()
    }

    /// Whose a partition is.
    pub fn holder(&self, partition: u32, now: Instant) -> Holder<'_> {
        match self.holdings.get(&partition) {
            None => Holder::Free(None),
            Some(holding) => match self.workers.get(&holding.worker) {
                Some(seen) if self.is_alive(seen, now) => Holder::Worker(&holding.worker),
                _ => Holder::Free(Some(holding.revision)),
            },
        }
    }

    /// What is known of a partition's owner, living or not.
    pub fn holding(&self, partition: u32) -> Option<&Holding> {
        self.holdings.get(&partition)
    }

    /// The workers that live, by their ids.
    pub fn living(&self, now: Instant) -> impl Iterator<Item = &Member> {
        let living = self.workers.values().filter(move |seen| self.is_alive(seen, now));
        living.filter_map(|seen| seen.member.as_ref())
    }

    /// Forgets the dead.
    pub fn bury(&mut self, now: Instant) {
        let lease = self.lease;
        self.workers.retain(|_, seen| !seen.is_gone && now.saturating_duration_since(seen.heard_at) < lease);
    }

    /// Those who should have been heard of: worth asking whether they are there.
    pub fn overdue(&self, now: Instant) -> Vec<String> {
        let is_late =
            |seen: &Seen| self.is_alive(seen, now) && now.saturating_duration_since(seen.heard_at) >= self.overdue;
        self.workers.iter().filter(|(_, seen)| is_late(seen)).map(|(id, _)| id.clone()).collect()
    }

    /// A worker was not there when it was asked at `asked_at`.
    pub fn is_gone(&mut self, id: &str, asked_at: Instant) {
        if let Some(seen) = self.workers.get_mut(id)
            && seen.heard_at < asked_at
        {
            seen.is_gone = true;
        }
    }

    fn is_alive(&self, seen: &Seen, now: Instant) -> bool {
        !seen.is_gone && now.saturating_duration_since(seen.heard_at) < self.lease
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEASE: Duration = Duration::from_millis(2_000);
    const BEAT: Duration = Duration::from_millis(250);

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn lives(id: &str) -> Change {
        Change::Lives(Member { id: id.into(), name: id.into(), since_ms: 0, is_leaving: false })
    }

    fn owned(worker: &str, revision: u64) -> Change {
        let (name, term) = (worker.to_owned(), revision);
        Change::Owned(Holding { partition: 0, worker: worker.into(), name, term, revision, trouble: None })
    }

    #[test]
    fn a_worker_that_is_silent_for_the_lease_loses_what_it_had() {
        let begin = Instant::now();
        let mut roster = Roster::new(LEASE, BEAT, begin);
        roster.hear(lives("a"), begin);
        roster.hear(owned("a", 7), begin);
        let late = begin + LEASE - ms(1);
        assert_eq!((roster.holder(0, late), roster.overdue(late)), (Holder::Worker("a"), vec!["a".to_owned()]));
        assert_eq!(roster.holder(0, begin + LEASE), Holder::Free(Some(7)));
        assert!(roster.willing(begin + LEASE).is_empty());
        roster.hear(lives("a"), begin + LEASE);
        assert_eq!(roster.holder(0, begin + LEASE), Holder::Worker("a"), "it is back before anybody took it");
    }

    #[test]
    fn one_that_is_gone_loses_it_at_once_unless_it_was_heard_since() {
        let begin = Instant::now();
        let mut roster = Roster::new(LEASE, BEAT, begin);
        roster.hear(lives("a"), begin);
        roster.hear(owned("a", 7), begin);
        assert!(roster.overdue(begin + ms(374)).is_empty());
        roster.hear(lives("a"), begin + ms(400));
        roster.is_gone("a", begin + ms(390));
        assert_eq!(roster.holder(0, begin + ms(401)), Holder::Worker("a"));
        roster.is_gone("a", begin + ms(410));
        assert_eq!(roster.holder(0, begin + ms(411)), Holder::Free(Some(7)));
    }

    #[test]
    fn an_owner_of_before_is_asked_after_at_once_but_gets_time_after_an_interruption() {
        let begin = Instant::now();
        let mut roster = Roster::new(LEASE, BEAT, begin);
        roster.hear(owned("before", 7), begin);
        assert_eq!(roster.overdue(begin), ["before"]);
        roster.begin_anew(begin, ms(1_000));
        roster.hear(owned("before", 7), begin);
        assert!(roster.overdue(begin + ms(1_300)).is_empty());
        assert_eq!(roster.overdue(begin + ms(1_400)), ["before"]);
    }

    #[test]
    fn what_comes_late_by_the_other_way_is_no_news() {
        let begin = Instant::now();
        let mut roster = Roster::new(LEASE, BEAT, begin);
        roster.hear(lives("a"), begin);
        roster.hear(owned("a", 9), begin);
        roster.hear(Change::Free(0, 8), begin);
        roster.hear(owned("b", 7), begin);
        assert_eq!(roster.holder(0, begin), Holder::Worker("a"));
        roster.hear(Change::Free(0, 10), begin);
        assert_eq!(roster.holder(0, begin), Holder::Free(None));
    }
}
