//! The demonstration company.
mod billing;
mod calendar;
mod catalogue;
mod company;
mod corners;
mod customer;
mod delivery;
mod desk;
mod life;
mod names;
mod orders;
mod outbox;
mod random;
mod retime;
mod run;
#[cfg(test)]
mod run_tests;
mod sales;
mod support;
mod text;
pub mod truths;
mod voice;
mod web;

pub use catalogue::COMPANY;
pub use company::{Company, Profile, start_of_history};
pub use run::{Bookmark, Options, Phase, Progress, RunError, run};
#[cfg(test)]
mod tests;
#[cfg(test)]
mod truths_tests;
