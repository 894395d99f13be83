//! What a linear model sees of a text: its words, pairs of words, and runs of letters within words, each hashed into a bucket
//! (Weinberger et al. 2009, "Feature hashing for large scale multitask learning").

use crate::text::{Kind, Token, spread, step};
use serde::{Deserialize, Serialize};

/// Which features there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// Buckets, as a power of two.
    pub bits: u8,
    /// Pairs of words beside one another.
    pub pairs: bool,
    /// Runs of letters within words, from so many to so many; none where the last is 0.
    pub letters: (u8, u8),
}

impl Shape {
    /// Words and pairs: quick.
    pub const WORDS: Self = Self { bits: 16, pairs: true, letters: (0, 0) };
    /// And runs of three to five letters, which see through forms and slips of words.
    pub const LETTERS: Self = Self { bits: 18, pairs: true, letters: (3, 5) };

    /// How many buckets there are.
    pub const fn buckets(self) -> usize {
        1 << self.bits
    }

    const fn bucket(self, hash: u64) -> u32 {
        (hash >> (64 - self.bits)) as u32
    }
}

/// What a feature is of. Each group is normalised by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// A word.
    Word,
    /// A pair of words.
    Pair,
    /// A run of letters.
    Letters,
}

/// The words before the one that is read.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Window {
    before: u64,
}

const NEGATED: u64 = 0x4e4f_545f;
const PAIR: u64 = 0x5041_4952;
const RUN: u64 = 0x5255_4e53;

/// The features of the next token of a text.
#[inline]
pub(crate) fn of_token(
    shape: Shape,
    text: &str,
    token: &Token,
    negated: bool,
    window: &mut Window,
    mut feature: impl FnMut(Group, u32),
) {
    if let Kind::Stop(mark) = token.kind {
        // A pair reaches over a comma, not over the end of a sentence; and only some marks mean something by themselves.
        if mark != b',' {
            window.before = 0;
        }
        if matches!(mark, b'!' | b'?') {
            feature(Group::Word, shape.bucket(token.hash));
        }
        return;
    }
    // What is negated is another word (Das and Chen 2001).
    let hash = if negated { spread(step(token.hash, NEGATED)) } else { token.hash };
    feature(Group::Word, shape.bucket(hash));
    if shape.pairs {
        feature(Group::Pair, shape.bucket(spread(step(step(PAIR, window.before), token.hash))));
    }
    window.before = token.hash;
    if shape.letters.1 > 0 && token.kind == Kind::Word {
        runs(shape, &text.as_bytes()[token.from..token.to], &mut feature);
    }
}

/// The runs of letters of a word with its two ends: of `late` and three letters `<la`, `lat`, `ate`, `te>`.
#[inline]
fn runs(shape: Shape, word: &[u8], feature: &mut impl FnMut(Group, u32)) {
    const LETTERS_MAX: usize = 30;
    let mut letters = [b'>'; LETTERS_MAX + 2];
    let len = word.len().min(LETTERS_MAX);
    letters[0] = b'<';
    for (to, from) in letters[1..].iter_mut().zip(&word[..len]) {
        *to = from.to_ascii_lowercase();
    }
    let letters = &letters[..len + 2];
    let (from, to) = (usize::from(shape.letters.0), usize::from(shape.letters.1));
    for start in 0..letters.len() {
        let mut hash = RUN;
        for (at, letter) in letters[start..].iter().take(to).enumerate() {
            hash = step(hash, u64::from(*letter));
            if at + 1 >= from {
                feature(Group::Letters, shape.bucket(spread(hash)));
            }
        }
    }
}
