//! What a partition gives to the views, and how the gateway puts the gifts of all partitions together.

#[cfg(test)]
mod tests;

use crate::board::CardKey;
use crate::{Counters, Effect, Merge, Pane};
use nexusflow_model::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// How a partition stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Who owns it.
    pub owner: String,
    /// The last record folded.
    pub sequence: u64,
    /// The last record of its log, as far as is known.
    pub head: u64,
    /// How long what is folded now had been waiting, in milliseconds; 0 when nothing waits.
    pub lag_ms: i64,
    /// How far its own time has come, in milliseconds since the epoch.
    pub clock_ms: i64,
    /// What it has counted.
    pub counters: Counters,
    /// How many customers it knows.
    pub customers: u64,
    /// The record its newest checkpoint stands at.
    pub checkpoint: u64,
    /// How old that checkpoint is, in milliseconds; negative where there is none.
    pub checkpoint_age_ms: i64,
    /// What goes wrong while it is folded, and how to mend it, for people; none where all is well.
    pub trouble: Option<String>,
}

/// What changed in a partition's rollups, or all of them. Panes are replaced whole, so that receiving one twice counts once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Contribution<R, E, C> {
    /// The version of the domain's types: a gateway of another version can't read it.
    pub format: u32,
    /// Which partition.
    pub partition: u32,
    /// Which life of its owner, the term of its lease: versions of another one can't be compared, and the highest is believed.
    pub epoch: u64,
    /// The version these changes apply to; 0 for all panes there are.
    pub from: u64,
    /// The version after them.
    pub version: u64,
    /// Which part of these changes this is, from 0, and of how many: a message has a largest size.
    pub part: (u16, u16),
    /// Changed panes; gone where there is no rollup.
    pub panes: Vec<(Pane, Option<R>)>,
    /// Changed cards; gone where there is none.
    pub cards: Vec<(CardKey, Option<C>)>,
    /// The configuration as JSON, where it changed or all is given.
    pub config: Option<String>,
    /// What is to be done or shown, in order.
    pub effects: Vec<Effect<E>>,
    /// How the partition stands.
    pub standing: Standing,
}

/// Panes in one message at the most: some kilobytes each.
const PANES_MAX: usize = 128;
/// Cards in one message at the most: less than a kilobyte each.
const CARDS_MAX: usize = 512;

impl<R, E, C> Contribution<R, E, C> {
    /// Cuts it into parts that fit a message.
    pub fn split(mut self) -> Vec<Self> {
        let (panes, cards) = (std::mem::take(&mut self.panes), std::mem::take(&mut self.cards));
        let parts = panes.len().div_ceil(PANES_MAX).max(cards.len().div_ceil(CARDS_MAX)).max(1) as u16;
        let (mut panes, mut cards) = (panes.into_iter(), cards.into_iter());
        let (mut config, mut effects) = (self.config.take(), std::mem::take(&mut self.effects));
        let part = |part| Self {
            part: (part, parts),
            panes: panes.by_ref().take(PANES_MAX).collect(),
            cards: cards.by_ref().take(CARDS_MAX).collect(),
            config: config.take(),
            effects: std::mem::take(&mut effects),
            standing: self.standing.clone(),
            ..self
        };
        (0..parts).map(part).collect()
    }

    /// Adds the next part; false where it isn't that.
    fn join(&mut self, next: Self) -> Option<()> {
        let follows = (self.epoch, self.from, self.version) == (next.epoch, next.from, next.version)
            && next.part == (self.part.0 + 1, self.part.1);
        follows.then(|| {
            self.panes.extend(next.panes);
            self.cards.extend(next.cards);
            self.part = next.part;
        })
    }

    fn is_whole(&self) -> bool {
        self.part.0 + 1 == self.part.1
    }
}

/// Owners of one partition that are listened to at once: one that leaves and one that comes.
const OWNERS_MAX: usize = 2;

/// Puts the parts of contributions together again, as they come in order from each owner of a partition: by the epoch, so that
/// the parts of two are not mixed up.
#[derive(Debug)]
pub struct Assembly<R, E, C>(BTreeMap<u64, Contribution<R, E, C>>);

impl<R, E, C> Default for Assembly<R, E, C> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<R, E, C> Assembly<R, E, C> {
    /// Takes a part; gives the whole when it was the last one. Parts without their beginning are dropped: the gap in the
    /// versions tells.
    pub fn take(&mut self, part: Contribution<R, E, C>) -> Option<Contribution<R, E, C>> {
        let epoch = part.epoch;
        let mut whole = match self.0.remove(&epoch) {
            Some(mut begun) if part.part.0 > 0 => {
                begun.join(part)?;
                begun
            }
            _ if part.part.0 == 0 => part,
            _ => return None,
        };
        if whole.is_whole() {
            whole.part = (0, 1);
            return Some(whole);
        }
        self.0.insert(epoch, whole);
        if self.0.len() > OWNERS_MAX {
            self.0.pop_first();
        }
        None
    }
}

/// What came of taking in a contribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absorbed {
    /// It was taken.
    Taken,
    /// It says nothing new.
    Known,
    /// Something before it is missing: ask the owner for everything.
    Gap,
    /// A new owner is not yet where the one before it was: what is known stays until it is.
    Behind,
    /// It is of an owner of before, which does not know yet that there is another one.
    Outdated,
}

/// The contributions of all partitions, merged.
#[derive(Debug, Clone)]
pub struct Merged<R, C> {
    parts: BTreeMap<u32, Part<R, C>>,
    merged: BTreeMap<Pane, R>,
    dirty: BTreeSet<Pane>,
    /// Cards that changed since they were taken last.
    changed_cards: BTreeSet<(u32, CardKey)>,
    config: String,
    /// Grows with every contribution taken.
    pub version: u64,
}

#[derive(Debug, Clone)]
struct Part<R, C> {
    /// The highest epoch heard of: lower ones are not believed.
    highest: u64,
    /// That of the panes.
    epoch: u64,
    version: u64,
    panes: BTreeMap<Pane, R>,
    cards: BTreeMap<CardKey, C>,
    /// The last record that is in the panes.
    sequence: u64,
    standing: Standing,
}

impl<R, C> Default for Merged<R, C> {
    fn default() -> Self {
        let (parts, merged, dirty) = (BTreeMap::new(), BTreeMap::new(), BTreeSet::new());
        Self { parts, merged, dirty, changed_cards: BTreeSet::new(), config: String::new(), version: 0 }
    }
}

impl<R, C> Part<R, C> {
    /// Whether an owner of another life that stands so knows less than is known, and has more to fold.
    fn is_ahead_of(&self, epoch: u64, standing: &Standing) -> bool {
        epoch != self.epoch && standing.sequence < self.sequence && standing.sequence < standing.head
    }
}

impl<R: Merge + Clone, C: Clone> Merged<R, C> {
    /// Whether what an owner of this epoch says would not be believed.
    pub fn is_outdated(&self, partition: u32, epoch: u64) -> bool {
        self.parts.get(&partition).is_some_and(|part| epoch < part.highest)
    }

    /// Believes whoever speaks next for a partition, whatever its epoch: for one whose owner is silent, as epochs begin anew with
    /// a new log.
    pub fn depose(&mut self, partition: u32) {
        if let Some(part) = self.parts.get_mut(&partition) {
            part.highest = 0;
        }
    }

    /// Takes in a contribution: replaces the panes it names, whole.
    pub fn absorb<E>(&mut self, contribution: Contribution<R, E, C>) -> Absorbed {
        if self.is_outdated(contribution.partition, contribution.epoch) {
            return Absorbed::Outdated;
        }
        if let Some(part) = self.parts.get_mut(&contribution.partition) {
            part.highest = contribution.epoch;
            if part.is_ahead_of(contribution.epoch, &contribution.standing) {
                // Time does not go back either.
                part.standing = Standing { clock_ms: part.standing.clock_ms, ..contribution.standing };
                return Absorbed::Behind;
            }
        }
        let known = self.parts.get(&contribution.partition).map(|part| (part.epoch, part.version));
        let fresh = contribution.from == 0;
        match known {
            Some((epoch, version)) if epoch == contribution.epoch && contribution.version <= version => {
                return Absorbed::Known;
            }
            Some((epoch, version)) if !fresh && (epoch != contribution.epoch || contribution.from != version) => {
                return Absorbed::Gap;
            }
            None if !fresh => return Absorbed::Gap,
            _ => {}
        }
        let part = self.parts.entry(contribution.partition).or_insert_with(|| Part {
            highest: contribution.epoch,
            epoch: contribution.epoch,
            version: 0,
            panes: BTreeMap::new(),
            cards: BTreeMap::new(),
            sequence: 0,
            standing: Standing::default(),
        });
        if fresh {
            self.dirty.extend(std::mem::take(&mut part.panes).into_keys());
            let gone = std::mem::take(&mut part.cards).into_keys();
            self.changed_cards.extend(gone.map(|key| (contribution.partition, key)));
        }
        for (pane, rollup) in contribution.panes {
            self.dirty.insert(pane);
            match rollup {
                Some(rollup) => part.panes.insert(pane, rollup),
                None => part.panes.remove(&pane),
            };
        }
        for (key, card) in contribution.cards {
            self.changed_cards.insert((contribution.partition, key.clone()));
            match card {
                Some(card) => part.cards.insert(key, card),
                None => part.cards.remove(&key),
            };
        }
        (part.epoch, part.version) = (contribution.epoch, contribution.version);
        (part.sequence, part.standing) = (contribution.standing.sequence, contribution.standing);
        if let Some(config) = contribution.config {
            self.config = config;
        }
        self.version += 1;
        Absorbed::Taken
    }

    /// Brings the merged panes up to date.
    pub fn settle(&mut self) {
        for pane in std::mem::take(&mut self.dirty) {
            let mut merged: Option<R> = None;
            for rollup in self.parts.values().filter_map(|part| part.panes.get(&pane)) {
                match &mut merged {
                    Some(merged) => merged.merge(rollup),
                    None => merged = Some(rollup.clone()),
                }
            }
            match merged {
                Some(merged) => self.merged.insert(pane, merged),
                None => self.merged.remove(&pane),
            };
        }
    }

    /// The cards of all partitions.
    pub fn cards(&self) -> impl Iterator<Item = (&CardKey, &C)> {
        self.parts.values().flat_map(|part| &part.cards)
    }

    /// The cards that may have changed since the last call; gone where there is none.
    pub fn take_changed_cards(&mut self) -> Vec<(CardKey, Option<C>)> {
        let card = |(partition, key): (u32, CardKey)| {
            let card = self.parts.get(&partition).and_then(|part| part.cards.get(&key)).cloned();
            (key, card)
        };
        std::mem::take(&mut self.changed_cards).into_iter().map(card).collect()
    }

    /// The merged rollup of a pane, as of the last [`settle`](Self::settle).
    pub fn pane(&self, pane: Pane) -> Option<&R> {
        self.merged.get(&pane)
    }

    /// The merged rollups of the panes from `first` to `last`, both included, in order.
    pub fn range(&self, first: Pane, last: Pane) -> impl Iterator<Item = (Pane, &R)> {
        let range = (first <= last).then(|| self.merged.range(first..=last));
        range.into_iter().flatten().map(|(pane, rollup)| (*pane, rollup))
    }

    /// The configuration as JSON; empty where none is known.
    pub fn config(&self) -> &str {
        &self.config
    }

    /// How each partition stands, by its number.
    pub fn standings(&self) -> impl Iterator<Item = (u32, &Standing)> {
        self.parts.iter().map(|(partition, part)| (*partition, &part.standing))
    }

    /// The epoch of a partition's owner: the term of its lease.
    pub fn epoch(&self, partition: u32) -> Option<u64> {
        self.parts.get(&partition).map(|part| part.highest)
    }

    /// The partitions whose new owner is not yet where the one before it was.
    pub fn behind(&self) -> impl Iterator<Item = u32> {
        self.parts.iter().filter(|(_, part)| part.standing.sequence < part.sequence).map(|(partition, _)| *partition)
    }

    /// How far time has come: the latest clock of any partition.
    pub fn clock(&self) -> Option<Timestamp> {
        let latest = self.parts.values().map(|part| part.standing.clock_ms).max()?;
        Timestamp::from_ms(latest).ok().filter(|clock| *clock > Timestamp::MIN)
    }
}
