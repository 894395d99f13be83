//! A partition as it lives in memory.

use nexusflow_domain::alert::Card;
use nexusflow_domain::{Activity, Commerce, Rollup};
use nexusflow_engine::contribution::Standing;
use nexusflow_engine::{CardKey, Contribution, Domain, Effect, Folded, Partition};
use nexusflow_model::{Envelope, Reject};
use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::Instant;
use tokio::sync::watch;

/// Activities kept for a gateway that comes new.
const ACTIVITIES_KEPT: usize = 50;
/// Activities in one contribution at the most: while catching up only the newest matter.
const ACTIVITIES_SENT_MAX: usize = 200;

/// The changes that are handed to gateways.
pub(crate) type Change = Contribution<Rollup, Activity, Card>;

/// A partition, and what was told of it.
pub(crate) struct Live {
    pub(crate) partition: Partition<Commerce>,
    pub(crate) head: u64,
    pub(crate) lag_ms: i64,
    pub(crate) folded_at: Instant,
    pub(crate) checkpoint: u64,
    pub(crate) checkpointed_at: Option<Instant>,
    /// Why the last checkpoint could not be written.
    pub(crate) trouble: Option<String>,
    epoch: u64,
    version: u64,
    owner: String,
    told_config: Option<String>,
    untold: Vec<Effect<Activity>>,
    recent: VecDeque<Effect<Activity>>,
    /// The last record folded, for who waits for one.
    folded: watch::Sender<u64>,
}

impl Live {
    pub(crate) fn new(partition: Partition<Commerce>, owner: String, epoch: u64) -> Self {
        let checkpoint = partition.sequence();
        Self {
            partition,
            head: checkpoint,
            lag_ms: 0,
            folded_at: Instant::now(),
            checkpoint,
            checkpointed_at: None,
            trouble: None,
            epoch,
            version: 1,
            owner,
            told_config: None,
            untold: Vec::new(),
            recent: VecDeque::new(),
            folded: watch::Sender::new(checkpoint),
        }
    }

    /// Folds the record that follows, and keeps what may be told for the next change.
    pub(crate) fn fold(&mut self, sequence: u64, events: Vec<Result<Envelope, Reject>>) -> Folded<Commerce> {
        let mut folded = self.partition.fold(sequence, events);
        self.take_notes(std::mem::take(&mut folded.notes));
        self.folded.send_replace(sequence);
        folded
    }

    /// Tells how far the fold has come.
    pub(crate) fn progress(&self) -> watch::Receiver<u64> {
        self.folded.subscribe()
    }

    fn take_notes(&mut self, notes: Vec<Effect<Activity>>) {
        let recent = &notes[notes.len().saturating_sub(ACTIVITIES_KEPT)..];
        self.recent.extend(recent.iter().cloned());
        let surplus = self.recent.len().saturating_sub(ACTIVITIES_KEPT);
        self.recent.drain(..surplus);
        self.untold.extend(notes);
        let surplus = self.untold.len().saturating_sub(ACTIVITIES_SENT_MAX);
        self.untold.drain(..surplus);
    }

    /// How it stands now.
    pub(crate) fn standing(&self) -> Standing {
        Standing {
            owner: self.owner.clone(),
            sequence: self.partition.sequence(),
            head: self.head.max(self.partition.sequence()),
            lag_ms: self.lag_ms,
            clock_ms: self.partition.clock().as_ms(),
            counters: self.partition.counters(),
            customers: self
                .partition
                .rollups()
                .panes()
                .get(&nexusflow_engine::Pane::All)
                .map_or(0, |all| all.customers.known) as u64,
            checkpoint: self.checkpoint,
            checkpoint_age_ms: self.checkpointed_at.map_or(-1, |at| at.elapsed().as_millis() as i64),
            trouble: self.trouble.clone(),
        }
    }

    /// What changed since the last call, even if it is only how the partition stands; with or without the figures.
    pub(crate) fn change(&mut self, has_figures: bool) -> Change {
        let panes = if has_figures { self.partition.rollups_mut().take_changed() } else { Vec::new() };
        let panes = panes.into_iter().map(|(pane, rollup)| (pane, rollup.cloned())).collect();
        let version = self.partition.config_version().to_owned();
        let is_news = self.told_config.as_ref() != Some(&version);
        let config = if is_news { config_json(&self.partition) } else { None };
        self.told_config = Some(version);
        let from = self.version;
        self.version += 1;
        let cards = self.partition.board_mut().take_changed();
        self.contribution(from, panes, cards, config, |live| std::mem::take(&mut live.untold))
    }

    /// Whether figures have changed that were not told.
    pub(crate) fn has_untold_figures(&self) -> bool {
        self.partition.rollups().is_changed()
    }

    /// Everything, at the version that was told last.
    pub(crate) fn everything(&mut self) -> Change {
        let panes =
            self.partition.rollups().panes().iter().map(|(pane, rollup)| (*pane, Some(rollup.clone()))).collect();
        let cards = self.partition.board().cards().map(|(key, card)| (key.clone(), Some(card.clone()))).collect();
        let config = config_json(&self.partition);
        self.contribution(0, panes, cards, config, |live| live.recent.iter().cloned().collect())
    }

    fn contribution(
        &mut self,
        from: u64,
        panes: Vec<(nexusflow_engine::Pane, Option<Rollup>)>,
        cards: Vec<(CardKey, Option<Card>)>,
        config: Option<String>,
        effects: impl FnOnce(&mut Self) -> Vec<Effect<Activity>>,
    ) -> Change {
        Contribution {
            format: Commerce::VERSION,
            partition: self.partition.id(),
            epoch: self.epoch,
            from,
            version: self.version,
            part: (0, 1),
            panes,
            cards,
            config,
            effects: effects(self),
            standing: self.standing(),
        }
    }
}

/// The configuration, once the log has said one.
fn config_json(partition: &Partition<Commerce>) -> Option<String> {
    let is_said = !partition.config_version().is_empty();
    is_said.then(|| serde_json::to_string(partition.config()).unwrap_or_default())
}

/// Looks at or changes a live partition; never across an await.
pub(crate) fn with<R>(live: &Mutex<Live>, look: impl FnOnce(&mut Live) -> R) -> R {
    // A panic inside a fold ends the worker, so that a poisoned state is never served: going on here only answers until then.
    let mut guard = live.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    look(&mut guard)
}
