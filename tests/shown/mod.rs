//! What the views show of partitions: everything that has a screen.
#![allow(dead_code, reason = "each test binary uses a part of it")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use nexusflow_domain::alert::Card;
use nexusflow_domain::views::{self, Params};
use nexusflow_domain::{Activity, Business, Commerce, Rollup};
use nexusflow_engine::contribution::{Assembly, Standing};
use nexusflow_engine::{Contribution, Domain, Merged, Partition};
use serde_json::Value;

/// The business of the tests.
pub(crate) fn business() -> Business {
    toml::from_str(include_str!("../../config/business.toml")).unwrap()
}

/// Topics that tell what was known when, which depends on the order of the log.
const KNOWN_WHEN: [&str; 3] = ["alerting", "health.kinds", "health.days"];

/// What partitions tell, merged, and what is configured.
pub(crate) fn merged<'a>(
    partitions: impl IntoIterator<Item = &'a Partition<Commerce>>,
) -> (Merged<Rollup, Card>, &'a Business) {
    let mut merged: Merged<Rollup, Card> = Merged::default();
    let mut business = None;
    for partition in partitions {
        let panes = partition.rollups().panes().iter().map(|(pane, rollup)| (*pane, Some(rollup.clone())));
        let contribution: Contribution<Rollup, Activity, Card> = Contribution {
            format: Commerce::VERSION,
            partition: partition.id(),
            epoch: 1,
            from: 0,
            version: 1,
            part: (0, 1),
            panes: panes.collect(),
            cards: partition.board().cards().map(|(key, card)| (key.clone(), Some(card.clone()))).collect(),
            config: None,
            effects: Vec::new(),
            standing: Standing { clock_ms: partition.clock().as_ms(), ..Standing::default() },
        };
        // In parts, as it goes over the wire.
        let mut assembly = Assembly::default();
        let whole = contribution.split().into_iter().find_map(|part| assembly.take(part)).unwrap();
        merged.absorb(whole);
        business.get_or_insert_with(|| partition.config());
    }
    merged.settle();
    (merged, business.unwrap())
}

/// The rows of every topic and period, by its name; but for alerts: those depend on what was known when, which is the order of the
/// log.
pub(crate) fn shown<'a>(
    partitions: impl IntoIterator<Item = &'a Partition<Commerce>>,
) -> Vec<(String, Vec<Vec<Value>>)> {
    let (merged, business) = merged(partitions);
    let clock = merged.clock().unwrap();
    let scene = views::Scene { merged: &merged, business, clock };
    let mut all = Vec::new();
    for topic in views::TOPICS.iter().filter(|topic| !KNOWN_WHEN.contains(&topic.name)) {
        let periods: &[&str] = if topic.name == "figures" { &["today", "7d", "30d", "365d", "all"] } else { &[""] };
        for period in periods {
            let params =
                if period.is_empty() { Params::new() } else { Params::from([("period".into(), (*period).into())]) };
            all.push((format!("{} {period}", topic.name), (topic.render)(&scene, &params).unwrap()));
        }
    }
    all
}
