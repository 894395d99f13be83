//! Questions to the owner of a partition, and the search for a customer.

use crate::Commerce;
use crate::crm::identity::Identity;
use crate::subject::Subject;
use crate::views::customer;
use nexusflow_engine::Partition;
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Id, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A question to the owner of a partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Query {
    /// All panes, as contributions in parts.
    Contribution,
    /// How the partition stands, as [`Standing`](nexusflow_engine::contribution::Standing) in JSON.
    Standing,
    /// One alert, whole.
    Alert {
        /// Whom it is about.
        subject: Id,
        /// Which of theirs.
        alert: AlertKey,
    },
    /// One customer, whole.
    Customer(Id),
    /// The newest texts of customers, or those that wait to be looked at.
    Texts {
        /// Which of them.
        which: Which,
        /// How many to answer with at the most.
        limit: usize,
    },
    /// Which models judge texts.
    Models,
    /// What was decided about a command.
    Decision {
        /// (source, id) of the command as 64 bits.
        identity: u64,
        /// The record it stands in: the answer waits until that is folded.
        sequence: u64,
    },
    /// The first customers of a ranking, as [`Ranked`](crate::retention::ranking::Ranked) in JSON.
    Ranking(crate::retention::ranking::Asked),
    /// Deals, those worth most, as [`Found`](crate::views::deals::list::Found) in JSON.
    Deals {
        /// Which.
        wanted: crate::views::deals::list::Wanted,
        /// How many to answer with at the most.
        limit: usize,
    },
    /// Customers by id or name.
    Search {
        /// What was typed.
        text: String,
        /// How many to answer with at the most.
        limit: usize,
    },
}

/// Which texts are asked for: all that is said must match.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Which {
    /// Those that are hardest to judge and that nobody has looked at; else the newest.
    pub review: bool,
    /// About this; empty for those about nothing that is known.
    pub theme: Option<String>,
    /// Meant so: negative, neutral, positive or unknown.
    pub sentiment: Option<String>,
    /// Written in this.
    pub channel: Option<String>,
}

/// How well a customer fits, lower being better, and the newest first among equals.
pub type Rank = (u8, std::cmp::Reverse<Option<Timestamp>>);

/// A finding of a search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// How well it fits; lower is better.
    pub rank: Rank,
    /// The customer as a line of the result.
    pub line: Value,
}

/// Customers whose id is or begins with `text`, or of whose name every word of `text` begins a word; best first.
pub fn search(partition: &Partition<Commerce>, text: &str, limit: usize) -> Vec<Finding> {
    let wanted: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
    let is_customer = |key: &(u8, Id)| key.0 == Subject::Customer as u8;
    // Who the customer is comes first in a profile.
    let mut found: Vec<(Rank, &Id)> = partition
        .beginnings(|profile| profile.identity.clone())
        .filter(|(key, _)| is_customer(key))
        .filter_map(|((_, id), identity)| {
            let rank = rank(id, &identity, text.trim(), &wanted)?;
            Some(((rank, std::cmp::Reverse(identity.last_event_at)), id))
        })
        .collect();
    found.sort_unstable();
    found.truncate(limit);
    let line = |(rank, id): (Rank, &Id)| {
        let slot = partition.profile(Subject::Customer as u8, id)?;
        Some(Finding { rank, line: customer::line(id, &slot.profile) })
    };
    found.into_iter().filter_map(line).collect()
}

fn rank(id: &Id, identity: &Identity, text: &str, wanted: &[String]) -> Option<u8> {
    if wanted.is_empty() {
        return Some(3);
    }
    if id.as_str() == text {
        return Some(0);
    }
    let name = identity.name.get().map(|name| name.as_str().to_lowercase()).unwrap_or_default();
    if wanted.iter().all(|word| name.split_whitespace().any(|own| own.starts_with(word.as_str()))) {
        return Some(1);
    }
    id.as_str().get(..text.len()).is_some_and(|start| start.eq_ignore_ascii_case(text)).then_some(2)
}
