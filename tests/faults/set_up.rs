//! The parts as processes of their own, and what they say of themselves.

use crate::harness::{Nexusflow, Process, SOON, eventually, signal};
use serde_json::Value;
use std::collections::BTreeSet;

/// Events that are folded, as the operator sees it.
pub(crate) fn events(nexusflow: &Nexusflow) -> i64 {
    nexusflow.view("operator").get("events").and_then(|row| row["value"].as_i64()).unwrap_or(-1)
}

/// Waits until more than `than` events are folded; says how many.
pub(crate) fn goes_on(nexusflow: &Nexusflow, than: i64) -> i64 {
    eventually(SOON, "events are folded again", || match events(nexusflow) {
        now if now > than => Ok(now),
        now => Err(format!("{now} after {than}\n{}", nexusflow.logs())),
    })
}

/// A column of the partitions, in their order.
pub(crate) fn of_partitions(nexusflow: &Nexusflow, col: &str) -> Vec<Value> {
    nexusflow.view("partitions").into_values().map(|mut row| row[col].take()).collect()
}

/// Who owns partitions, as far as they live: ids of processes.
pub(crate) fn owners(nexusflow: &Nexusflow) -> BTreeSet<u32> {
    let rows = nexusflow.view("partitions");
    let living = rows.values().filter(|row| row["state"] != "missing");
    living.filter_map(|row| row["owner"].as_str()?.rsplit(':').next()?.parse().ok()).collect()
}

/// Waits until these own everything, each something.
pub(crate) fn owned_by(nexusflow: &Nexusflow, workers: &[&Process]) {
    let wanted: BTreeSet<u32> = workers.iter().map(|worker| worker.id()).collect();
    eventually(SOON, "the partitions are shared among those who live", || match owners(nexusflow) {
        owners if owners == wanted => Ok(()),
        owners => Err(format!("{owners:?} instead of {wanted:?}\n{}", nexusflow.logs())),
    });
}

/// A process that stands still until this goes.
pub(crate) struct Paused(u32);

impl Paused {
    pub(crate) fn new(process: u32) -> Self {
        signal("-STOP", process);
        Self(process)
    }
}

impl Drop for Paused {
    fn drop(&mut self) {
        signal("-CONT", self.0);
    }
}

/// What a process has said so far.
pub(crate) fn log_of(nexusflow: &Nexusflow, name: &str) -> String {
    std::fs::read_to_string(nexusflow.folder().join(format!("{name}.log"))).unwrap_or_default()
}

/// The places in the log at which a worker of that name was restored so far, in their order.
pub(crate) fn restored(nexusflow: &Nexusflow, name: &str) -> Vec<(u32, u64)> {
    let said = log_of(nexusflow, name);
    let number = |line: &str, key: &str| -> Option<u64> {
        line.split_whitespace().find_map(|word| word.strip_prefix(key)).and_then(|value| value.parse().ok())
    };
    let places = said.lines().filter(|line| line.contains("restored"));
    places.filter_map(|line| Some((number(line, "partition=")? as u32, number(line, "at=")?))).collect()
}
