//! Alerts, as consoles and programs meet them: rows that come at once, commands that are decided once, rights, silences, groups.

#[path = "../harness/mod.rs"]
mod harness;

mod acting;
mod console;
mod rights;
mod rules;
mod watching;
