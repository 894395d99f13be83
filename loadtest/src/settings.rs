//! How much load, and for how long.

use crate::LoadtestError;
use crate::shape::Shape;
use std::time::Duration;

/// How much load, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Events a second.
    pub rate: f64,
    /// How they are spread over the measured time.
    pub shape: Shape,
    /// How long is measured.
    pub measured: Duration,
    /// How long it runs before that, as it begins.
    pub warmup: Duration,
    /// Events in a request.
    pub batch: usize,
    /// Connections that publish.
    pub connections: usize,
    /// Viewers beside the one that measures.
    pub viewers: usize,
    /// Viewers that read far too slowly after the first third of the measured time.
    pub slow_viewers: usize,
    /// Consoles that wait for alerts.
    pub consoles: usize,
    /// Events a second, of `rate`, that raise an alert about a new customer.
    pub alerts_per_s: f64,
    /// How many customers events are about, met by Zipf's law; none: the demonstration company's own, each as often as it likes.
    pub customers: Option<u32>,
    /// Whether all of those are made known before the load begins.
    pub introduce: bool,
    /// Old events a second that come in beside the load while it is measured, in requests of their own.
    pub old_per_s: f64,
    /// Whether what has no clear answer is published again, with the same ids, until it has one.
    pub again: bool,
    /// The server's process, to tell its memory.
    pub server: Option<u32>,
}

/// Old events in a request, and connections that publish them.
const OLD_BATCH: usize = 100;
const OLD_CONNECTIONS: usize = 4;

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
        if self.customers == Some(0) || (self.introduce && self.customers.is_none()) {
            return Err(LoadtestError::Settings("there must be at least one customer to be met, or to be introduced"));
        }
        if self.slow_viewers > 0 && self.shape != Shape::Steady {
            return Err(LoadtestError::Settings("whether slow viewers delay others can be told only at a steady rate"));
        }
        if self.connections == 0 || self.requests() == 0 {
            return Err(LoadtestError::Settings(
                "without a connection, time and at least one request there is no load",
            ));
        }
        Ok(())
    }

    /// The load of old events beside this one; none where there are none.
    pub(crate) fn old(&self) -> Option<Self> {
        let old = Self {
            rate: self.old_per_s,
            warmup: Duration::ZERO,
            batch: OLD_BATCH,
            connections: OLD_CONNECTIONS,
            alerts_per_s: 0.0,
            shape: Shape::Steady,
            ..self.clone()
        };
        (old.requests() > 0).then_some(old)
    }

    /// Of how many events one raises an alert; none where none does.
    pub(crate) fn alarm_every(&self) -> Option<f64> {
        (self.alerts_per_s > 0.0).then(|| self.rate / self.alerts_per_s)
    }

    /// Requests in all, warm-up included.
    pub(crate) fn requests(&self) -> u64 {
        let measured = self.rate * self.measured.as_secs_f64() * self.shape.arrived(1.0);
        ((self.warmup_events() + measured) / self.batch as f64) as u64
    }

    /// When the `number`-th request is due, from the beginning.
    pub(crate) fn due(&self, number: u64) -> Duration {
        let events = number as f64 * self.batch as f64;
        let measured = events - self.warmup_events();
        if measured < 0.0 {
            return Duration::from_secs_f64(events / (self.rate * self.shape.intensity(0.0)));
        }
        let arrived = measured / (self.rate * self.measured.as_secs_f64());
        self.warmup + self.measured.mul_f64(self.shape.when(arrived))
    }

    /// When slow viewers become slow, from the beginning.
    pub(crate) fn slow_from(&self) -> Duration {
        self.warmup + self.measured / 3
    }

    fn warmup_events(&self) -> f64 {
        self.rate * self.shape.intensity(0.0) * self.warmup.as_secs_f64()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn settings() -> Settings {
        Settings {
            rate: 1_000.0,
            shape: Shape::Steady,
            measured: 3 * SECOND,
            warmup: SECOND,
            batch: 10,
            connections: 1,
            viewers: 0,
            slow_viewers: 0,
            consoles: 0,
            alerts_per_s: 0.0,
            customers: None,
            introduce: false,
            old_per_s: 0.0,
            again: false,
            server: None,
        }
    }

    #[test]
    fn arrivals_are_evenly_spaced_and_fill_the_time() {
        let settings = settings();
        settings.check().unwrap();
        assert_eq!(settings.requests(), 400);
        assert_eq!((settings.due(0), settings.due(100)), (Duration::ZERO, SECOND));
        assert!(Settings { rate: 0.0, ..settings.clone() }.check().is_err());
        assert!(Settings { batch: 0, ..settings }.check().is_err());
    }

    #[test]
    fn arrivals_of_every_shape_never_go_back_and_have_the_mean_of_the_shape() {
        for (shape, events) in
            [(Shape::Steady, 4_000), (Shape::Ramp, 1_750), (Shape::Burst, 6_700), (Shape::Day, 3_550)]
        {
            let settings = Settings { shape, batch: 1, ..settings() };
            let due: Vec<Duration> = (0..settings.requests()).map(|number| settings.due(number)).collect();
            assert!(due.len().abs_diff(events) <= 1, "{shape}: {}", due.len());
            assert!(due.is_sorted() && due.last().is_some_and(|last| *last < 4 * SECOND), "{shape}");
            // Neither does the warm-up's end leave a gap or a crowd.
            let around = |from: f64, to: f64| due.iter().filter(|at| (from..to).contains(&at.as_secs_f64())).count();
            let (before, after) = (around(0.9, 1.0), around(1.0, 1.1));
            assert!(before.abs_diff(after) <= 8, "{shape}: {before}, {after}");
        }
    }

    #[test]
    fn old_events_come_in_requests_of_their_own_while_it_is_measured() {
        assert_eq!(settings().old(), None);
        let old = Settings { old_per_s: 500.0, shape: Shape::Burst, ..settings() }.old().unwrap();
        assert_eq!((old.requests(), old.batch, old.due(0), old.due(5)), (15, 100, Duration::ZERO, SECOND));
    }

    #[test]
    fn slow_viewers_are_compared_at_a_steady_rate_only() {
        let slow = Settings { slow_viewers: 1, ..settings() };
        slow.check().unwrap();
        assert!(Settings { shape: Shape::Day, ..slow }.check().is_err());
    }
}
