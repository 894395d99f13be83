//! What will be won: a forecast with an interval, from what was won and from what is open.
//!
//! Several ways to forecast ([`Way`]) are combined by weights that they earned with their own errors at earlier origins (Bates and
//! Granger 1969). The time series know the phase of the quarter, the day of the week and, once a year was seen, the month; the
//! pipeline knows how many deals of each stage and age were won within so many days. The interval comes from how much the days
//! scatter, widened by how wrong earlier forecasts were. Nothing is used that was not known at the origin.
//!
//! Before every phase of a quarter was seen for four weeks there is no interval and no claim: the forecast says that it is early.
//!
//! Floats: this is read off the rollups to be looked at, and is never merged.

mod combine;
mod conversion;
mod sales;
mod season;

pub use combine::{Forecast, Forecaster, Way};
pub use sales::Sales;

#[cfg(test)]
mod tests;
