//! How much load, and for how long.

use crate::LoadtestError;
use std::time::Duration;

/// How much load, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Events a second.
    pub rate: f64,
    /// How long is measured.
    pub measured: Duration,
    /// How long the same load runs before that.
    pub warmup: Duration,
    /// Events in a request.
    pub batch: usize,
    /// Connections that publish.
    pub connections: usize,
    /// Viewers beside the one that measures.
    pub viewers: usize,
    /// Consoles that wait for alerts.
    pub consoles: usize,
    /// Events a second, of `rate`, that raise an alert about a new customer.
    pub alerts_per_s: f64,
    /// The server's process, to tell its memory.
    pub server: Option<u32>,
}

impl Settings {
    /// Whether there is anything to do.
    ///
    /// # Errors
    /// What is wrong.
    pub fn check(&self) -> Result<(), LoadtestError> {
        if !(self.rate > 0.0 && self.rate <= 10_000_000.0) {
            return Err(LoadtestError::Settings("the rate must be above 0 and at most 10,000,000 events a second"));
        }
        if self.batch == 0 || self.batch > nexusflow_model::limits::BATCH_EVENTS_MAX {
            return Err(LoadtestError::Settings(
                "a request has at least one event and at most as many as a batch may have",
            ));
        }
        if !(0.0..=self.rate).contains(&self.alerts_per_s) {
            return Err(LoadtestError::Settings("of the events at most all can raise an alert"));
        }
        if self.connections == 0 || self.requests() == 0 {
            return Err(LoadtestError::Settings(
                "without a connection, time and at least one request there is no load",
            ));
        }
        Ok(())
    }

    /// Of how many events one raises an alert; none where none does.
    pub(crate) fn alarm_every(&self) -> Option<f64> {
        (self.alerts_per_s > 0.0).then(|| self.rate / self.alerts_per_s)
    }

    /// Requests in all, warm-up included.
    pub(crate) fn requests(&self) -> u64 {
        ((self.warmup + self.measured).as_secs_f64() * self.rate / self.batch as f64) as u64
    }

    /// When the `number`-th request is due, from the beginning.
    pub(crate) fn due(&self, number: u64) -> Duration {
        Duration::from_secs_f64(number as f64 * self.batch as f64 / self.rate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrivals_are_evenly_spaced_and_fill_the_time() {
        let second = Duration::from_secs(1);
        let settings = Settings {
            rate: 1_000.0,
            measured: 3 * second,
            warmup: second,
            batch: 10,
            connections: 1,
            viewers: 0,
            consoles: 0,
            alerts_per_s: 0.0,
            server: None,
        };
        settings.check().unwrap();
        assert_eq!(settings.requests(), 400);
        assert_eq!((settings.due(0), settings.due(100)), (Duration::ZERO, second));
        assert!(Settings { rate: 0.0, ..settings.clone() }.check().is_err());
        assert!(Settings { batch: 0, ..settings }.check().is_err());
    }
}
