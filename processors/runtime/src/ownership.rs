//! Which partitions a worker owns: watches the leases, claims what is its share, lets go of what is not.

use crate::balance::{self, Plan};
use crate::pulse::Pulse;
use crate::tenancy::{Tenancy, Told};
use crate::worker::{Shared, WorkerError};
use nexusflow_log::{Change, Connection, Holder, Leases, Member, Roster, Watching};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, watch};
use tokio::task::{AbortHandle, JoinSet};

/// How long the others get to come back after nobody could be heard: NATS clients wait up to a second before they try again.
const GRACE: Duration = Duration::from_secs(1);
/// News of tenancies that may wait.
const NEWS: usize = 64;

type Channel<T> = (mpsc::Sender<T>, mpsc::Receiver<T>);

/// A partition in our hands.
struct Held {
    stop: watch::Sender<bool>,
    task: AbortHandle,
    /// Whether the lease is ours, rather than still being claimed.
    is_owned: bool,
    is_failing: bool,
}

/// What came up.
enum News {
    Stop,
    Heard(Result<Option<Change>, String>),
    Told(Told),
    Ended(u32),
    Gone(String, Instant),
    Doubted,
    Connection,
    Tick,
}

pub(crate) struct Ownership {
    shared: Arc<Shared>,
    leases: Leases,
    pulse: Arc<Pulse>,
    member: watch::Sender<Member>,
    roster: Roster,
    watching: Option<Watching>,
    /// How often we were in doubt when the watch began.
    doubts: u64,
    /// When our own beat was heard by the watch.
    heard_myself_at: Instant,
    held: BTreeMap<u32, Held>,
    tenancies: JoinSet<u32>,
    told: Channel<Told>,
    /// Workers that were not there when they were asked, and when that was.
    gone: Channel<(String, Instant)>,
}

impl Ownership {
    pub(crate) fn new(shared: Arc<Shared>, leases: Leases, pulse: Arc<Pulse>, member: watch::Sender<Member>) -> Self {
        let now = Instant::now();
        Self {
            roster: Roster::new(pulse.lease(), pulse.every(), now),
            shared,
            leases,
            pulse,
            member,
            watching: None,
            doubts: 0,
            heard_myself_at: now,
            held: BTreeMap::new(),
            tenancies: JoinSet::new(),
            told: mpsc::channel(NEWS),
            gone: mpsc::channel(NEWS),
        }
    }

    /// Owns this worker's share until `shutdown`, then hands everything over.
    ///
    /// # Errors
    /// Where it is alone and can't fold any partition.
    pub(crate) async fn run(mut self, mut shutdown: watch::Receiver<bool>) -> Result<(), WorkerError> {
        let mut connection = self.shared.log.connection();
        connection.mark_unchanged();
        let mut tick = tokio::time::interval(self.pulse.every());
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut ended = Ok(());
        loop {
            let news = self.news(&mut shutdown, &mut connection, &mut tick).await;
            match news {
                News::Stop => self.leave(),
                News::Heard(Ok(None)) => {}
                News::Heard(Ok(Some(change))) => self.hear(change),
                News::Heard(Err(why)) => {
                    tracing::debug!(why, "watching the leases anew");
                    self.watching = None;
                }
                News::Connection if *connection.borrow_and_update() == Connection::Down => {}
                News::Connection | News::Doubted => self.watch().await,
                News::Told(Told::Holds(holding)) => {
                    if let Some(held) = self.held.get_mut(&holding.partition) {
                        (held.is_owned, held.is_failing) = (true, holding.trouble.is_some());
                        self.roster.hear(Change::Owned(holding), Instant::now());
                    }
                    continue;
                }
                News::Told(Told::Failed(partition, error)) => {
                    if let Err(error) = self.failed(partition, error) {
                        ended = Err(error);
                        self.leave();
                    }
                    continue;
                }
                News::Ended(partition) => {
                    drop(self.held.remove(&partition));
                    if self.is_leaving() && self.held.is_empty() {
                        break;
                    }
                    // What to do next is decided when the watch or the clock says something: it may be behind this.
                    continue;
                }
                News::Gone(id, asked_at) => {
                    tracing::info!(worker = id, "a worker is gone");
                    self.roster.is_gone(&id, asked_at);
                }
                News::Tick => self.look_after().await,
            }
            if self.is_leaving() && self.held.is_empty() {
                break;
            }
            self.act();
        }
        let id = self.member.borrow().id.clone();
        if let Err(error) = self.leases.leave(&id).await {
            tracing::debug!(%error, "could not say goodbye");
        }
        ended
    }

    async fn news(
        &mut self,
        shutdown: &mut watch::Receiver<bool>,
        connection: &mut watch::Receiver<Connection>,
        tick: &mut tokio::time::Interval,
    ) -> News {
        let is_leaving = self.is_leaving();
        let heard = async {
            match &mut self.watching {
                Some(watching) => watching.next().await.map_err(|error| error.to_string()),
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = nexusflow_log::raised(shutdown), if !is_leaving => News::Stop,
            heard = heard => News::Heard(heard),
            Some(told) = self.told.1.recv() => News::Told(told),
            Some((id, asked_at)) = self.gone.1.recv() => News::Gone(id, asked_at),
            () = self.pulse.doubted.notified() => News::Doubted,
            Ok(()) = connection.changed() => News::Connection,
            _ = tick.tick() => News::Tick,
            Some(ended) = self.tenancies.join_next_with_id(), if !self.tenancies.is_empty() => {
                let task = match &ended { Ok((task, _)) => *task, Err(error) => error.id() };
                let partition = self.held.iter().find(|(_, held)| held.task.id() == task).map(|(partition, _)| *partition);
                if let Err(error) = ended && error.is_panic() {
                    tracing::error!(%error, "a task that looks after a partition died");
                }
                partition.map_or(News::Tick, News::Ended)
            }
        }
    }

    fn is_leaving(&self) -> bool {
        self.member.borrow().is_leaving
    }

    /// Wants nothing more, and lets go of everything.
    fn leave(&mut self) {
        self.member.send_modify(|member| member.is_leaving = true);
        for held in self.held.values() {
            held.stop.send_replace(true);
        }
    }

    fn hear(&mut self, change: Change) {
        let now = Instant::now();
        if matches!(&change, Change::Lives(member) if member.id == self.member.borrow().id) {
            self.heard_myself_at = now;
        }
        self.roster.hear(change, now);
    }

    /// Listens anew: what was heard before an interruption may not be so any more.
    async fn watch(&mut self) {
        let is_first = self.doubts == 0;
        let doubts = self.pulse.doubts();
        match self.leases.watch().await {
            Ok(watching) => {
                let now = Instant::now();
                if !is_first {
                    self.roster.begin_anew(now, GRACE);
                }
                (self.watching, self.doubts, self.heard_myself_at) = (Some(watching), doubts, now);
            }
            Err(error) => {
                self.watching = None;
                tracing::debug!(%error, "can't watch the leases, trying again");
            }
        }
    }

    /// Once a beat: looks whether the watch works, and after those who are overdue.
    async fn look_after(&mut self) {
        let is_deaf = self.heard_myself_at.elapsed() > self.pulse.lease() && self.pulse.is_good();
        if self.watching.is_none() || is_deaf {
            self.watch().await;
        }
        let now = Instant::now();
        let me = self.member.borrow().id.clone();
        for id in self.roster.overdue(now).into_iter().filter(|id| *id != me) {
            let (leases, gone) = (self.leases.clone(), self.gone.0.clone());
            tokio::spawn(async move {
                let asked_at = Instant::now();
                if leases.is_gone(&id).await {
                    drop(gone.send((id, asked_at)).await);
                }
            });
        }
        self.roster.bury(now);
    }

    /// Does what the leases ask for.
    fn act(&mut self) {
        if !self.watching.as_ref().is_some_and(Watching::is_current) {
            return;
        }
        let now = Instant::now();
        let me = self.member.borrow().clone();
        for (partition, held) in &self.held {
            let is_staying = held.is_owned && !*held.stop.borrow();
            if is_staying && self.roster.holding(*partition).is_none_or(|holding| holding.worker != me.id) {
                tracing::warn!(partition, "another worker has taken over a partition of this one");
                held.task.abort();
            }
        }
        self.pulse.confirm(self.doubts);
        // Who can't be heard of itself can't judge the silence of others.
        let is_down = *self.shared.log.connection().borrow() == Connection::Down;
        if me.is_leaving || is_down || !self.pulse.is_good() {
            return;
        }
        let holders: Vec<Holder<'_>> =
            (0..self.shared.log.partitions()).map(|partition| self.roster.holder(partition, now)).collect();
        let owners: Vec<Option<&str>> = (0_u32..)
            .zip(&holders)
            .map(|(partition, holder)| match holder {
                _ if self.held.contains_key(&partition) => Some(me.id.as_str()),
                Holder::Worker(id) => Some(*id),
                Holder::Free(_) => None,
            })
            .collect();
        let Plan { claim, release } = balance::plan(&me.id, &self.roster.willing(now), &owners);
        let over = |partition: u32| match holders.get(partition as usize) {
            Some(Holder::Free(over)) => *over,
            _ => None,
        };
        let claim: Vec<(u32, Option<u64>)> = claim.into_iter().map(|partition| (partition, over(partition))).collect();
        for partition in release {
            if let Some(held) = self.held.get(&partition) {
                held.stop.send_replace(true);
            }
        }
        for (partition, over) in claim {
            self.claim(partition, over, &me);
        }
    }

    fn claim(&mut self, partition: u32, over: Option<u64>, me: &Member) {
        let (stop, stopped) = watch::channel(false);
        let tenancy = Tenancy {
            shared: Arc::clone(&self.shared),
            leases: self.leases.clone(),
            member: me.clone(),
            partition,
            stop: stopped,
            told: self.told.0.clone(),
        };
        let task = self.tenancies.spawn(async move {
            tenancy.run(over).await;
            partition
        });
        self.held.insert(partition, Held { stop, task, is_owned: false, is_failing: false });
    }

    /// A partition can't be folded. A worker that is alone and can't fold any is of no use, and ends.
    fn failed(&mut self, partition: u32, error: WorkerError) -> Result<(), WorkerError> {
        if let Some(held) = self.held.get_mut(&partition) {
            held.is_failing = true;
        }
        let is_all = self.held.len() == self.shared.log.partitions() as usize;
        let is_alone = self.roster.willing(Instant::now()).len() <= 1;
        let is_hopeless = is_all && is_alone && self.held.values().all(|held| held.is_failing);
        if is_hopeless && !self.is_leaving() { Err(error) } else { Ok(()) }
    }
}
