use super::{read, read_beginning, write};
use nexusflow_model::Timestamp;
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Plain,
    Named(String),
    Pair(u64, i64),
    Fields { at: Timestamp, of: Option<bool> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Wrapped(Vec<Kind>);

/// Everything that a profile may hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Everything {
    first: (String, Option<Timestamp>),
    small: (u8, u16, u32, i16, i32, bool, ()),
    identities: Vec<u64>,
    numbers: Vec<i64>,
    instants: BTreeMap<String, (Timestamp, u64)>,
    kinds: Box<Wrapped>,
    array: [i64; 3],
}

#[derive(Debug, PartialEq, Deserialize)]
struct Beginning {
    first: (String, Option<Timestamp>),
}

fn instant() -> impl Strategy<Value = Timestamp> {
    // Few different ones, so that they come again, and any.
    prop_oneof![0_i64..20, -2_208_988_800_000..7_258_118_400_000_i64].prop_map(|ms| Timestamp::from_ms(ms).unwrap())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]{0,4}", "\\PC{0,70}", "x{180,300}"]
}

fn number() -> impl Strategy<Value = u64> {
    prop_oneof![0_u64..300, any::<u64>(), (0_u32..64, any::<u64>()).prop_map(|(shift, n)| n >> shift)]
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Plain),
        text().prop_map(Kind::Named),
        (number(), any::<i64>()).prop_map(|(a, b)| Kind::Pair(a, b)),
        (instant(), any::<Option<bool>>()).prop_map(|(at, of)| Kind::Fields { at, of }),
    ]
}

fn everything() -> impl Strategy<Value = Everything> {
    let instants = prop::collection::btree_map(text(), (instant(), number()), 0..300);
    let lists = (prop::collection::vec(number(), 0..300), prop::collection::vec(any::<i64>(), 0..9), instants);
    let small = (any::<u8>(), any::<u16>(), any::<u32>(), any::<i16>(), any::<i32>(), any::<bool>(), Just(()));
    let first = (text(), prop::option::of(instant()));
    (first, small, lists, prop::collection::vec(kind(), 0..9), any::<[i64; 3]>()).prop_map(
        |(first, small, (identities, numbers, instants), kinds, array)| {
            let kinds = Box::new(Wrapped(kinds));
            Everything { first, small, identities, numbers, instants, kinds, array }
        },
    )
}

proptest! {
    #[test]
    fn what_was_written_is_read(value in everything()) {
        let bytes = write(&value).unwrap();
        prop_assert_eq!(&read::<Everything>(&bytes).unwrap(), &value);
        prop_assert_eq!(read_beginning::<Beginning>(&bytes).unwrap().first, value.first);
    }

    #[test]
    fn damaged_bytes_are_refused_or_read_and_never_worse(value in everything(), at: prop::sample::Index, byte: u8, cut: prop::sample::Index) {
        let mut bytes = write(&value).unwrap();
        prop_assert!(read::<Everything>(&bytes[..cut.index(bytes.len())]).is_err());
        let at = at.index(bytes.len());
        bytes[at] = byte;
        // Either is fine: what matters is that it comes back.
        drop(read::<Everything>(&bytes));
    }
}

#[test]
fn what_comes_again_is_short() {
    let at: Timestamp = "2026-01-05T09:30:00Z".parse().unwrap();
    let once = write(&vec![(at, u64::MAX, "order-4711")]).unwrap();
    let twice = write(&vec![(at, u64::MAX, "order-4711"); 2]).unwrap();
    assert_eq!((once.len(), twice.len()), (1 + 7 + 9 + 11, 28 + 1 + 2 + 2));
}
