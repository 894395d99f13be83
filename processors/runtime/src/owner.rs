//! The owner of a partition: reads, folds, publishes, checkpoints.

use crate::emit::Emitter;
use crate::live::{Live, with};
use crate::publish;
use crate::restore::{self, Kept};
use crate::save::Saving;
use crate::tick::{self, Ticks};
use crate::worker::{Shared, WorkerError};
use nexusflow_engine::Partition;
use nexusflow_log::{Applied, Origin, ReadError, Reader, Record};
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::{Timestamp, cloudevents};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::time::MissedTickBehavior;

/// Changes go out at most this often: under load they are told together, when it is quiet at once.
const PUBLISH_EVERY: Duration = Duration::from_millis(5);
/// But what people have to see does not wait for that: at most this often.
const SHOW_EVERY: Duration = Duration::from_millis(2);
/// And figures, which are told whole, at most this often: a viewer sees new ones every 50 ms at the most.
const FIGURES_EVERY: Duration = Duration::from_millis(25);
/// How a partition stands goes out at least this often.
const HEARTBEAT: Duration = Duration::from_secs(1);
/// How long a stream may take to elect a leader who knows everything.
const ELECTED_WITHIN: Duration = Duration::from_secs(10);
/// Profiles that stay open in all partitions together: 300 MB at the most.
const OPEN_PROFILES: usize = 32_768;
/// Hand-overs of the reader that may wait for the fold.
const READ_AHEAD: usize = 4;

/// What was told when.
struct Telling {
    at: Instant,
    figures_at: Instant,
    /// Whether something has changed since.
    is_due: bool,
}

pub(crate) struct Owner {
    shared: Arc<Shared>,
    live: Arc<Mutex<Live>>,
    partition: u32,
    origin: Origin,
    emitter: Emitter,
    saving: Saving,
    ticks: Ticks,
    /// When the record was stored that moved the partition's clock last, in milliseconds since the epoch.
    told_at_ms: i64,
    is_configured: bool,
}

impl Owner {
    /// Restores a partition from its newest good checkpoint, or starts it empty. `term` is that of the lease.
    pub(crate) async fn take(shared: Arc<Shared>, partition: u32, term: u64) -> Result<Self, WorkerError> {
        let mut checkpoints = shared.checkpoints.of(partition);
        let kept = restore::newest(partition, &mut checkpoints).await;
        let folded = kept.as_ref().map_or(0, |kept| kept.state.sequence());
        let began = Instant::now();
        let origin = loop {
            let origin = shared.log.origin_patiently(partition, ELECTED_WITHIN).await?;
            // A leader that was just elected may not have looked through all that it holds: it is asked again.
            let is_another = kept.as_ref().is_some_and(|kept| kept.created_ns != origin.created_ns);
            if origin.last >= folded || is_another || began.elapsed() > ELECTED_WITHIN {
                break origin;
            }
            tokio::time::sleep(HEARTBEAT).await;
        };
        if let Some(Kept { state, created_ns }) = &kept
            && (state.sequence() > origin.last || *created_ns != origin.created_ns)
        {
            return Err(WorkerError::Rewound {
                partition,
                checkpoint: state.sequence(),
                last: origin.last,
                recreated: *created_ns != origin.created_ns,
                place: shared.checkpoints.place().to_string(),
            });
        }
        let mut state = kept.map_or_else(|| Partition::new(partition), |kept| kept.state);
        state.keep_open(OPEN_PROFILES / shared.log.partitions() as usize);
        tracing::info!(partition, at = state.sequence(), head = origin.last, "restored");
        let told_at_ms = tick::told_at_ms(&shared.log, partition, state.sequence()).await;
        let live = Live::new(state, shared.owner.clone(), term);
        let emitter = Emitter::start(Arc::clone(&shared), partition, origin.created_ns);
        let saving = Saving::new(&shared.settings, checkpoints, partition, origin.created_ns);
        Ok(Self {
            shared,
            live: Arc::new(Mutex::new(live)),
            partition,
            origin,
            emitter,
            saving,
            ticks: Ticks::new(partition),
            told_at_ms,
            is_configured: false,
        })
    }

    pub(crate) fn live(&self) -> Arc<Mutex<Live>> {
        Arc::clone(&self.live)
    }

    /// Folds what comes until `shutdown`, then writes a checkpoint.
    pub(crate) async fn run(mut self, mut shutdown: watch::Receiver<bool>) -> Result<(), WorkerError> {
        self.configure_if_caught_up().await;
        let (sender, mut records) = mpsc::channel(READ_AHEAD);
        let after = with(&self.live, |live| live.partition.sequence());
        let reading = tokio::spawn(read(Reader::new(&self.shared.log, self.partition, after), sender));
        let mut heartbeat = tokio::time::interval(HEARTBEAT);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut telling = Telling { at: Instant::now(), figures_at: Instant::now(), is_due: false };
        let ended = loop {
            let is_urgent = telling.is_due && with(&self.live, |live| live.partition.board().is_changed());
            let every = if is_urgent { SHOW_EVERY } else { PUBLISH_EVERY };
            let wait = every.saturating_sub(telling.at.elapsed());
            let tick = self.tick_in();
            tokio::select! {
                biased;
                () = nexusflow_log::raised(&mut shutdown) => break Ok(()),
                () = tokio::time::sleep(wait), if telling.is_due => self.publish(&mut telling).await,
                next = records.recv() => match next {
                    Some(Ok(fetched)) => {
                        let events = self.fold(&fetched, !records.is_empty()).await;
                        self.saving.count(events);
                        telling.is_due = true;
                        self.configure_if_caught_up().await;
                        self.saving.go_on(&self.live, &self.emitter).await;
                    }
                    Some(Err(error)) => break Err(error.into()),
                    None => break Ok(()),
                },
                _ = heartbeat.tick() => {
                    self.look_at_head().await;
                    self.publish(&mut telling).await;
                    self.saving.go_on(&self.live, &self.emitter).await;
                }
                () = tokio::time::sleep(tick.unwrap_or_default()), if tick.is_some() => {
                    self.ticks.tick(&self.shared, now()).await;
                }
                () = tokio::task::yield_now(), if self.saving.is_busy() => self.saving.go_on(&self.live, &self.emitter).await,
            }
        };
        reading.abort();
        self.saving.finish_up(&self.live, &self.emitter).await;
        ended
    }

    /// How long until the log should be told what time it is; none while there is something to fold.
    fn tick_in(&self) -> Option<Duration> {
        let (due, clock, is_behind) = with(&self.live, |live| {
            (live.partition.tick_due(), live.partition.clock(), live.partition.sequence() < live.head)
        });
        if is_behind { None } else { self.ticks.wait(due, clock, self.told_at_ms, now()) }
    }

    /// Once everything is folded that was there at the start: appends the configuration to this partition's log, if another one
    /// holds there.
    async fn configure_if_caught_up(&mut self) {
        let (at, holds) =
            with(&self.live, |live| (live.partition.sequence(), live.partition.config_version().to_owned()));
        if self.is_configured || at < self.origin.last {
            return;
        }
        self.is_configured = true;
        // What is configured now, not what was when this worker began: another one may have put it into force since.
        let Some((business, version)) = (self.shared.configured)() else {
            return tracing::error!("the configuration can't be read; what the log says goes on to hold");
        };
        if holds == version {
            return;
        }
        let content = serde_json::to_value(business).unwrap_or_default();
        let said = serde_json::to_vec(&content).unwrap_or_default();
        let envelope = match ConfigChanged::envelope(&version, &self.shared.owner, content, now()) {
            Ok(envelope) => envelope,
            Err(error) => return tracing::error!(%error, "the configuration can't be put into the log"),
        };
        match self.shared.appender.append_to(self.partition, &envelope).await {
            Ok(receipt) => match receipt.await {
                Ok(place) => {
                    tracing::info!(?place, "the configuration of the business changed");
                    self.say_applied(said).await;
                }
                Err(error) => tracing::error!(%error, "could not append the configuration"),
            },
            Err(error) => tracing::error!(%error, "could not append the configuration"),
        }
    }

    /// Tells those who do not fold which configuration holds.
    async fn say_applied(&self, content: Vec<u8>) {
        let said = match Applied::open(&self.shared.log).await {
            Ok(applied) => applied.say(content.into()).await,
            Err(error) => Err(error),
        };
        if let Err(error) = said {
            tracing::warn!(%error, "the notifier goes by its own files until it is started again");
        }
    }

    /// Folds records and lets what follows from them leave; says how many events they held. `more`: others have arrived already.
    async fn fold(&mut self, records: &[Record], more: bool) -> usize {
        let Some(last) = records.last() else { return 0 };
        let mut count = 0;
        for record in records {
            // Decoding needs no lock: questions are answered meanwhile.
            let events = match cloudevents::decode_record(&record.payload) {
                Ok(events) => events,
                Err(reject) => vec![Err(reject)],
            };
            count += events.len();
            let (folded, has_moved) = with(&self.live, |live| {
                let clock = live.partition.clock();
                (live.fold(record.sequence, events), live.partition.clock() > clock)
            });
            if has_moved {
                self.told_at_ms = record.stored_at_ms();
            }
            for (place, reject) in folded.unreadable {
                tracing::error!(
                    ?place,
                    field = reject.field,
                    reason = reject.reason,
                    "the log holds an event that can't be read"
                );
            }
            self.emitter.put(folded.emissions).await;
        }
        with(&self.live, |live| {
            live.head = live.head.max(last.sequence + last.behind);
            live.folded_at = Instant::now();
            let waits = more || last.behind > 0;
            live.lag_ms = if !waits { 0 } else { (now().as_ms() - last.stored_at_ms()).max(0) };
        });
        count
    }

    /// Asks the log how far it goes: what is stuck on the way to us shows as lag.
    async fn look_at_head(&self) {
        let Ok(Ok(origin)) = tokio::time::timeout(HEARTBEAT, self.shared.log.origin(self.partition)).await else {
            return;
        };
        with(&self.live, |live| {
            live.head = live.head.max(origin.last);
            let waits = live.head > live.partition.sequence();
            live.lag_ms = if waits { live.lag_ms.max(live.folded_at.elapsed().as_millis() as i64) } else { 0 };
        });
    }

    async fn publish(&self, telling: &mut Telling) {
        let has_figures = telling.figures_at.elapsed() >= FIGURES_EVERY;
        let (change, is_due) = with(&self.live, |live| (live.change(has_figures), live.has_untold_figures()));
        publish::change(&self.shared.log, self.partition, change).await;
        telling.at = Instant::now();
        telling.is_due = is_due;
        if has_figures {
            telling.figures_at = telling.at;
        }
    }
}

/// Reads ahead of the fold; where NATS is away, tries again until it is back.
async fn read(mut reader: Reader, to: mpsc::Sender<Result<Vec<Record>, ReadError>>) {
    let mut wait = Duration::from_millis(50);
    loop {
        match reader.next().await {
            Ok(records) => {
                wait = Duration::from_millis(50);
                if !records.is_empty() && to.send(Ok(records)).await.is_err() {
                    return;
                }
            }
            Err(ReadError::Unavailable { partition, cause }) => {
                tracing::debug!(partition, cause, "trying again to read the log");
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(Duration::from_secs(1));
            }
            Err(gap) => {
                drop(to.send(Err(gap)).await);
                return;
            }
        }
        if to.is_closed() {
            return;
        }
    }
}

/// The wall clock: only for what is recorded now, and for how long things took.
fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_ms(since.as_millis() as i64).unwrap_or(Timestamp::EPOCH)
}
