//! Who should own what. Every worker computes it for itself, from the same knowledge to the same end.

use std::collections::{BTreeMap, BTreeSet};

/// What a worker should do next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Free partitions that it should take.
    pub(crate) claim: Vec<u32>,
    /// Partitions of its own that others should have.
    pub(crate) release: Vec<u32>,
}

/// The plan of `me`, where `workers` want partitions and `owners[partition]` is who has it; none where it is free. An owner that is
/// not among `workers` is handing over: what it has will be free, but is not yet.
///
/// Shares differ by at most one; those who have most keep the larger ones, so that as little as possible moves.
pub(crate) fn plan(me: &str, workers: &BTreeSet<&str>, owners: &[Option<&str>]) -> Plan {
    let mut owned: BTreeMap<&str, Vec<u32>> = workers.iter().map(|worker| (*worker, Vec::new())).collect();
    let mut free = Vec::new();
    for (partition, owner) in (0_u32..).zip(owners) {
        match owner {
            None => free.push(partition),
            Some(owner) => {
                if let Some(partitions) = owned.get_mut(owner) {
                    partitions.push(partition);
                }
            }
        }
    }
    if owned.is_empty() {
        return Plan::default();
    }
    let (share, larger) = (owners.len() / owned.len(), owners.len() % owned.len());
    let mut ranked: Vec<(&str, Vec<u32>)> = owned.into_iter().collect();
    // The sort is stable: among equals the order of their ids decides.
    ranked.sort_by_key(|(_, partitions)| std::cmp::Reverse(partitions.len()));
    let mut plan = Plan::default();
    let mut missing: Vec<(&str, usize)> = Vec::new();
    for (rank, (worker, mut partitions)) in ranked.into_iter().enumerate() {
        let due = share + usize::from(rank < larger);
        missing.push((worker, due.saturating_sub(partitions.len())));
        if worker == me && partitions.len() > due {
            plan.release = partitions.split_off(due);
        }
    }
    for partition in free {
        // Whoever misses most is served first.
        let Some((worker, misses)) = missing.iter_mut().rev().max_by_key(|(_, misses)| *misses) else { break };
        if *misses == 0 {
            break;
        }
        *misses -= 1;
        if *worker == me {
            plan.claim.push(partition);
        }
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    fn set<'a>(workers: &[&'a str]) -> BTreeSet<&'a str> {
        workers.iter().copied().collect()
    }

    /// Everybody acts once on what was known at the beginning of the round; the number of moves.
    fn round<'a>(workers: &BTreeSet<&'a str>, owners: &mut [Option<&'a str>]) -> usize {
        let known = owners.to_vec();
        let mut moves = 0;
        for worker in workers {
            let Plan { claim, release } = plan(worker, workers, &known);
            for partition in release {
                assert_eq!(owners[partition as usize].take(), Some(*worker), "only one's own is let go");
                moves += 1;
            }
            for partition in claim {
                assert_eq!(
                    owners[partition as usize].replace(worker),
                    None,
                    "nobody is robbed, and no two claim the same"
                );
                moves += 1;
            }
        }
        moves
    }

    fn shares<'a>(workers: &BTreeSet<&'a str>, owners: &[Option<&'a str>]) -> Vec<usize> {
        workers.iter().map(|worker| owners.iter().filter(|owner| **owner == Some(worker)).count()).collect()
    }

    #[test]
    fn one_that_joins_gets_its_share_and_no_more_moves_than_that() {
        let mut owners = [Some("a"); 4];
        assert_eq!(plan("a", &set(&["a", "b"]), &owners).release, [2, 3]);
        assert_eq!(plan("b", &set(&["a", "b"]), &owners), Plan::default(), "nobody is robbed");
        assert_eq!((round(&set(&["a", "b"]), &mut owners), round(&set(&["a", "b"]), &mut owners)), (2, 2));
        assert_eq!(owners, [Some("a"), Some("a"), Some("b"), Some("b")]);
        assert_eq!(round(&set(&["a", "b"]), &mut owners), 0);
    }

    #[test]
    fn what_one_that_leaves_still_has_is_not_taken_and_is_counted_on() {
        let owners = [Some("a"), Some("a"), Some("b"), Some("leaving")];
        let workers = set(&["a", "b"]);
        assert_eq!(plan("b", &workers, &owners), Plan::default());
        let owners = [Some("a"), Some("a"), Some("b"), None];
        assert_eq!((plan("a", &workers, &owners).claim, plan("b", &workers, &owners).claim), (vec![], vec![3]));
    }

    #[test]
    fn one_alone_takes_all_and_a_bystander_nothing() {
        assert_eq!(plan("a", &set(&["a"]), &[None, Some("gone"), None]).claim, [0, 2]);
        assert_eq!(plan("me", &set(&[]), &[None]), Plan::default());
        assert_eq!(plan("me", &set(&["a"]), &[None]), Plan::default());
    }

    proptest! {
        #[test]
        fn two_rounds_balance_anything_with_as_few_moves_as_possible_and_then_nothing_moves(
            owners in proptest::collection::vec(proptest::option::of(0_usize..6), 1..40),
            living in proptest::collection::btree_set(0_usize..6, 1..6),
        ) {
            let workers: BTreeSet<&str> = living.iter().map(|at| NAMES[*at]).collect();
            // What the dead had is free.
            let mut owners: Vec<Option<&str>> =
                owners.into_iter().map(|owner| owner.map(|at| NAMES[at]).filter(|name| workers.contains(name))).collect();
            let (share, larger) = (owners.len() / workers.len(), owners.len() % workers.len());
            let mut before = shares(&workers, &owners);
            before.sort_unstable_by_key(|owned| std::cmp::Reverse(*owned));
            let due = |rank: usize| share + usize::from(rank < larger);
            let surplus: usize = before.iter().enumerate().map(|(rank, owned)| owned.saturating_sub(due(rank))).sum();
            let free = owners.iter().filter(|owner| owner.is_none()).count();
            let moves = round(&workers, &mut owners) + round(&workers, &mut owners);
            prop_assert_eq!(moves, 2 * surplus + free, "a surplus is let go and taken, what is free is taken");
            prop_assert!(owners.iter().all(Option::is_some));
            let after = shares(&workers, &owners);
            prop_assert!(after.iter().max().unwrap() - after.iter().min().unwrap() <= 1);
            prop_assert_eq!(round(&workers, &mut owners), 0, "no ping-pong");
        }

        #[test]
        fn one_after_the_other_in_any_order_ends_the_same_way(
            partitions in 1_usize..30,
            steps in proptest::collection::vec((0_usize..6, any::<bool>()), 1..60),
        ) {
            // Workers come and go while each acts when it gets round to it, on what is known then.
            let mut workers: BTreeSet<&str> = set(&["a"]);
            let mut owners: Vec<Option<&str>> = vec![None; partitions];
            let act = |worker: &'static str, workers: &BTreeSet<&str>, owners: &mut Vec<Option<&'static str>>| {
                let Plan { claim, release } = plan(worker, workers, owners);
                release.iter().for_each(|partition| owners[*partition as usize] = None);
                claim.iter().for_each(|partition| owners[*partition as usize] = Some(worker));
                claim.len() + release.len()
            };
            for (at, joins) in steps {
                let worker = NAMES[at];
                if joins { workers.insert(worker); } else if workers.len() > 1 && workers.remove(worker) {
                    owners.iter_mut().filter(|owner| **owner == Some(worker)).for_each(|owner| *owner = None);
                }
                act(NAMES[(at * 5 + 1) % 6], &workers, &mut owners);
            }
            let living: Vec<&'static str> = NAMES.into_iter().filter(|name| workers.contains(name)).collect();
            for _ in 0..3 {
                let _: usize = living.iter().map(|worker| act(worker, &workers, &mut owners)).sum();
            }
            let moved: usize = living.iter().map(|worker| act(worker, &workers, &mut owners)).sum();
            prop_assert_eq!(moved, 0);
            let after = shares(&workers, &owners);
            prop_assert!(owners.iter().all(Option::is_some) && after.iter().max().unwrap() - after.iter().min().unwrap() <= 1);
        }
    }
}
