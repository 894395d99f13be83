//! What was given to the log and is not confirmed yet, in order. What the log did not confirm is given again with the same id:
//! it does not count twice.

use futures_util::FutureExt;
use nexusflow_log::{AppendError, Appender, Receipt};
use nexusflow_model::{Envelope, Place, Timestamp};
use std::collections::VecDeque;
use std::future::Future;
use std::time::Duration;
use tokio::time::Instant;

/// Events that may be unconfirmed at a time.
const WINDOW: usize = 4_096;
/// The first wait before something is given to the log again; it doubles up to [`BACKOFF_MAX`].
const BACKOFF_MIN: Duration = Duration::from_millis(100);
const BACKOFF_MAX: Duration = Duration::from_secs(5);

/// Where events go. The log in earnest, something that fails on purpose in tests.
pub(super) trait Sink {
    type Receipt: Future<Output = Result<Place, AppendError>> + Unpin + Send;
    fn append(&self, envelope: &Envelope) -> impl Future<Output = Result<Self::Receipt, AppendError>> + Send;
}

impl Sink for &Appender {
    type Receipt = Receipt;
    async fn append(&self, envelope: &Envelope) -> Result<Receipt, AppendError> {
        Appender::append(self, envelope).await
    }
}

#[derive(Debug)]
enum State<R> {
    Unsent,
    Waiting(R),
    Stored,
}

#[derive(Debug)]
struct Pending<R> {
    envelope: Envelope,
    /// When it happened in the company's own time.
    at: Timestamp,
    state: State<R>,
}

/// The unconfirmed events, oldest first.
#[derive(Debug)]
pub(super) struct Outbox<S: Sink> {
    sink: S,
    pending: VecDeque<Pending<S::Receipt>>,
    retry_at: Option<Instant>,
    backoff: Duration,
    /// Events given to the log for the first time.
    pub(super) sent: u64,
    /// Events it confirmed.
    pub(super) confirmed: u64,
    /// How often one was given again.
    pub(super) retried: u64,
    /// Everything that happened up to this instant of the company's time, inclusive, is stored.
    pub(super) confirmed_through: Option<Timestamp>,
}

fn may_try_again(error: &AppendError) -> bool {
    matches!(error, AppendError::Busy | AppendError::Unconfirmed { .. })
}

impl<S: Sink> Outbox<S> {
    pub(super) fn new(sink: S, confirmed_through: Option<Timestamp>) -> Self {
        Self {
            sink,
            pending: VecDeque::new(),
            retry_at: None,
            backoff: BACKOFF_MIN,
            sent: 0,
            confirmed: 0,
            retried: 0,
            confirmed_through,
        }
    }

    pub(super) fn has_room(&self) -> bool {
        self.pending.len() < WINDOW
    }

    pub(super) fn is_empty(&self) -> bool {
        self.pending.is_empty()
    }

    /// Gives an event to the log. If this is cancelled, the event was not given.
    ///
    /// # Errors
    /// Where trying again would not help.
    pub(super) async fn send(&mut self, envelope: Envelope, at: Timestamp) -> Result<(), AppendError> {
        let state = match self.sink.append(&envelope).await {
            Ok(receipt) => State::Waiting(receipt),
            Err(error) if may_try_again(&error) => {
                self.back_off(&error);
                State::Unsent
            }
            Err(error) => return Err(error),
        };
        self.sent += 1;
        self.pending.push_back(Pending { envelope, at, state });
        Ok(())
    }

    /// Waits until the oldest event is confirmed, or has to be given again, and gives it again. May be cancelled at any time.
    ///
    /// # Errors
    /// Where trying again would not help.
    pub(super) async fn confirm(&mut self) -> Result<(), AppendError> {
        let Some(front) = self.pending.front_mut() else { return Ok(()) };
        match &mut front.state {
            State::Stored => self.settle(),
            State::Unsent => self.send_again().await?,
            State::Waiting(receipt) => match receipt.await {
                Ok(_) => {
                    front.state = State::Stored;
                    self.backoff = BACKOFF_MIN;
                    self.settle();
                }
                Err(error) if may_try_again(&error) => {
                    front.state = State::Unsent;
                    self.look_at_the_rest();
                    self.back_off(&error);
                }
                Err(error) => return Err(error),
            },
        }
        Ok(())
    }

    /// Takes what is stored off the front.
    fn settle(&mut self) {
        while let Some(first) = self.pending.pop_front_if(|first| matches!(first.state, State::Stored)) {
            self.confirmed += 1;
            // The next one may have happened at the same instant, which is therefore not complete.
            self.confirmed_through = self.confirmed_through.max(Some(first.at.plus_ms(-1)));
        }
    }

    /// A record that failed took many events with it: what is known of them already need not be waited for one by one.
    fn look_at_the_rest(&mut self) {
        for pending in &mut self.pending {
            if let State::Waiting(receipt) = &mut pending.state
                && let Some(answer) = receipt.now_or_never()
            {
                pending.state = if answer.is_ok() { State::Stored } else { State::Unsent };
            }
        }
    }

    fn back_off(&mut self, error: &AppendError) {
        tracing::debug!(%error, wait_ms = self.backoff.as_millis(), "the demonstration tries again");
        self.retry_at = Some(Instant::now() + self.backoff);
        self.backoff = (self.backoff * 2).min(BACKOFF_MAX);
    }

    async fn send_again(&mut self) -> Result<(), AppendError> {
        if let Some(at) = self.retry_at {
            tokio::time::sleep_until(at).await;
            self.retry_at = None;
        }
        for pending in self.pending.iter_mut().filter(|pending| matches!(pending.state, State::Unsent)) {
            match self.sink.append(&pending.envelope).await {
                Ok(receipt) => pending.state = State::Waiting(receipt),
                Err(error) if may_try_again(&error) => {
                    self.back_off(&error);
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
            self.retried += 1;
        }
        Ok(())
    }
}
