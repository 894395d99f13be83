//! What people have to see of a partition: cards, each whole, told to gateways as they change.

use nexusflow_model::Id;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

/// Cards of what is over that stay for a while, so that people can look back: the newest of a partition.
pub const OVER_KEPT: usize = 500;

/// Which card: whom it is about, and its name among theirs.
pub type CardKey = (Id, String);

/// The cards of a partition.
#[derive(Debug, Clone)]
pub struct Board<C> {
    cards: BTreeMap<CardKey, Posted<C>>,
    /// Those of what is over, the oldest first.
    over: VecDeque<CardKey>,
    /// Changed since they were told last.
    changed: BTreeSet<CardKey>,
    /// Whether something changed since it was written last.
    pub(crate) is_unwritten: bool,
}

#[derive(Debug, Clone)]
struct Posted<C> {
    card: Arc<C>,
    is_over: bool,
}

impl<C> Default for Board<C> {
    fn default() -> Self {
        Self { cards: BTreeMap::new(), over: VecDeque::new(), changed: BTreeSet::new(), is_unwritten: false }
    }
}

#[derive(Deserialize)]
struct Written<C> {
    cards: Vec<(CardKey, C)>,
    over: VecDeque<CardKey>,
}

impl<C: Clone + PartialEq + Serialize + DeserializeOwned> Board<C> {
    /// Puts a card up, or another one in its place. Of what is over only the newest stay.
    pub fn post(&mut self, key: CardKey, card: C, is_over: bool) {
        let before = self.cards.get_mut(&key);
        if before.as_ref().is_some_and(|own| *own.card == card) {
            return;
        }
        // Hundreds are over: they are looked through only where this was one of them.
        if before.as_ref().is_some_and(|own| own.is_over) {
            self.over.retain(|own| *own != key);
        }
        let posted = Posted { card: Arc::new(card), is_over };
        match before {
            Some(own) => *own = posted,
            None => drop(self.cards.insert(key.clone(), posted)),
        }
        if is_over {
            self.over.push_back(key.clone());
            if self.over.len() > OVER_KEPT
                && let Some(oldest) = self.over.pop_front()
            {
                self.cards.remove(&oldest);
                self.changed.insert(oldest);
            }
        }
        self.changed.insert(key);
        self.is_unwritten = true;
    }

    /// Takes a card down.
    pub fn take_down(&mut self, key: &CardKey) {
        if let Some(own) = self.cards.remove(key) {
            if own.is_over {
                self.over.retain(|own| own != key);
            }
            self.changed.insert(key.clone());
            self.is_unwritten = true;
        }
    }

    /// Whether there is no card.
    pub fn is_empty(&self) -> bool {
        self.cards.is_empty()
    }

    /// All cards.
    pub fn cards(&self) -> impl Iterator<Item = (&CardKey, &C)> {
        self.cards.iter().map(|(key, own)| (key, &*own.card))
    }

    /// A card.
    pub fn card(&self, key: &CardKey) -> Option<&C> {
        self.cards.get(key).map(|own| &*own.card)
    }

    /// Whether something changed that was not taken yet.
    pub fn is_changed(&self) -> bool {
        !self.changed.is_empty()
    }

    /// What changed since the last call: gone where there is no card.
    pub fn take_changed(&mut self) -> Vec<(CardKey, Option<C>)> {
        let changed = std::mem::take(&mut self.changed).into_iter();
        changed.map(|key| (key.clone(), self.cards.get(&key).map(|own| (*own.card).clone()))).collect()
    }

    pub(crate) fn write(&self) -> Result<Vec<u8>, postcard::Error> {
        let cards: Vec<(&CardKey, &C)> = self.cards().collect();
        postcard::to_stdvec(&(cards, &self.over))
    }

    pub(crate) fn read(bytes: &[u8]) -> Result<Self, postcard::Error> {
        let Written { cards, over } = postcard::from_bytes(bytes)?;
        let posted = |(key, card)| (key, Posted { card: Arc::new(card), is_over: false });
        let mut cards: BTreeMap<CardKey, Posted<C>> = cards.into_iter().map(posted).collect();
        for key in &over {
            if let Some(own) = cards.get_mut(key) {
                own.is_over = true;
            }
        }
        Ok(Self { cards, over, ..Self::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: usize) -> CardKey {
        (Id::new("c-1").unwrap(), format!("card-{n:04}"))
    }

    #[test]
    fn what_changed_is_told_once_and_whole() {
        let mut board = Board::default();
        board.post(key(1), 7, false);
        board.post(key(1), 8, false);
        board.post(key(2), 1, false);
        board.take_down(&key(2));
        assert_eq!(board.take_changed(), [(key(1), Some(8)), (key(2), None)]);
        board.post(key(1), 8, false);
        assert_eq!(board.take_changed(), []);
    }

    #[test]
    fn of_what_is_over_the_newest_stay_and_what_is_open_stays_whatever_there_is() {
        let mut board = Board::default();
        board.post(key(0), 0, false);
        (1..=OVER_KEPT + 3).for_each(|n| board.post(key(n), n, true));
        assert_eq!(board.cards().count(), 1 + OVER_KEPT);
        assert!(board.card(&key(0)).is_some() && board.card(&key(3)).is_none() && board.card(&key(4)).is_some());
        // What is open again is not over any more.
        board.post(key(4), 0, false);
        board.post(key(OVER_KEPT + 4), 0, true);
        assert!(board.card(&key(4)).is_some() && board.card(&key(5)).is_some());
        let again: Board<usize> = Board::read(&board.write().unwrap()).unwrap();
        assert!(again.cards().eq(board.cards()) && again.over == board.over);
    }
}
