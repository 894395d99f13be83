//! What dashboards subscribe to: pure renderings of the merged rollups.

pub mod alerts;
pub mod customer;
pub mod days;
pub mod deals;
pub mod figures;
pub mod health;
pub mod pipeline;
mod readings;
pub mod scene;
pub mod sentiment;
pub mod sources;
pub(crate) mod span;
pub mod table;
pub mod texts;
pub mod themes;
pub mod tickets;

pub use scene::Scene;
pub use table::{Params, Table};

/// A topic of the views.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    /// Its name in the API.
    pub name: &'static str,
    /// What it shows, in a sentence.
    pub about: &'static str,
    /// Its parameters, in words.
    pub params: &'static [(&'static str, &'static str)],
    /// The columns that identify a row.
    pub key: &'static [&'static str],
    /// Its columns.
    pub cols: &'static [&'static str],
    /// Its rows, or what is wrong with the parameters.
    pub render: fn(&Scene<'_>, &Params) -> Result<Vec<table::Row>, String>,
}

/// The list of topics. A topic is one file and one line here.
pub const TOPICS: &[Topic] = &[
    figures::TOPIC,
    health::TOPIC,
    health::BY_KIND,
    health::DAYS,
    pipeline::TOPIC,
    deals::bridge::TOPIC,
    deals::forecast::TOPIC,
    deals::funnel::TOPIC,
    deals::quota::TOPIC,
    deals::segments::TOPIC,
    deals::velocity::TOPIC,
    deals::win_rate::TOPIC,
    tickets::TOPIC,
    days::TOPIC,
    sentiment::TOPIC,
    themes::TOPIC,
    themes::COMPETITORS,
    crate::alert::quality::TOPIC,
    crate::alert::sla::TOPIC,
];

/// The topic of that name.
pub fn topic(name: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.name == name)
}
