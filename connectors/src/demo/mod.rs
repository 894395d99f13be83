//! The demonstration company: Altamora Coffee, which sells coffee machines and beans to people at home, offices and hotel
//! chains, and by the cup in stations and airports. It does not exist; its customers, competitors and carriers do not either,
//! and their e-mail addresses are those reserved for examples.
//!
//! [`Company`] is the company as a function of a [`Profile`]: an endless, ordered stream of events without clock or IO. Each
//! customer has a state and a stream of chance of their own; steps wait in a queue, emit events and plan other steps. The same
//! profile gives the same bytes on every machine and at whatever pace they are pulled. For load, take a large company and pull.
//!
//! [`run()`] tells the story to the log: the days before now at full speed, recorded as they were then, and from now on every
//! event when it is due. A [`Bookmark`] says how far it is, so that a restart goes on and does not begin again.
//!
//! # What goes on every second
//!
//! Three thousand customers cause some three thousand events a day, one every half minute. Coffee corners, one to 125
//! customers, sell a cup or two every second, around the clock and around the world. In the history they report their takings
//! by the hour; live, cup by cup. An hour takes in the same money either way, so that today compares with yesterday while the
//! wall moves.
//!
//! # What is true of it
//!
//! [`truths`] names what was planted, for whoever checks an estimate: late deliveries triple the hazard of leaving, one lane is
//! late far more often than the others, one segment grows fastest, one touchpoint disappoints most, one competitor is named
//! most, answers from templates take half the time. `truths_tests` finds all of it again in the events alone.
//!
//! # What it leaves out
//!
//! Events whose subject is no customer (quota, stock, capacity, backlog, territories): the views would count their subjects as
//! customers. Merges of customers, points, referrals and experiments. Subscriptions that existed before the history begin on its
//! first day, and business customers pay in ten to fourteen days: the first two weeks of a history have less income than the
//! others.

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
mod recovery;
mod retime;
mod run;
#[cfg(test)]
mod run_tests;
mod sales;
mod support;
#[cfg(test)]
mod tests;
mod text;
pub mod truths;
#[cfg(test)]
mod truths_tests;
mod voice;
mod web;

pub use catalogue::COMPANY;
pub use company::{Company, Profile, start_of_history};
pub use run::{Bookmark, Options, Phase, Progress, RunError, run};
