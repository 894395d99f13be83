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
mod random;
mod sales;
mod support;
mod text;
pub mod truths;
mod voice;
mod web;

pub use catalogue::COMPANY;
pub use company::{Company, Profile, start_of_history};
#[cfg(test)]
mod tests;
#[cfg(test)]
mod truths_tests;
