//! A lexicon: what single words say, before anything was learned.

use super::words;
use crate::language::Language;
use crate::text::{hash_of, spread, step, tokens};
use std::sync::OnceLock;

/// What a word does to what stands near it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It has a value of its own, or none.
    Plain,
    /// Turns what follows: `not`.
    Negation,
    /// Strengthens what follows: `very`.
    Emphasis,
    /// Weakens what follows: `slightly`.
    Damper,
    /// What follows weighs more than what went before: `but`.
    But,
}

/// What the lexicon knows of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    key: u32,
    /// In tenths, -40 to 40.
    pub(crate) valence: i8,
    pub(crate) role: Role,
    /// Whether a phrase of two words begins with it.
    pub(crate) begins: bool,
}

const EMPTY: Entry = Entry { key: 0, valence: 0, role: Role::Plain, begins: false };

/// Words and what they say, by hash; several languages in one table.
#[derive(Debug, Clone)]
pub struct Lexicon {
    slots: Vec<Entry>,
    used: usize,
    languages: u8,
}

// The same words are the same lexicon, in whatever order they came.
impl PartialEq for Lexicon {
    fn eq(&self, other: &Self) -> bool {
        self.languages == other.languages && self.entries() == other.entries()
    }
}

fn key(hash: u64, language: Language) -> u32 {
    (spread(hash ^ language.salt()) as u32).max(1)
}

/// The hash of two words beside one another.
pub(crate) const fn pair(first: u64, second: u64) -> u64 {
    spread(step(first, second))
}

impl Lexicon {
    /// One that knows nothing.
    pub(crate) fn empty() -> Self {
        Self { slots: vec![EMPTY; 16], used: 0, languages: 0 }
    }

    /// NexusFlow's own: English, Spanish, Portuguese and German.
    pub fn own() -> &'static Self {
        static OWN: OnceLock<Lexicon> = OnceLock::new();
        OWN.get_or_init(words::lexicon)
    }

    /// The own one with the words of a file in the format of VADER's lexicon before it: a word, a tab, its mean valence from -4 to 4, and
    /// whatever follows. They count as English.
    ///
    /// # Errors
    /// Says the line at fault.
    pub fn with_file(text: &str) -> Result<Self, String> {
        let mut lexicon = Self::own().clone();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let bad =
                |what: &str| format!("line {}: {what}: a line is a word, a tab, and its valence from -4 to 4", at + 1);
            let mut parts = line.split('\t');
            let word = parts.next().unwrap_or_default();
            let valence = parts.next().ok_or_else(|| bad("there is no tab"))?.trim();
            let valence: f64 = valence.parse().map_err(|_| bad(&format!("{valence:?} is no number")))?;
            if !(-4.0..=4.0).contains(&valence) {
                return Err(bad(&format!("{valence} is out of range")));
            }
            lexicon.add(Language::English, word, (valence * 10.0).round() as i8, Role::Plain);
        }
        Ok(lexicon)
    }

    /// Takes a word in, or a phrase of two.
    pub(crate) fn add(&mut self, language: Language, word: &str, valence: i8, role: Role) {
        let mut hashes = tokens(word).map(|token| token.hash);
        let (first, second, third) = (hashes.next(), hashes.next(), hashes.next());
        match (first, second, third) {
            (Some(one), None, _) => self.put(key(one, language), |entry| (entry.valence, entry.role) = (valence, role)),
            (Some(one), Some(two), None) => {
                self.put(key(one, language), |entry| entry.begins = true);
                self.put(key(pair(one, two), language), |entry| (entry.valence, entry.role) = (valence, role));
            }
            // Nothing to know it by, or longer than what is looked for.
            _ => return,
        }
        self.languages |= 1 << language as u8;
    }

    fn put(&mut self, key: u32, change: impl FnOnce(&mut Entry)) {
        if self.used * 2 >= self.slots.len() {
            let old = std::mem::take(&mut self.slots);
            self.slots = vec![EMPTY; old.len() * 2];
            for entry in old.into_iter().filter(|entry| entry.key != 0) {
                let at = self.place(entry.key);
                self.slots[at] = entry;
            }
        }
        let at = self.place(key);
        let Some(slot) = self.slots.get_mut(at) else { return };
        if slot.key == 0 {
            slot.key = key;
            self.used += 1;
        }
        change(slot);
    }

    #[inline]
    fn place(&self, key: u32) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = key as usize & mask;
        // Half of the slots are empty at least.
        while self.slots[at].key != 0 && self.slots[at].key != key {
            at = (at + 1) & mask;
        }
        at
    }

    /// What it knows of a word, by the word's hash.
    #[inline]
    pub(crate) fn find(&self, language: Language, hash: u64) -> Option<Entry> {
        let entry = self.slots[self.place(key(hash, language))];
        (entry.key != 0).then_some(entry)
    }

    /// Whether it knows words of that language.
    pub fn knows(&self, language: Language) -> bool {
        self.languages & (1 << language as u8) != 0
    }

    /// How many words and phrases it knows.
    pub fn words(&self) -> usize {
        self.used
    }

    /// Its entries by key, for whoever stores them.
    pub(crate) fn entries(&self) -> Vec<(u32, i8, u8)> {
        let tell = |entry: &Entry| (entry.key, entry.valence, entry.role as u8 | u8::from(entry.begins) << 7);
        let mut all: Vec<_> = self.slots.iter().filter(|entry| entry.key != 0).map(tell).collect();
        all.sort_unstable();
        all
    }

    /// One of such entries. None where a role is unknown.
    pub(crate) fn of_entries(entries: &[(u32, i8, u8)], languages: u8) -> Option<Self> {
        let mut lexicon = Self { languages, ..Self::empty() };
        for (key, valence, role) in entries {
            let roles = [Role::Plain, Role::Negation, Role::Emphasis, Role::Damper, Role::But];
            let own = *roles.get(usize::from(role & 0x7f))?;
            let begins = role & 0x80 != 0;
            lexicon.put(*key, |entry| (entry.valence, entry.role, entry.begins) = (*valence, own, begins));
        }
        Some(lexicon)
    }

    pub(crate) fn languages(&self) -> u8 {
        self.languages
    }

    /// The valence of one word, for tests and for people.
    pub fn valence(&self, language: Language, word: &str) -> Option<i8> {
        self.find(language, hash_of(word)).map(|entry| entry.valence)
    }
}
