//! All cards of all partitions, and the rows that are made of them.

use super::group::{Group, SINGLY_MAX};
use super::holds::Holds;
use super::list::Change;
use nexusflow_domain::alert::card::{AlertCard, Card};
use nexusflow_domain::alert::config::Inhibition;
use nexusflow_domain::views::alerts;
use nexusflow_domain::views::table::Row;
use nexusflow_engine::CardKey;
use nexusflow_model::{Id, Label};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A receipt that was passed on is not passed on again within this time, however many consoles show the alert.
const RECEIPT_AGAIN: Duration = Duration::from_secs(5);

/// An alert, as it is shown.
pub(crate) struct Kept {
    pub(crate) card: AlertCard,
    pub(crate) held_by: Option<String>,
    row: Change,
    /// The revision that a console has shown, and when that was passed on.
    seen: Option<(u32, Instant)>,
}

/// All cards.
#[derive(Default)]
pub(crate) struct Book {
    cards: BTreeMap<CardKey, Kept>,
    groups: BTreeMap<String, Group>,
    silences: BTreeMap<Id, Label>,
    holds: Holds,
    /// Alerts whose rows have to be made anew, those that are gone included, and the groups of which something changed.
    touched: BTreeSet<CardKey>,
    touched_groups: BTreeSet<String>,
    /// Alerts that left a group.
    left: Vec<(String, CardKey)>,
    changed_silences: Vec<Change>,
    /// What holds alerts back changed for all of them.
    is_unsettled: bool,
}

/// What became of rows.
#[derive(Default)]
pub(crate) struct Changes {
    /// Of the topic `alerts`.
    pub(crate) alerts: Vec<Change>,
    /// Of the topic `silences`.
    pub(crate) silences: Vec<Change>,
    /// Of the members of groups, by group, for those that are asked for.
    pub(crate) members: BTreeMap<String, Vec<Change>>,
}

impl Book {
    /// Whether rows have to be made anew.
    pub(crate) fn is_touched(&self) -> bool {
        self.is_unsettled
            || !self.touched.is_empty()
            || !self.touched_groups.is_empty()
            || !self.changed_silences.is_empty()
    }

    /// Takes in cards that changed; gone where there is none.
    pub(crate) fn take(&mut self, changes: Vec<(CardKey, Option<Card>)>, rules: &[Inhibition]) {
        if !self.holds.has_rules(rules) {
            for (key, kept) in self.cards.iter().filter(|(_, kept)| kept.card.state.is_open()) {
                self.holds.put(key, &kept.card);
            }
            self.is_unsettled = true;
        }
        for (key, card) in changes {
            match card {
                Some(Card::Alert(card)) => self.put(key, *card),
                Some(Card::Silence(card)) => {
                    self.holds.silence(&key.0, Some(&card.matches));
                    let row = to_json(&alerts::silence_row(&key.0, &card));
                    self.changed_silences.push((to_json(&[&key.0]), Some(row)));
                    self.silences.insert(key.0, card.matches);
                    self.is_unsettled = true;
                }
                // Rendered with what the operator sees: dashboards/gateway/src/operator.rs.
                Some(Card::Source(_)) => {}
                None if self.cards.contains_key(&key) => self.remove(&key),
                None if self.silences.remove(&key.0).is_some() => {
                    self.holds.silence(&key.0, None);
                    self.changed_silences.push((to_json(&[&key.0]), None));
                    self.is_unsettled = true;
                }
                None => {}
            }
        }
    }

    fn put(&mut self, key: CardKey, card: AlertCard) {
        if self.cards.get(&key).is_some_and(|kept| kept.card == card) {
            return;
        }
        let seen = self.cards.get(&key).and_then(|kept| kept.seen);
        self.remove(&key);
        if card.state.is_open() {
            self.holds.put(&key, &card);
            self.groups.entry(card.group.clone()).or_default().add(&key, &card, &None);
            self.touched_groups.insert(card.group.clone());
        }
        let row = (to_json(&(&key.0, &key.1)), None);
        self.cards.insert(key.clone(), Kept { card, held_by: None, row, seen });
        self.touched.insert(key);
    }

    fn remove(&mut self, key: &CardKey) {
        let Some(Kept { card, held_by, .. }) = self.cards.remove(key) else { return };
        self.left.push((card.group.clone(), key.clone()));
        if card.state.is_open() {
            self.holds.remove(key, &card);
            if let Some(group) = self.groups.get_mut(&card.group) {
                group.remove(key, &card, &held_by);
            }
            self.touched_groups.insert(card.group);
        }
        self.touched.insert(key.clone());
    }

    /// Makes the rows anew of what changed since the last call; `is_wanted` says of which groups the members are asked for.
    pub(crate) fn settle(&mut self, is_wanted: impl Fn(&str) -> bool) -> Changes {
        let mut changes = Changes { silences: std::mem::take(&mut self.changed_silences), ..Changes::default() };
        for (group, key) in std::mem::take(&mut self.left) {
            if is_wanted(&group) && self.cards.get(&key).is_none_or(|kept| kept.card.group != group) {
                changes.members.entry(group).or_default().push((to_json(&(&key.0, &key.1)), None));
            }
        }
        self.hold();
        let mut touched = std::mem::take(&mut self.touched);
        let groups = std::mem::take(&mut self.touched_groups);
        for name in &groups {
            self.regroup(name, &mut touched, &mut changes.alerts);
        }
        for key in touched {
            let Some(kept) = self.cards.get_mut(&key) else {
                changes.alerts.push((to_json(&(&key.0, &key.1)), None));
                continue;
            };
            let row = to_json(&alerts::row(&key.0, &key.1, &kept.card, kept.held_by.as_deref()));
            kept.row.1 = Some(row);
            let (name, is_open) = (&kept.card.group, kept.card.state.is_open());
            if is_wanted(name) {
                changes.members.entry(name.clone()).or_default().push(kept.row.clone());
            }
            let is_hidden = is_open && self.groups.get(name).is_some_and(|group| group.is_one_row);
            changes.alerts.push((Arc::clone(&kept.row.0), kept.row.1.clone().filter(|_| !is_hidden)));
        }
        changes
    }

    /// Finds out anew what holds alerts back, where that may have changed.
    fn hold(&mut self) {
        let mut affected = self.holds.take_affected();
        if std::mem::take(&mut self.is_unsettled) {
            affected.extend(self.cards.keys().cloned());
        }
        affected.extend(self.touched.iter().cloned());
        for key in affected {
            let Some(kept) = self.cards.get_mut(&key).filter(|kept| kept.card.state.is_open()) else { continue };
            let held_by = self.holds.of(&key, &kept.card);
            if held_by == kept.held_by {
                continue;
            }
            if let Some(group) = self.groups.get_mut(&kept.card.group) {
                group.remove(&key, &kept.card, &kept.held_by);
                group.add(&key, &kept.card, &held_by);
            }
            kept.held_by = held_by;
            self.touched_groups.insert(kept.card.group.clone());
            self.touched.insert(key);
        }
    }

    /// Makes the row of a group, or takes it away; members whose rows come or go for that are touched.
    fn regroup(&mut self, name: &str, touched: &mut BTreeSet<CardKey>, rows: &mut Vec<Change>) {
        let Some(group) = self.groups.get_mut(name) else { return };
        let is_one_row = group.len() > SINGLY_MAX;
        if is_one_row != group.is_one_row {
            group.is_one_row = is_one_row;
            touched.extend(group.members().cloned());
        }
        let worst = group.members().next().and_then(|key| self.cards.get(key));
        let row = worst.filter(|_| is_one_row).map(|worst| to_json(&group.row(name, &worst.card)));
        rows.push((to_json(&("", name)), row));
        if group.len() == 0 {
            self.groups.remove(name);
        }
    }

    /// The rows of a group's members, those that are over included.
    pub(crate) fn members_of(&self, group: &str) -> Vec<Change> {
        let own = self.cards.values().filter(|kept| kept.card.group == group);
        own.filter(|kept| kept.row.1.is_some()).map(|kept| kept.row.clone()).collect()
    }

    /// The open alerts of a group with their revisions, the worst first.
    pub(crate) fn open_of_group(&self, group: &str) -> Vec<(Id, String, u32)> {
        let members = self.groups.get(group).into_iter().flat_map(Group::members);
        let of = |key: &CardKey| Some((key.0.clone(), key.1.clone(), self.cards.get(key)?.card.revision));
        members.filter_map(of).collect()
    }

    /// All alerts.
    pub(crate) fn cards(&self) -> impl Iterator<Item = (&CardKey, &Kept)> {
        self.cards.iter()
    }

    /// An alert.
    pub(crate) fn card(&self, key: &CardKey) -> Option<&Kept> {
        self.cards.get(key)
    }

    /// What a silence matches; none where there is no such silence.
    pub(crate) fn silence(&self, silence: &Id) -> Option<&Label> {
        self.silences.get(silence)
    }

    /// Of what consoles say that they show, the alerts and revisions to pass on: open, known, not passed on a moment ago. A row of
    /// a group stands for its members.
    pub(crate) fn receipts(&mut self, shown: Vec<(String, String, u32)>, now: Instant) -> Vec<(Id, String, u32)> {
        let mut receipts = Vec::new();
        for (customer, alert, revision) in shown {
            let mut wanted = Vec::new();
            match Id::new(&customer) {
                Ok(customer) => wanted.push((customer, alert, revision)),
                Err(_) if customer.is_empty() => wanted = self.open_of_group(&alert),
                Err(_) => {}
            }
            for (customer, alert, revision) in wanted {
                let key = (customer, alert);
                let Some(kept) = self.cards.get_mut(&key).filter(|kept| kept.card.state.is_open()) else { continue };
                let is_told = |(own, at): &(u32, Instant)| *own >= revision && now.duration_since(*at) < RECEIPT_AGAIN;
                if revision <= kept.card.revision && !kept.seen.as_ref().is_some_and(is_told) {
                    kept.seen = Some((revision, now));
                    receipts.push((key.0, key.1, revision));
                }
            }
        }
        receipts
    }
}

impl Kept {
    /// Its row.
    pub(crate) fn row(&self, key: &CardKey) -> Row {
        alerts::row(&key.0, &key.1, &self.card, self.held_by.as_deref())
    }
}

fn to_json<T: serde::Serialize>(value: &T) -> Arc<str> {
    json!(value).to_string().into()
}
