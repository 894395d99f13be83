//! How what was remembered of a score is written: as numbers, the oldest first, without what follows from what stands before. Of a
//! million customers this is more than all else that is known of most of them.
//!
//! A change follows another: its score before is the other's score after, an indicator moved from where an older change had moved it
//! to, the configuration is mostly the same. What is otherwise is said.

use super::band::Band;
use super::history::{ABSENT, Cause, Change, Days, History, Values};
use super::indicators::COUNT;
use nexusflow_engine::{unzigzag, zigzag};
use nexusflow_model::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::VecDeque;

/// A history: when its changes were known, and all else of them.
#[derive(Serialize, Deserialize)]
pub struct Written(Vec<Timestamp>, Vec<u64>);

/// Why numbers are no history.
type Nonsense = &'static str;
const NONSENSE: Nonsense = "these numbers are no history of scores";

/// What a change follows.
struct Before {
    score: Option<i64>,
    config: u64,
    sequence: u64,
    values: Values,
}

impl Before {
    const NOTHING: Self = Self { score: None, config: 0, sequence: 0, values: [ABSENT; COUNT] };
}

/// The first number of a change: a byte where at most a dozen indicators moved, and nothing else has to be said.
struct Head {
    /// 0 to 2.
    cause: u64,
    /// 0: none.
    band: u64,
    /// How many indicators moved.
    moved: u64,
    says_score: bool,
    says_config: bool,
}

impl Head {
    /// Causes, bands and none, indicators and none.
    const RADIX: [u64; 3] = [3, Band::ALL.len() as u64 + 1, COUNT as u64 + 1];

    fn number(&self) -> u64 {
        let said = u64::from(self.says_score) + 2 * u64::from(self.says_config);
        self.cause + Self::RADIX[0] * (self.band + Self::RADIX[1] * (self.moved + Self::RADIX[2] * said))
    }

    fn of(number: u64) -> Result<Self, Nonsense> {
        let mut rest = number;
        let [cause, band, moved] = Self::RADIX.map(|radix| {
            let digit = rest % radix;
            rest /= radix;
            digit
        });
        let is_sense = rest < 4;
        is_sense
            .then_some(Self { cause, band, moved, says_score: rest & 1 != 0, says_config: rest & 2 != 0 })
            .ok_or(NONSENSE)
    }
}

impl Written {
    fn of(history: &History) -> Self {
        let (mut times, mut numbers) = (Vec::with_capacity(history.0.len()), Vec::with_capacity(8 * history.0.len()));
        let mut before = Before::NOTHING;
        for change in history.0.iter().rev() {
            times.push(change.at);
            write(change, &mut before, &mut numbers);
        }
        Self(times, numbers)
    }
}

impl Serialize for History {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Written::of(self).serialize(serializer)
    }
}

impl TryFrom<Written> for History {
    type Error = Nonsense;
    fn try_from(Written(times, numbers): Written) -> Result<Self, Nonsense> {
        let (mut numbers, mut before) = (numbers.into_iter(), Before::NOTHING);
        let mut changes = VecDeque::with_capacity(times.len());
        for at in times {
            changes.push_front(read(at, &mut before, &mut numbers)?);
        }
        if numbers.next().is_some() { Err(NONSENSE) } else { Ok(Self(changes)) }
    }
}

fn write(change: &Change, before: &mut Before, to: &mut Vec<u64>) {
    let head = Head {
        cause: match change.cause {
            Cause::Event(..) => 0,
            Cause::Time => 1,
            Cause::Configuration => 2,
        },
        band: change.band.map_or(0, |band| band as u64 + 1),
        moved: change.moved.len() as u64,
        says_score: change.before != before.score,
        says_config: change.config != before.config,
    };
    to.push(head.number());
    if head.says_score {
        to.push(step(before.score, change.before));
    }
    to.push(step(change.before, change.after));
    if head.says_config {
        to.push(change.config);
    }
    if let Cause::Event(sequence, index) = change.cause {
        to.extend([zigzag(sequence.wrapping_sub(before.sequence) as i64), index.into()]);
        before.sequence = sequence;
    }
    for (place, from, value) in &change.moved {
        let known = before.values.get_mut(usize::from(*place));
        let says_from = known.as_ref().is_none_or(|known| **known != *from);
        to.push(u64::from(*place) | u64::from(says_from) << 5 | unsigned(*value) << 6);
        if says_from {
            to.push(unsigned(*from));
        }
        known.into_iter().for_each(|known| *known = *value);
    }
    (before.score, before.config) = (change.after, change.config);
}

fn read(at: Timestamp, before: &mut Before, numbers: &mut impl Iterator<Item = u64>) -> Result<Change, Nonsense> {
    let mut next = || numbers.next().ok_or(NONSENSE);
    let head = Head::of(next()?)?;
    let score = if head.says_score { stepped(before.score, next()?)? } else { before.score };
    let after = stepped(score, next()?)?;
    if head.says_config {
        before.config = next()?;
    }
    let cause = match head.cause {
        0 => {
            before.sequence = before.sequence.wrapping_add(unzigzag(next()?) as u64);
            Cause::Event(before.sequence, next()?.try_into().map_err(|_| NONSENSE)?)
        }
        1 => Cause::Time,
        _ => Cause::Configuration,
    };
    let mut moved = Vec::with_capacity(head.moved as usize);
    for _ in 0..head.moved {
        let number = next()?;
        let (place, value) = ((number & 31) as u8, signed(number >> 6)?);
        let known = before.values.get_mut(usize::from(place)).ok_or(NONSENSE)?;
        let from = if number & 32 != 0 { signed(next()?)? } else { *known };
        *known = value;
        moved.push((place, from, value));
    }
    before.score = after;
    let band = head.band.checked_sub(1).and_then(|band| Band::ALL.get(band as usize).copied());
    Ok(Change { at, cause, before: score, after, band, moved, config: before.config })
}

impl Serialize for Days {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut numbers = Vec::with_capacity(2 * self.0.len());
        let (mut day_before, mut score_before) = (0, None);
        for (day, score) in self.iter() {
            numbers.extend([zigzag(i64::from(day) - day_before), step(score_before, score)]);
            (day_before, score_before) = (day.into(), score);
        }
        numbers.serialize(serializer)
    }
}

impl TryFrom<Vec<u64>> for Days {
    type Error = Nonsense;
    fn try_from(numbers: Vec<u64>) -> Result<Self, Nonsense> {
        let (mut day, mut score) = (0_i64, None);
        let pairs = numbers.chunks_exact(2);
        if !pairs.remainder().is_empty() {
            return Err(NONSENSE);
        }
        let each = pairs.map(|pair| {
            day = day.wrapping_add(unzigzag(pair[0]));
            score = stepped(score, pair[1])?;
            let score = score.map(i32::try_from).transpose().map_err(|_| NONSENSE)?;
            Ok((day.try_into().map_err(|_| NONSENSE)?, score))
        });
        each.collect::<Result<_, _>>().map(Self)
    }
}

/// From one score to the next: 0 for none. Beyond what a score may be steps would meet 0 again.
fn step(from: Option<i64>, to: Option<i64>) -> u64 {
    to.map_or(0, |to| zigzag(to.wrapping_sub(from.unwrap_or(0))).wrapping_add(1))
}

fn stepped(from: Option<i64>, step: u64) -> Result<Option<i64>, Nonsense> {
    match step {
        0 => Ok(None),
        step => from.unwrap_or(0).checked_add(unzigzag(step - 1)).map(Some).ok_or(NONSENSE),
    }
}

/// Values begin with [`ABSENT`].
fn unsigned(value: i16) -> u64 {
    u64::from(value.wrapping_sub(ABSENT) as u16)
}

fn signed(number: u64) -> Result<i16, Nonsense> {
    u16::try_from(number).map(|number| (number as i16).wrapping_add(ABSENT)).map_err(|_| NONSENSE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn score() -> impl Strategy<Value = Option<i64>> {
        prop::option::of(0..=100_000_i64)
    }

    fn change() -> impl Strategy<Value = Change> {
        let cause = prop_oneof![
            (0..10_000_u64, 0..300_u16).prop_map(|(sequence, index)| Cause::Event(sequence, index)),
            any::<(u64, u16)>().prop_map(|(sequence, index)| Cause::Event(sequence, index)),
            Just(Cause::Time),
            Just(Cause::Configuration),
        ];
        let value = || prop_oneof![Just(ABSENT), 0..=1_000_i16, any::<i16>()];
        let moved = prop::collection::btree_map(0..COUNT as u8, (value(), value()), 0..=COUNT);
        let band = prop::option::of(prop::sample::select(&Band::ALL[..]));
        let config = prop_oneof![Just(0), Just(1), any::<u64>()];
        (0..2_000_000_000_000_i64, cause, score(), score(), band, moved, config).prop_map(
            |(at, cause, before, after, band, moved, config)| {
                let moved = moved.into_iter().map(|(place, (from, to))| (place, from, to)).collect();
                Change { at: Timestamp::from_ms(at).unwrap(), cause, before, after, band, moved, config }
            },
        )
    }

    proptest! {
        /// Whatever it is, though most of it never is: changes that do not follow from one another as well.
        #[test]
        fn a_history_comes_back(changes in prop::collection::vec(change(), 0..9)) {
            let history = History(changes.into());
            prop_assert_eq!(History::try_from(Written::of(&history)).unwrap(), history);
        }

        #[test]
        fn days_come_back(days in prop::collection::vec((any::<i32>(), prop::option::of(any::<i32>())), 0..9)) {
            let days = Days(days);
            let json = serde_json::to_string(&days).unwrap();
            prop_assert_eq!(serde_json::from_str::<Days>(&json).unwrap(), days);
        }

        #[test]
        fn no_numbers_are_the_end(numbers in prop::collection::vec(prop_oneof![0..2_000_u64, any::<u64>()], 0..20), n in 0..4_usize) {
            let written = Written(vec![Timestamp::EPOCH; n], numbers.clone());
            if let Ok(history) = History::try_from(written) {
                prop_assert_eq!(history.changes().count(), n);
            }
            drop(Days::try_from(numbers));
        }
    }

    #[test]
    fn what_follows_takes_no_room() {
        let change = |n: u64, from: i16, to: i16| Change {
            at: Timestamp::EPOCH,
            cause: Cause::Event(1_000 * n, 7),
            before: Some(50_000 + i64::from(from)),
            after: Some(50_000 + i64::from(to)),
            band: Some(Band::Good),
            moved: vec![(3, from, to)],
            config: 0x3132_3334_3536_3738,
        };
        let changes = VecDeque::from([change(3, 610, 700), change(2, 600, 610), change(1, 0, 600)]);
        let Written(times, numbers) = Written::of(&History(changes));
        assert_eq!(times.len(), 3);
        // Head, score, place of the event, and the indicator; of the first also what it was before, and the configuration.
        assert_eq!(numbers.len(), 8 + 5 + 5);
    }
}
