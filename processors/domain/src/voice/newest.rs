//! What a partition remembers of single texts: the newest, and those that are hardest to judge. It has places of the log and no words.

use crate::voice::texts::{Channel, Meant};
use nexusflow_model::{Id, Label, Place, Timestamp};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};

/// The newest texts of a partition that are remembered.
const NEWEST_MAX: usize = 400;
/// Texts of a partition that wait to be looked at, at the most.
const REVIEW_MAX: usize = 100;
/// Kinds, tiers or products that a partition counts apart, each; what comes after them counts in the whole only.
const APART_MAX: usize = 100;

/// A text, and where the log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spot {
    /// When it was written.
    pub at: Timestamp,
    /// (source, id) of its event as 64 bits.
    pub identity: u64,
    /// Who wrote it.
    pub customer: Id,
    /// The record it stands in.
    pub sequence: u64,
    /// The event in the record.
    pub index: u16,
    /// What it was written in.
    pub channel: Channel,
    /// How it is meant; none where that is not known.
    pub meant: Option<Meant>,
    /// What it is about.
    pub themes: Vec<Label>,
    /// How sure the models were, 0 to 1,000.
    pub sure_milli: u16,
    /// Whether a person said how it is meant or what it is about.
    pub is_labelled: bool,
}

/// The newest texts, and those that are hardest to judge.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Newest {
    /// The newest first, by (time, identity): the same whatever the order in which they came.
    texts: VecDeque<Spot>,
    /// The least sure first.
    review: Vec<Spot>,
}

impl Spot {
    /// Where the log of `partition` has it.
    pub const fn place(&self, partition: u32) -> Place {
        Place { partition, sequence: self.sequence, index: self.index }
    }

    const fn age(&self) -> (Timestamp, u64) {
        (self.at, self.identity)
    }

    const fn doubt(&self) -> (u16, Reverse<(Timestamp, u64)>) {
        (self.sure_milli, Reverse(self.age()))
    }
}

impl Newest {
    /// A text was written. One that was judged and that nobody has looked at waits to be, until `since`.
    pub(crate) fn written(&mut self, spot: &Spot, since: Timestamp) {
        if spot.meant.is_some() && !spot.is_labelled && spot.at >= since {
            self.await_review(spot, since);
        }
        // Most texts come in the order of their times: the newest is compared with one other.
        let at = match self.texts.front() {
            Some(front) if front.age() > spot.age() => self.texts.partition_point(|own| own.age() > spot.age()),
            _ => 0,
        };
        if at < NEWEST_MAX {
            self.texts.truncate(NEWEST_MAX - 1);
            self.texts.insert(at, spot.clone());
        }
    }

    fn await_review(&mut self, spot: &Spot, since: Timestamp) {
        // In a full queue of texts that are harder to judge there is no room, unless one of them has waited too long.
        let is_beyond = |last: &Spot| last.doubt() < spot.doubt();
        if self.review.len() >= REVIEW_MAX {
            self.review.retain(|own| own.at >= since);
            if self.review.len() >= REVIEW_MAX && self.review.last().is_some_and(is_beyond) {
                return;
            }
        }
        let at = self.review.partition_point(|own| own.doubt() < spot.doubt());
        self.review.insert(at, spot.clone());
        self.review.truncate(REVIEW_MAX);
    }

    /// A person said how a text is meant, or what it is about.
    pub(crate) fn labelled(&mut self, identity: u64, meant: Option<Meant>, themes: &[Label]) {
        self.review.retain(|own| own.identity != identity);
        if let Some(own) = self.texts.iter_mut().find(|own| own.identity == identity) {
            (own.meant, own.themes, own.is_labelled) = (meant, themes.to_vec(), true);
        }
    }

    /// The newest texts, the newest first.
    pub fn texts(&self) -> impl Iterator<Item = &Spot> {
        self.texts.iter()
    }

    /// What waits to be looked at and was written since, the least sure first.
    pub fn review(&self, since: Timestamp) -> impl Iterator<Item = &Spot> {
        self.review.iter().filter(move |own| own.at >= since)
    }
}

/// Names that are counted apart: as many as fit, the first that come.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Admitted([BTreeSet<Label>; 3]);

/// What names are of.
#[derive(Debug, Clone, Copy)]
pub(super) enum Of {
    Kind = 0,
    Tier = 1,
    Product = 2,
}

impl Admitted {
    /// Whether it is known that `name` is counted apart.
    pub(super) fn has(&self, of: Of, name: &Label) -> bool {
        self.0[of as usize].contains(name)
    }

    /// Whether `name` is counted apart from now on.
    pub(super) fn admit(&mut self, of: Of, name: &Label) -> bool {
        let own = &mut self.0[of as usize];
        own.contains(name) || (own.len() < APART_MAX && own.insert(name.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nexusflow_learn::sentiment::Class;

    fn spot(n: u64, sure_milli: u16) -> Spot {
        Spot {
            at: Timestamp::from_ms(n as i64 * 1_000).unwrap(),
            identity: n,
            customer: Id::new("c").unwrap(),
            sequence: n,
            index: 0,
            channel: Channel::Review,
            meant: Some((0, Class::Neutral)),
            themes: Vec::new(),
            sure_milli,
            is_labelled: false,
        }
    }

    #[test]
    fn the_newest_stay_whatever_the_order() {
        let mut orders: [Vec<u64>; 3] = std::array::from_fn(|_| (0..1_000).collect());
        orders[1].reverse();
        orders[2].sort_by_key(|n| n.wrapping_mul(2_654_435_761) % 1_009);
        let of = |order: &Vec<u64>| {
            let mut newest = Newest::default();
            order.iter().for_each(|n| newest.written(&spot(*n, (*n * 7 % 1_000) as u16), Timestamp::EPOCH));
            newest
        };
        let newest = orders.each_ref().map(of);
        assert!(newest[0] == newest[1] && newest[1] == newest[2]);
        assert_eq!(
            newest[0].texts().map(|own| own.identity).collect::<Vec<_>>(),
            (600..1_000).rev().collect::<Vec<_>>()
        );
        let sure: Vec<u16> = newest[0].review(Timestamp::EPOCH).map(|own| own.sure_milli).collect();
        assert_eq!(sure, (0..100).collect::<Vec<_>>());
    }

    #[test]
    fn what_a_person_looked_at_waits_no_more() {
        let mut newest = Newest::default();
        (0..5).for_each(|n| newest.written(&spot(n, n as u16), Timestamp::EPOCH));
        newest.labelled(2, Some((900, Class::Positive)), &[]);
        assert_eq!(newest.review(Timestamp::EPOCH).map(|own| own.identity).collect::<Vec<_>>(), [0, 1, 3, 4]);
        assert_eq!(newest.texts().find(|own| own.identity == 2).unwrap().meant, Some((900, Class::Positive)));
        // What has waited for too long does neither.
        assert_eq!(newest.review(Timestamp::from_ms(3_000).unwrap()).count(), 2);
    }

    #[test]
    fn names_are_counted_apart_as_far_as_there_is_room() {
        let mut admitted = Admitted::default();
        let label = |n: usize| Label::new(&format!("n{n}")).unwrap();
        let room = (0..APART_MAX + 5).filter(|n| admitted.admit(Of::Product, &label(*n))).count();
        assert_eq!(room, APART_MAX);
        assert!(admitted.admit(Of::Product, &label(3)) && admitted.has(Of::Product, &label(3)));
        assert!(!admitted.has(Of::Kind, &label(3)));
    }
}
