//! The same recording folded by NexusFlow as it is: its own domain with the configuration that ships, health, segments, alerts, panes
//! and all. Its table is only how many payments each customer's profile has folded; the rest has no counterpart at the peers.
//!
//! `everything RECORDING BUSINESS TABLE`

use nexusflow_domain::{Business, Commerce};
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_peers::{Failure, replay};
use std::path::Path;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(recording), Some(business), Some(to)) = (arguments.next(), arguments.next(), arguments.next()) else {
        return Err("everything RECORDING BUSINESS TABLE".into());
    };
    let business: Business = toml::from_str(&std::fs::read_to_string(business)?)?;
    let content = serde_json::to_value(business)?;
    let configured =
        ConfigChanged::envelope("v1", "the comparison with peers", content, "2026-01-05T00:00:00Z".parse()?)?;
    let partitions = replay::fold::<Commerce>(recording.as_ref(), Some(&configured))?;
    let mut lines = String::new();
    for partition in &partitions {
        for ((_, customer), identity) in partition.beginnings(|profile| profile.identity.clone()) {
            lines += &format!("{},{}\n", customer.as_str(), identity.events);
        }
    }
    Ok(std::fs::write(Path::new(&to), lines)?)
}
