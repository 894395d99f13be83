//! Reading a text once: what the lexicon says of it, by rules, and the features that a model weighs.
//!
//! The rules follow Hutto and Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text" (2014):
//! negation turns and weakens, emphasis, capitals and exclamation marks strengthen, what follows a "but" weighs more than what went
//! before it, and a sum x becomes x / sqrt(x^2 + 15). In integers.

use super::lexicon::{Entry, Lexicon, Role, pair};
use crate::features::{self, Group, Shape, Window};
use crate::language::Language;
use crate::text::{Kind, Token, tokens};

/// How many words a negation reaches, in its clause.
const NEGATION_REACH: u32 = 3;
/// How many words emphasis reaches.
const EMPHASIS_REACH: u32 = 2;

/// What is made of a text while it is read.
pub(crate) trait Sink {
    /// A feature of the token that stands there.
    fn feature(&mut self, group: Group, bucket: u32, token: &Token);
    /// What the lexicon says of the token that stands there, in thousandths.
    fn value(&mut self, milli: i64, token: &Token);
}

/// What a text sounds like by the lexicon.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tone {
    /// The sum of what its words say, in thousandths.
    pub(crate) sum: i64,
    /// Words and signs that the lexicon has a value for: those that praise, those that complain.
    pub(crate) praise: u32,
    pub(crate) complaint: u32,
    /// Words and emoji.
    pub(crate) words: u32,
    /// What the last of them with a value said: its sign.
    pub(crate) last: i64,
    /// Marks, words in capitals, links, mentions, numbers.
    pub(crate) exclamations: u32,
    pub(crate) questions: u32,
    pub(crate) shouted: u32,
    pub(crate) links: u32,
    pub(crate) mentions: u32,
    pub(crate) numbers: u32,
    pub(crate) negations: u32,
    pub(crate) buts: u32,
}

impl Tone {
    /// How many words have a value.
    pub(crate) const fn known(&self) -> u32 {
        self.praise + self.complaint
    }

    /// x / sqrt(x^2 + 15), in thousandths.
    pub(crate) fn compound(&self) -> i64 {
        // A text of any length: what is beyond a few dozen words says no more.
        let sum =
            (self.sum + self.sum.signum() * i64::from(self.exclamations.min(4)) * 292).clamp(-1_000_000, 1_000_000);
        sum * 1_000 / (sum * sum + 15_000_000).isqrt().max(1)
    }
}

/// Where reading stands.
struct Place {
    since_negation: u32,
    since_emphasis: u32,
    emphasis: i64,
    before: Option<Entry>,
    before_hash: u64,
    /// What the word before has added, so that a phrase can take its place.
    added: i64,
    /// Of what follows a "but", in tenths.
    weight: i64,
    window: Window,
}

/// Reads a text.
pub(crate) fn read(
    text: &str,
    lexicon: &Lexicon,
    language: Language,
    shape: Option<Shape>,
    sink: &mut impl Sink,
) -> Tone {
    let mut tone = Tone::default();
    let mut place = Place {
        since_negation: NEGATION_REACH + 1,
        since_emphasis: EMPHASIS_REACH + 1,
        emphasis: 0,
        before: None,
        before_hash: 0,
        added: 0,
        weight: 10,
        window: Window::default(),
    };
    for token in tokens(text) {
        let negated = place.since_negation < NEGATION_REACH && token.kind == Kind::Word;
        match token.kind {
            Kind::Stop(mark) => {
                tone.exclamations += u32::from(mark == b'!');
                tone.questions += u32::from(mark == b'?');
                place.since_negation = NEGATION_REACH + 1;
                place.since_emphasis = EMPHASIS_REACH + 1;
                place.before = None;
            }
            Kind::Link => tone.links += 1,
            Kind::Mention => tone.mentions += 1,
            Kind::Number => tone.numbers += 1,
            Kind::Word | Kind::Emoji => {
                tone.words += 1;
                tone.shouted += u32::from(token.shouts());
                word(&mut tone, &mut place, lexicon, language, &token, sink);
            }
        }
        if let Some(shape) = shape {
            features::of_token(shape, text, &token, negated, &mut place.window, |group, bucket| {
                sink.feature(group, bucket, &token);
            });
        }
    }
    tone
}

#[inline]
fn word(
    tone: &mut Tone,
    place: &mut Place,
    lexicon: &Lexicon,
    language: Language,
    token: &Token,
    sink: &mut impl Sink,
) {
    place.since_negation = place.since_negation.saturating_add(1);
    place.since_emphasis = place.since_emphasis.saturating_add(1);
    let mut entry = lexicon.find(language, token.hash);
    if entry.is_none() && token.cut != token.hash {
        entry = lexicon.find(language, token.cut);
    }
    let phrase = place
        .before
        .filter(|before| before.begins)
        .and_then(|_| lexicon.find(language, pair(place.before_hash, token.hash)))
        .filter(|phrase| phrase.valence != 0);
    if let Some(phrase) = phrase {
        // It says what its words do not: they are taken back, and "not bad" is no negation of what follows.
        take_back(tone, place);
        if place.before.is_some_and(|before| before.role == Role::Negation) {
            place.since_negation = NEGATION_REACH + 1;
        }
        count(tone, place, phrase.valence, token, sink);
    } else if let Some(entry) = entry {
        place.added = 0;
        if entry.valence != 0 {
            count(tone, place, entry.valence, token, sink);
        }
        role(tone, place, entry.role);
    } else {
        place.added = 0;
    }
    place.before = entry;
    place.before_hash = token.hash;
}

fn role(tone: &mut Tone, place: &mut Place, role: Role) {
    match role {
        Role::Plain => {}
        Role::Negation => {
            place.since_negation = 0;
            tone.negations += 1;
        }
        Role::Emphasis | Role::Damper => {
            place.since_emphasis = 0;
            place.emphasis = if role == Role::Emphasis { 293 } else { -293 };
        }
        Role::But => {
            tone.sum /= 2;
            tone.buts += 1;
            place.weight = 15;
            place.since_negation = NEGATION_REACH + 1;
        }
    }
}

fn count(tone: &mut Tone, place: &mut Place, valence: i8, token: &Token, sink: &mut impl Sink) {
    let sign = i64::from(valence.signum());
    let mut value = i64::from(valence) * 100;
    if place.since_emphasis <= EMPHASIS_REACH {
        value += sign * place.emphasis * if place.since_emphasis == 1 { 100 } else { 95 } / 100;
    }
    // Capitals and stretched letters mean it.
    if token.shouts() || token.cut != token.hash {
        value += sign * 600;
    }
    if place.since_negation <= NEGATION_REACH {
        value = -value * 74 / 100;
    }
    value = value * place.weight / 10;
    tone.sum += value;
    tone.praise += u32::from(value > 0);
    tone.complaint += u32::from(value < 0);
    tone.last = value.signum();
    place.added = value;
    sink.value(value, token);
}

fn take_back(tone: &mut Tone, place: &mut Place) {
    tone.sum -= place.added;
    match place.added.signum() {
        1 => tone.praise -= 1,
        -1 => tone.complaint -= 1,
        _ => {}
    }
    place.added = 0;
}
