//! A circuit a target: one that fails again and again is left alone for a while, so that its messages wait in the log and not in
//! attempts, and is then tried with one message.

use std::time::Duration;
use tokio::time::Instant;

/// How the pauses grow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub(super) first: Duration,
    pub(super) max: Duration,
    /// Failures in a row after which the circuit opens.
    pub(super) circuit_after: u32,
}

impl Patience {
    /// The pause after the `attempt`th failure (from 1), between half of it and all: so that those that failed together are not
    /// tried together. `salt` says where between.
    pub(super) fn pause(&self, attempt: u32, salt: u64) -> Duration {
        let doubled = self.first.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        let whole = doubled.min(self.max);
        let share = 500 + u32::try_from(salt % 501).unwrap_or(0);
        whole * share / 1_000
    }
}

/// Whether a target is spoken to.
#[derive(Debug)]
pub(super) struct Circuit {
    patience: Patience,
    failures: u32,
    open_until: Option<Instant>,
}

impl Circuit {
    pub(super) fn new(patience: Patience) -> Self {
        Self { patience, failures: 0, open_until: None }
    }

    /// `closed`, `open` or `half_open`.
    pub(super) fn state(&self) -> &'static str {
        match self.open_until {
            None => "closed",
            Some(until) if until > Instant::now() => "open",
            Some(_) => "half_open",
        }
    }

    /// Until when the target is to be left alone.
    pub(super) fn wait(&self) -> Option<Instant> {
        self.open_until.filter(|until| *until > Instant::now())
    }

    /// The pause of one message after its `attempt`th failure.
    pub(super) fn pause(&self, attempt: u32, salt: u64) -> Duration {
        self.patience.pause(attempt, salt)
    }

    pub(super) fn succeeded(&mut self) {
        self.failures = 0;
        self.open_until = None;
    }

    /// The target failed; how long it is left alone, if it is. It may have said itself how long.
    pub(super) fn failed(&mut self, retry_after: Option<Duration>, salt: u64) -> Option<Duration> {
        self.failures = self.failures.saturating_add(1);
        let beyond =
            self.failures.checked_sub(self.patience.circuit_after.saturating_sub(1)).filter(|beyond| *beyond > 0);
        let pause = beyond.map(|beyond| self.patience.pause(beyond, salt));
        let pause = [pause, retry_after].into_iter().flatten().max()?;
        self.open_until = Some(Instant::now() + pause);
        Some(pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { first: Duration::from_secs(5), max: Duration::from_secs(1_800), circuit_after: 3 };

    #[test]
    fn pauses_double_up_to_the_longest() {
        let pauses: Vec<u64> = (1..=12).map(|attempt| PATIENCE.pause(attempt, 500).as_secs()).collect();
        assert_eq!(pauses, [5, 10, 20, 40, 80, 160, 320, 640, 1_280, 1_800, 1_800, 1_800]);
        assert_eq!(PATIENCE.pause(u32::MAX, 0).as_secs(), 900);
        assert_eq!(PATIENCE.pause(1, 0).as_millis(), 2_500);
    }

    #[tokio::test(start_paused = true)]
    async fn a_circuit_opens_is_tried_and_closes() {
        let mut circuit = Circuit::new(PATIENCE);
        assert_eq!((circuit.failed(None, 500), circuit.failed(None, 500), circuit.state()), (None, None, "closed"));
        assert_eq!(circuit.failed(None, 500), Some(Duration::from_secs(5)));
        assert_eq!(circuit.state(), "open");
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!((circuit.state(), circuit.wait()), ("half_open", None));
        assert_eq!(circuit.failed(None, 500), Some(Duration::from_secs(10)));
        tokio::time::advance(Duration::from_secs(10)).await;
        circuit.succeeded();
        assert_eq!(circuit.state(), "closed");
        // A target that says when is not spoken to before.
        assert_eq!(circuit.failed(Some(Duration::from_secs(7)), 500), Some(Duration::from_secs(7)));
        assert_eq!(circuit.state(), "open");
    }
}
