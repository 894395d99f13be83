//! What holds the notification of an alert back: a silence, or another alert that is open.

use super::matching::{Matchers, label};
use nexusflow_domain::alert::card::AlertCard;
use nexusflow_domain::alert::config::Inhibition;
use nexusflow_engine::CardKey;
use nexusflow_model::{Id, Label};
use std::collections::{BTreeMap, BTreeSet};

/// Silences, and for each rule who holds whom back.
#[derive(Default)]
pub(crate) struct Holds {
    silences: BTreeMap<Id, Option<Matchers>>,
    rules: Vec<(Inhibition, BTreeMap<Vec<String>, Sides>)>,
    /// Alerts that may be held back by something else than before.
    affected: BTreeSet<CardKey>,
}

/// Open alerts that have the same labels where a rule asks for it.
#[derive(Default)]
struct Sides {
    holding: BTreeSet<CardKey>,
    held: BTreeSet<CardKey>,
}

impl Holds {
    /// Sets a silence; none lifts it.
    pub(crate) fn silence(&mut self, silence: &Id, matches: Option<&Label>) {
        match matches {
            Some(matches) => self.silences.insert(silence.clone(), Matchers::read(matches.as_str())),
            None => self.silences.remove(silence),
        };
    }

    /// Whether these are the rules; if not, from now on they are, and every open alert has to be put in again.
    pub(crate) fn has_rules(&mut self, rules: &[Inhibition]) -> bool {
        if self.rules.iter().map(|(rule, _)| rule).eq(rules) {
            return true;
        }
        self.rules = rules.iter().map(|rule| (rule.clone(), BTreeMap::new())).collect();
        false
    }

    /// An alert is open.
    pub(crate) fn put(&mut self, key: &CardKey, card: &AlertCard) {
        for (rule, by_values) in &mut self.rules {
            if card.kind == rule.by {
                let sides = by_values.entry(values(rule, key, card)).or_default();
                let before = sides.holding.first().cloned();
                sides.holding.insert(key.clone());
                if sides.holding.first() != before.as_ref() {
                    self.affected.extend(sides.held.iter().cloned());
                }
            } else if rule.holds.contains(&card.kind) {
                by_values.entry(values(rule, key, card)).or_default().held.insert(key.clone());
            }
        }
    }

    /// An alert is not open any more.
    pub(crate) fn remove(&mut self, key: &CardKey, card: &AlertCard) {
        for (rule, by_values) in &mut self.rules {
            let values = values(rule, key, card);
            let Some(sides) = by_values.get_mut(&values) else { continue };
            let before = sides.holding.first().cloned();
            sides.holding.remove(key);
            sides.held.remove(key);
            if sides.holding.first() != before.as_ref() {
                self.affected.extend(sides.held.iter().cloned());
            }
            if sides.holding.is_empty() && sides.held.is_empty() {
                by_values.remove(&values);
            }
        }
    }

    /// Alerts that may be held back by something else than before, since the last call.
    pub(crate) fn take_affected(&mut self) -> BTreeSet<CardKey> {
        std::mem::take(&mut self.affected)
    }

    /// What holds back the notification of an open alert, in words.
    pub(crate) fn of(&self, key: &CardKey, card: &AlertCard) -> Option<String> {
        let matches = |matchers: &Option<Matchers>| matchers.as_ref().is_some_and(|own| own.hold(key, card));
        if let Some((silence, _)) = self.silences.iter().find(|(_, matchers)| matches(matchers)) {
            return Some(format!("silence {silence}"));
        }
        self.rules.iter().find_map(|(rule, by_values)| {
            // What is of both kinds holds back others and not itself.
            if card.kind == rule.by || !rule.holds.contains(&card.kind) {
                return None;
            }
            let holding = by_values.get(&values(rule, key, card))?.holding.first()?;
            Some(holding.1.clone())
        })
    }
}

/// The values that must be equal; a label that there is none of is as an empty one.
fn values(rule: &Inhibition, key: &CardKey, card: &AlertCard) -> Vec<String> {
    rule.equal.iter().map(|name| label(key, card, name.as_str()).unwrap_or_default().to_owned()).collect()
}
