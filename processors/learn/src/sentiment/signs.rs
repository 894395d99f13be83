//! What a text sounds like by the lexicon, as a few dozen numbers that a model weighs: they mean the same in every trade.

use super::reading::Tone;

/// How many there are.
pub(crate) const SIGNS: usize = 60;
/// What a sign is told in: 256 is one.
pub(crate) const ONE: i32 = 256;

/// The knots of the compound score: -1,000 to 1,000 in steps of 100.
pub(crate) const KNOTS: usize = 21;
const BIAS: usize = 0;
const COMPOUND: usize = 1;
const NOTHING_KNOWN: usize = COMPOUND + KNOTS;
const PRAISE: usize = NOTHING_KNOWN + 1;
const COMPLAINT: usize = PRAISE + 4;
const LAST: usize = COMPLAINT + 4;
const EXCLAMATIONS: usize = LAST + 2;
const QUESTIONS: usize = EXCLAMATIONS + 3;
const SHOUTED: usize = QUESTIONS + 2;
const LENGTH: usize = SHOUTED + 2;
const LINKS: usize = LENGTH + 5;
const NUMBERS: usize = LINKS + 1;
const MENTIONS: usize = NUMBERS + 1;
const NEGATIONS: usize = MENTIONS + 2;
const MIXED: usize = NEGATIONS + 2;
const BUTS: usize = MIXED + 1;
const SHARE: usize = BUTS + 1;

/// The sign of a compound score of that knot, and which compound it is, in thousandths.
pub(crate) fn knots() -> impl Iterator<Item = (usize, i32)> {
    (0..KNOTS).map(|knot| (COMPOUND + knot, knot as i32 * 100 - 1_000))
}

/// Tells every sign of a text that is not zero, with its value.
#[inline]
pub(crate) fn of(tone: &Tone, mut sign: impl FnMut(usize, i32)) {
    sign(BIAS, ONE);
    if tone.known() == 0 {
        sign(NOTHING_KNOWN, ONE);
    } else {
        let place = (tone.compound() + 1_000).clamp(0, 2_000);
        let (knot, part) = ((place / 100) as usize, (place % 100) as i32 * ONE / 100);
        // Between two knots a bit of each, so that the score moves without jumps.
        sign(COMPOUND + knot, ONE - part);
        if part > 0 {
            sign(COMPOUND + knot + 1, part);
        }
        sign(LAST + usize::from(tone.last > 0), ONE);
    }
    let up_to = |n: u32, max: u32| n.min(max) as usize;
    sign(PRAISE + up_to(tone.praise, 3), ONE);
    sign(COMPLAINT + up_to(tone.complaint, 3), ONE);
    if tone.exclamations > 0 {
        sign(EXCLAMATIONS + up_to(tone.exclamations, 3) - 1, ONE);
    }
    if tone.questions > 0 {
        sign(QUESTIONS + up_to(tone.questions, 2) - 1, ONE);
    }
    if tone.shouted > 0 {
        sign(SHOUTED + up_to(tone.shouted, 2) - 1, ONE);
    }
    sign(LENGTH + (tone.words.max(1).ilog2().min(4)) as usize, ONE);
    if tone.links > 0 {
        sign(LINKS, ONE);
    }
    if tone.numbers > 0 {
        sign(NUMBERS, ONE);
    }
    if tone.mentions > 0 {
        sign(MENTIONS + up_to(tone.mentions, 2) - 1, ONE);
    }
    if tone.negations > 0 {
        sign(NEGATIONS + up_to(tone.negations, 2) - 1, ONE);
    }
    if tone.praise > 0 && tone.complaint > 0 {
        sign(MIXED, ONE);
    }
    if tone.buts > 0 {
        sign(BUTS, ONE);
    }
    // What the words say on average, whatever their number.
    let mean = tone.sum / i64::from(tone.words.max(1));
    sign(SHARE, mean.clamp(-1_000, 1_000) as i32 * ONE / 1_000);
}

const _: () = assert!(SHARE < SIGNS);
