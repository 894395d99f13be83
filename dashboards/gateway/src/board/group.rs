//! The open alerts of a group, counted so that its row is made without looking at each.

use nexusflow_domain::alert::card::AlertCard;
use nexusflow_domain::alert::{AlertKind, Severity, State};
use nexusflow_domain::views::table::{Row, time};
use nexusflow_engine::CardKey;
use nexusflow_model::{Label, Timestamp};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// How many of a group's open alerts are shown one by one.
pub(crate) const SINGLY_MAX: usize = 5;

/// How often each value occurs.
#[derive(Debug)]
struct Tally<K>(BTreeMap<K, u32>);

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord + Clone> Tally<K> {
    fn add(&mut self, value: &K) {
        *self.0.entry(value.clone()).or_default() += 1;
    }

    fn remove(&mut self, value: &K) {
        if let Some(times) = self.0.get_mut(value) {
            *times -= 1;
            if *times == 0 {
                self.0.remove(value);
            }
        }
    }

    fn first(&self) -> Option<&K> {
        self.0.keys().next()
    }

    fn last(&self) -> Option<&K> {
        self.0.keys().next_back()
    }

    /// The value that all have.
    fn common(&self) -> Option<&K> {
        self.first().filter(|_| self.0.len() == 1)
    }
}

/// What a row of a group says, of all members.
#[derive(Debug, Default)]
pub(crate) struct Group {
    /// Whether they are shown as one row.
    pub(crate) is_one_row: bool,
    /// The worst first.
    members: BTreeSet<(Severity, Timestamp, CardKey)>,
    kinds: Tally<AlertKind>,
    severities: Tally<Severity>,
    states: Tally<State>,
    raised: Tally<Timestamp>,
    changed: Tally<Timestamp>,
    due: Tally<Timestamp>,
    levels: Tally<u8>,
    owners: Tally<Option<Label>>,
    accounts: Tally<Option<Label>>,
    tiers: Tally<Option<Label>>,
    priorities: Tally<Option<Label>>,
    channels: Tally<Option<Label>>,
    whys: Tally<String>,
    held: Tally<Option<String>>,
    count: u64,
}

impl Group {
    pub(crate) fn add(&mut self, key: &CardKey, card: &AlertCard, held_by: &Option<String>) {
        self.members.insert(member(key, card));
        self.count += u64::from(card.count);
        self.tally(card, held_by, true);
    }

    pub(crate) fn remove(&mut self, key: &CardKey, card: &AlertCard, held_by: &Option<String>) {
        if self.members.remove(&member(key, card)) {
            self.count -= u64::from(card.count);
            self.tally(card, held_by, false);
        }
    }

    fn tally(&mut self, card: &AlertCard, held_by: &Option<String>, is_new: bool) {
        fn one<K: Ord + Clone>(tally: &mut Tally<K>, value: &K, is_new: bool) {
            if is_new { tally.add(value) } else { tally.remove(value) }
        }
        one(&mut self.kinds, &card.kind, is_new);
        one(&mut self.severities, &card.severity, is_new);
        one(&mut self.states, &card.state, is_new);
        one(&mut self.raised, &card.raised_at, is_new);
        one(&mut self.changed, &card.changed_at, is_new);
        if let Some(due_at) = &card.due_at {
            one(&mut self.due, due_at, is_new);
        }
        one(&mut self.levels, &card.level, is_new);
        one(&mut self.owners, &card.owner, is_new);
        one(&mut self.accounts, &card.labels.account, is_new);
        one(&mut self.tiers, &card.labels.tier, is_new);
        one(&mut self.priorities, &card.labels.priority, is_new);
        one(&mut self.channels, &card.labels.channel, is_new);
        one(&mut self.whys, &card.why, is_new);
        one(&mut self.held, held_by, is_new);
    }

    pub(crate) fn len(&self) -> usize {
        self.members.len()
    }

    /// Its members, the worst first.
    pub(crate) fn members(&self) -> impl Iterator<Item = &CardKey> {
        self.members.iter().map(|(.., key)| key)
    }

    /// All of it as one row; what is not the same for all is null.
    pub(crate) fn row(&self, name: &str, worst: &AlertCard) -> Row {
        let label = |tally: &Tally<Option<Label>>| json!(tally.common());
        vec![
            "".into(),
            name.into(),
            self.kinds.common().copied().unwrap_or(worst.kind).as_str().into(),
            worst.severity.as_str().into(),
            self.states.first().copied().unwrap_or(worst.state).as_str().into(),
            0.into(),
            self.count.into(),
            self.members.len().into(),
            time(self.raised.first().copied()),
            time(self.changed.last().copied()),
            time(self.due.first().copied()),
            Value::Null,
            label(&self.owners),
            json!(self.levels.last()),
            Value::Null,
            label(&self.accounts),
            label(&self.tiers),
            label(&self.priorities),
            label(&self.channels),
            self.whys.common().unwrap_or(&worst.why).as_str().into(),
            Value::Null,
            Value::Null,
            name.into(),
            json!(self.held.common()),
            Value::Null,
            Value::Null,
            json!(
                self.severities
                    .0
                    .iter()
                    .map(|(severity, times)| (severity.as_str(), times))
                    .collect::<BTreeMap<_, _>>()
            ),
        ]
    }
}

fn member(key: &CardKey, card: &AlertCard) -> (Severity, Timestamp, CardKey) {
    (card.severity, card.raised_at, key.clone())
}
