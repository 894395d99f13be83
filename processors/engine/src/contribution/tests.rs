//! Contributions of several owners, whole and in parts.

use super::*;

fn everything(epoch: u64, sequence: u64, head: u64, value: i64) -> Contribution<i64, (), u8> {
    Contribution {
        format: 1,
        partition: 0,
        epoch,
        from: 0,
        version: 1,
        part: (0, 1),
        panes: vec![(Pane::All, Some(value))],
        cards: Vec::new(),
        config: None,
        effects: Vec::new(),
        standing: Standing { sequence, head, clock_ms: sequence as i64, ..Standing::default() },
    }
}

fn shown(merged: &mut Merged<i64, u8>) -> Option<i64> {
    merged.settle();
    merged.pane(Pane::All).copied()
}

#[test]
fn a_new_owner_counts_once_it_is_where_the_one_before_it_was() {
    let mut merged = Merged::default();
    assert_eq!(merged.absorb(everything(1, 100, 100, 7)), Absorbed::Taken);
    assert_eq!(merged.absorb(everything(2, 60, 110, 4)), Absorbed::Behind);
    assert_eq!((shown(&mut merged), merged.behind().count()), (Some(7), 1));
    assert_eq!(merged.clock().map(Timestamp::as_ms), Some(100));
    assert_eq!(merged.absorb(everything(2, 105, 110, 8)), Absorbed::Taken);
    assert_eq!((shown(&mut merged), merged.behind().count()), (Some(8), 0));
}

#[test]
fn of_two_owners_the_later_one_is_believed() {
    let mut merged = Merged::default();
    assert_eq!(merged.absorb(everything(5, 100, 100, 7)), Absorbed::Taken);
    assert_eq!(merged.absorb(everything(9, 60, 110, 4)), Absorbed::Behind, "it is the owner from now on");
    assert_eq!(merged.absorb(everything(5, 105, 110, 8)), Absorbed::Outdated, "it was away, and is back");
    assert_eq!((shown(&mut merged), merged.epoch(0)), (Some(7), Some(9)));
    assert_eq!(merged.absorb(everything(9, 110, 110, 9)), Absorbed::Taken);
    assert_eq!(merged.absorb(everything(5, 111, 111, 1)), Absorbed::Outdated);
    merged.depose(0);
    assert_eq!(merged.absorb(everything(2, 3, 3, 2)), Absorbed::Taken, "the log was made anew, and so are its terms");
    assert_eq!((shown(&mut merged), merged.epoch(0)), (Some(2), Some(2)));
}

#[test]
fn parts_of_two_owners_are_not_mixed_up() {
    let parts = |epoch: u64| {
        let mut whole = everything(epoch, 9, 9, 0);
        whole.panes = (0..300).map(|day| (Pane::Day(day), Some(epoch as i64))).collect();
        whole.split()
    };
    let (old, new) = (parts(5), parts(9));
    assert_eq!(old.len(), 3);
    let mut assembly = Assembly::default();
    let mut wholes = Vec::new();
    for (old, new) in old.into_iter().zip(new) {
        wholes.extend(assembly.take(old));
        wholes.extend(assembly.take(new));
    }
    let is_pure =
        |whole: &Contribution<i64, (), u8>| whole.panes.iter().all(|(_, value)| *value == Some(whole.epoch as i64));
    assert!(wholes.len() == 2 && wholes.iter().all(|whole| whole.panes.len() == 300 && is_pure(whole)));
}

#[test]
fn cards_are_replaced_and_those_that_an_owner_tells_no_more_are_gone() {
    let key = |name: &str| (nexusflow_model::Id::new("c-1").unwrap(), name.to_owned());
    let mut merged = Merged::default();
    merged.absorb(Contribution { cards: vec![(key("a"), Some(1)), (key("b"), Some(2))], ..everything(1, 1, 1, 0) });
    assert_eq!(merged.take_changed_cards(), [(key("a"), Some(1)), (key("b"), Some(2))]);
    let cards = vec![(key("a"), Some(3)), (key("b"), None)];
    merged.absorb(Contribution { cards, from: 1, version: 2, ..everything(1, 2, 2, 0) });
    assert_eq!(merged.take_changed_cards(), [(key("a"), Some(3)), (key("b"), None)]);
    merged.absorb(Contribution { cards: vec![(key("c"), Some(4))], ..everything(2, 3, 3, 0) });
    assert_eq!(merged.take_changed_cards(), [(key("a"), None), (key("c"), Some(4))]);
    assert_eq!(merged.cards().count(), 1);
}

#[test]
fn a_log_that_is_shorter_than_it_was_is_believed() {
    let mut merged = Merged::default();
    merged.absorb(everything(1, 100, 100, 7));
    assert_eq!(merged.absorb(everything(2, 3, 3, 1)), Absorbed::Taken);
    assert_eq!(shown(&mut merged), Some(1));
}
