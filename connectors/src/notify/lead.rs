//! One notifier at a time reads what the fold says, decides, and lets the targets be told. What it has yet to tell is kept whole,
//! together with the place up to which it has read: another one goes on from there.

use super::board::Board;
use super::decide::{Decider, Order};
use super::deliver::{Task, Way};
use super::message::Message;
use super::record::Recorder;
use super::{Notifier, NotifyError, Rerouting};
use futures_util::StreamExt;
use nexusflow_log::async_nats::Subscriber;
use nexusflow_log::{Applied, Hearing, Kept, KeptError, Log, Queue, ReadError, Reader, Record, raised};
use nexusflow_model::subject;
use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// With more notices behind it, the notifier is catching up: what it would tell may be over by what it has yet to read.
const CATCHING_UP: u64 = 64;
/// But for no longer than this.
const CATCHES_UP_FOR: Duration = Duration::from_secs(5);
/// Between two attempts of what failed.
const AGAIN_AFTER: Duration = Duration::from_millis(250);
/// The state is kept at most so often.
const KEEP_EVERY: Duration = Duration::from_secs(1);
/// And keeping it may take one part in so many of the time.
const KEEP_SHARE: u32 = 20;
/// Between two looks at all that waits; with much of it, looking takes one part in so many of the time.
const LOOK_EVERY: Duration = Duration::from_millis(20);
const LOOK_SHARE: u32 = 20;
/// Messages on their way into the log at a time.
const PUT_AT_ONCE: usize = 32;
/// How long what is under way may take when the process is to stop: what is not kept then is decided again.
const STOPS_WITHIN: Duration = Duration::from_secs(3);
/// What can't be known about what was told is not told again, if it is old.
const ANEW: &str = "What the notifier had yet to tell can't be read: it begins anew with what is in the output log";
/// When there is nothing else to do.
const IDLE: Duration = Duration::from_secs(60);

/// Why leading ended.
pub(super) enum Ended {
    /// It was told to stop, and has kept everything.
    Stopped,
    /// Another one leads, or NATS was not there.
    Lost(String),
}

/// What one that leads works with.
pub(super) struct Lead<'a> {
    log: &'a Log,
    decider: Decider,
    kept: Kept,
    reader: Reader,
    receipts: Subscriber,
    applied: Hearing,
    rerouting: Rerouting,
    recorder: Recorder,
    clock: fn() -> i64,
    /// When it was kept last, and how long that took.
    kept_at: Instant,
    keeping_took: Duration,
    /// When it was looked at what is due, and how long that took; whether something was heard since.
    looked_at: Option<Instant>,
    looking_took: Duration,
    is_looked_at: bool,
    /// Since when it is catching up.
    behind_since: Option<Instant>,
    has_read: bool,
    next_ms: Option<i64>,
}

/// Runs the tasks of the targets until they are told to stop.
pub(super) struct Targets {
    stop: watch::Sender<bool>,
    tasks: JoinSet<()>,
}

impl Targets {
    pub(super) fn start(notifier: &Notifier, recorder: &Recorder) -> Result<Self, NotifyError> {
        let (stop, stopped) = watch::channel(false);
        let board = Arc::new(Board::new(&notifier.rules.settings.target));
        let mut tasks = JoinSet::new();
        for target in &notifier.rules.settings.target {
            let way = Way::to(target, notifier.rules.settings.timeout())
                .map_err(|reason| NotifyError { target: target.name.clone(), reason })?;
            let parts = (&board, recorder);
            let task = Task::new(&notifier.log, &target.name, way, &notifier.rules, parts, notifier.clock);
            let stopped = stopped.clone();
            tasks.spawn(async move { Box::pin(task.run(stopped)).await });
        }
        let log = notifier.log.clone();
        tasks.spawn(async move { board.run(&log, stopped).await });
        Ok(Self { stop, tasks })
    }

    /// Waits until what is being delivered is over.
    pub(super) async fn stop(mut self) {
        self.stop.send_replace(true);
        while self.tasks.join_next().await.is_some() {}
    }
}

impl<'a> Lead<'a> {
    /// Looks up where the one before stopped.
    pub(super) async fn take_over(notifier: &'a Notifier, recorder: &Recorder) -> Result<Self, String> {
        let said = |error: &dyn std::fmt::Display| error.to_string();
        let mut kept = Kept::of_notifier(&notifier.log).await.map_err(|error| said(&error))?;
        let state = match kept.look().await {
            Err(KeptError::Damaged(what)) => {
                tracing::error!(what, "{ANEW}");
                None
            }
            looked => looked.map_err(|error| said(&error))?,
        };
        let anew = || Decider::new(Arc::clone(&notifier.rules), None);
        let made = Decider::new(Arc::clone(&notifier.rules), state.as_deref());
        let mut decider = made.or_else(|error| {
            tracing::error!(%error, "{ANEW}");
            anew().map_err(|error| said(&error))
        })?;
        if nexusflow_log::last_effect(&notifier.log).await.map_err(|error| said(&error))? < decider.sequence() {
            tracing::error!("the output log is another one than before. {ANEW}");
            decider = anew().map_err(|error| said(&error))?;
        }
        let receipts = notifier.log.client().subscribe(subject::receipts(notifier.log.prefix())).await;
        let applied = Applied::open(&notifier.log).await.map_err(|error| said(&error))?.hear();
        tracing::info!(
            sequence = decider.sequence(),
            targets = notifier.rules.settings.target.len(),
            "leads the notifiers"
        );
        Ok(Self {
            log: &notifier.log,
            reader: Reader::of_effects(&notifier.log, decider.sequence()),
            decider,
            kept,
            receipts: receipts.map_err(|error| error.to_string())?,
            applied,
            rerouting: notifier.rerouting,
            recorder: recorder.clone(),
            clock: notifier.clock,
            kept_at: Instant::now(),
            keeping_took: Duration::ZERO,
            looked_at: None,
            looking_took: Duration::ZERO,
            is_looked_at: false,
            behind_since: None,
            has_read: false,
            next_ms: None,
        })
    }

    /// Leads until `stop`, or until `lost` says that it does no longer.
    pub(super) async fn run(
        &mut self,
        mut lost: Pin<&mut impl Future<Output = ()>>,
        stop: &watch::Receiver<bool>,
    ) -> Ended {
        let mut stop = stop.clone();
        loop {
            let wait = self.wait();
            tokio::select! {
                records = self.reader.next() => match records {
                    Ok(records) => self.read(&records),
                    Err(ReadError::Gap { after, found, .. }) => {
                        tracing::error!(after, found, "entries of the output log are missing: what they said is not told");
                        self.reader = Reader::of_effects(self.log, found.saturating_sub(1));
                    }
                    Err(error) => {
                        tracing::debug!(%error, "reading the output log again");
                        tokio::time::sleep(AGAIN_AFTER).await;
                    }
                },
                Some(receipt) = self.receipts.next() => self.receipt(&receipt.payload),
                content = self.applied.next() => self.reroute(&content),
                () = tokio::time::sleep(wait) => {}
                () = &mut lost => return Ended::Lost("another one may lead".into()),
                () = raised(&mut stop) => return self.end().await,
            }
            tokio::select! {
                done = self.work() => if let Err(error) = done {
                    return Ended::Lost(error.to_string());
                },
                () = &mut lost => return Ended::Lost("another one may lead".into()),
                () = async { raised(&mut stop).await; tokio::time::sleep(STOPS_WITHIN).await } => return self.end().await,
            }
        }
    }

    /// For how long nothing is to be done, if nothing is heard.
    fn wait(&self) -> Duration {
        let due = self
            .next_ms
            .filter(|_| self.is_looked_at)
            .map(|next| Duration::from_millis(next.saturating_sub((self.clock)()).max(0) as u64));
        let keep = self.decider.is_changed().then(|| self.keep_pause().saturating_sub(self.kept_at.elapsed()));
        let caught_up =
            self.behind_since.map_or(Duration::ZERO, |since| CATCHES_UP_FOR.saturating_sub(since.elapsed()));
        let look = (!self.is_looked_at && self.has_read).then(|| self.look_pause().max(caught_up));
        let say = (!self.decider.saying().is_empty()).then_some(Duration::ZERO);
        [due, keep, look, say].into_iter().flatten().min().unwrap_or(IDLE).min(IDLE)
    }

    /// For how long what was heard may wait to be looked at.
    fn look_pause(&self) -> Duration {
        let pause = LOOK_EVERY.max(self.looking_took * LOOK_SHARE);
        self.looked_at.map_or(Duration::ZERO, |at| pause.saturating_sub(at.elapsed()))
    }

    fn keep_pause(&self) -> Duration {
        KEEP_EVERY.max(self.keeping_took * KEEP_SHARE)
    }

    fn read(&mut self, records: &[Record]) {
        self.has_read = true;
        self.is_looked_at &= records.is_empty();
        for record in records {
            self.decider.read(record.sequence, record.stored_at_ms(), &record.payload);
        }
        let is_behind = records.last().is_some_and(|last| last.behind > CATCHING_UP);
        self.behind_since = is_behind.then(|| self.behind_since.unwrap_or_else(Instant::now));
    }

    /// Another configuration was applied.
    fn reroute(&mut self, content: &[u8]) {
        match (self.rerouting)(content) {
            Some(routing) => {
                tracing::info!("people are told by the configuration that was applied");
                self.decider.reroute(routing);
                self.is_looked_at = false;
            }
            None => {
                tracing::error!("the configuration that was applied can't be read: people are told by the one before")
            }
        }
    }

    fn receipt(&mut self, payload: &[u8]) {
        match serde_json::from_slice::<(String, String, u32)>(payload) {
            Ok((customer, alert, revision)) => {
                self.decider.seen((self.clock)(), &customer, &alert, revision);
                self.is_looked_at = false;
            }
            Err(error) => tracing::debug!(%error, "a receipt that is none"),
        }
    }

    /// Does what is due.
    async fn work(&mut self) -> Result<(), KeptError> {
        let catches_up = self.behind_since.is_some_and(|since| since.elapsed() < CATCHES_UP_FOR);
        let is_due = !self.is_looked_at || self.next_ms.is_some_and(|next| next <= (self.clock)());
        if self.has_read && !catches_up && is_due && self.look_pause().is_zero() {
            let began = Instant::now();
            self.next_ms = self.decider.advance((self.clock)());
            (self.looked_at, self.looking_took, self.is_looked_at) = (Some(began), began.elapsed(), true);
        }
        for order in self.decider.take() {
            match order {
                Order::Tell(message) => self.decider.say(*message),
                Order::Note(entry) => self.recorder.put(*entry),
            }
        }
        self.say().await?;
        if self.decider.is_changed() && self.kept_at.elapsed() >= self.keep_pause() {
            self.keep().await?;
        }
        Ok(())
    }

    /// Puts messages where their targets take them. What was decided is kept before: when this process is killed, the next one says the
    /// same and counts it, and one that leads no longer says nothing.
    async fn say(&mut self) -> Result<(), KeptError> {
        if self.decider.saying().is_empty() {
            return Ok(());
        }
        self.keep().await?;
        let log = self.log;
        let puts = futures_util::stream::iter(self.decider.saying()).map(|message| put(log, message));
        puts.buffered(PUT_AT_ONCE).for_each(|()| std::future::ready(())).await;
        self.decider.said();
        Ok(())
    }

    async fn keep(&mut self) -> Result<(), KeptError> {
        let state = self.decider.kept();
        let began = Instant::now();
        loop {
            match self.kept.keep(&state).await {
                Err(KeptError::Unavailable(cause)) => {
                    tracing::debug!(cause, "keeping the notifier's state again");
                    tokio::time::sleep(AGAIN_AFTER).await;
                }
                done => {
                    (self.kept_at, self.keeping_took) = (Instant::now(), began.elapsed());
                    return done;
                }
            }
        }
    }

    async fn end(&mut self) -> Ended {
        if !self.decider.is_changed() {
            return Ended::Stopped;
        }
        match tokio::time::timeout(STOPS_WITHIN, self.keep()).await {
            Ok(Err(error)) => Ended::Lost(error.to_string()),
            _ => Ended::Stopped,
        }
    }
}

/// Puts a message where its target takes it, for as long as it takes: the same id is the same message.
async fn put(log: &Log, message: &Message) {
    let payload = serde_json::to_vec(message).unwrap_or_default();
    while let Err(error) = Queue::put(log, &message.target, &message.id, payload.clone().into()).await {
        tracing::debug!(id = message.id, error, "putting a message again");
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}
