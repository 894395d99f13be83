//! What consoles say that they show to a person: passed on to whoever tells those that nobody has seen.

use crate::hub::SharedHub;
use nexusflow_model::subject;
use serde_json::json;
use std::time::{Duration, Instant};

/// Most alerts of one frame.
const ALERTS_MAX: usize = 1_000;
/// Frames a second for long ...
const FRAMES_PER_S: u32 = 20;
/// ... and at once.
const FRAMES_AT_ONCE: u32 = 60;

/// What one connection may still say.
pub(crate) struct Receipts {
    /// When all that was said would have been paid for.
    paid_at: Instant,
}

impl Receipts {
    pub(crate) fn new(now: Instant) -> Self {
        Self { paid_at: now }
    }

    fn may(&mut self, now: Instant) -> bool {
        let each = Duration::from_secs(1) / FRAMES_PER_S;
        let paid_at = self.paid_at.max(now) + each;
        let may = paid_at.saturating_duration_since(now) <= each * FRAMES_AT_ONCE;
        if may {
            self.paid_at = paid_at;
        }
        may
    }

    /// Passes on what is news.
    ///
    /// # Errors
    /// Where it is too much; then nothing is passed on.
    pub(crate) async fn pass_on(
        &mut self,
        hub: &SharedHub,
        shown: Vec<(String, String, u32)>,
        now: Instant,
    ) -> Result<(), &'static str> {
        if shown.len() > ALERTS_MAX {
            return Err("a frame may confirm 1000 alerts");
        }
        if !self.may(now) {
            return Err("20 frames a second may confirm alerts");
        }
        let receipts = hub.board.with(|book| book.receipts(shown, now));
        let subject = subject::receipts(hub.log.prefix());
        for (customer, alert, revision) in receipts {
            let receipt = json!([customer, alert, revision]).to_string();
            if let Err(error) = hub.log.client().publish(subject.clone(), receipt.into()).await {
                tracing::debug!(%error, "could not pass a receipt on");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_confirms_all_the_time_is_heard_twenty_times_a_second() {
        let start = Instant::now();
        let mut receipts = Receipts::new(start);
        assert_eq!((0..100).filter(|_| receipts.may(start)).count(), FRAMES_AT_ONCE as usize);
        let later = start + Duration::from_secs(1);
        assert_eq!((0..100).filter(|_| receipts.may(later)).count(), FRAMES_PER_S as usize);
    }
}
