//! What the clocks of a ticket make of what happened to it: a walk over its moments in the order of time.

use crate::alert::Labels;
use crate::alert::config::{Alerting, Policy};
use crate::alert::why::Target;
use nexusflow_model::{Label, Timestamp};
use serde::{Deserialize, Serialize};

/// How much of a target is told, in per cent.
pub(crate) const MARKS: [u8; 3] = [50, 80, 100];

/// Something that happened to a ticket, or to its customer. Sorted by time, then by what happened, then by the event's identity: so
/// that of one instant, too, every order of arrival makes the same of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Moment {
    pub(super) at: Timestamp,
    pub(super) what: What,
    pub(super) tie: u64,
}

/// What happened. In this order, where it was at once: an answer of ours does not cover a message of the same instant, and such a
/// message ends a pause.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum What {
    /// The customer is of that kind from here on.
    Kind(Label),
    /// The customer is in that tier from here on.
    Tier(Label),
    /// Opened: priority, channel, category.
    Opened(Box<[Option<Label>; 3]>),
    /// Resolved, or closed for good.
    Ended,
    Reopened,
    Priority(Label),
    /// Whether the help desk's status says that it waits for somebody outside.
    Pending(bool),
    Paused,
    Resumed,
    /// A public reply of one of ours.
    Answered,
    /// A public reply of the customer.
    Asked,
}

/// A target of one cycle is over, or was missed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Outcome {
    /// When: the end where it was met, else the instant at which all of it was used.
    pub(super) at: Timestamp,
    pub(super) target: Target,
    pub(super) is_met: bool,
    /// The ticket's priority then.
    pub(super) priority: Option<Label>,
}

/// The clock of one target.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Clock {
    /// Whether somebody waits for something; the clock may stand still for now.
    is_on: bool,
    /// Working time used.
    used_ms: i64,
    /// When all of it was used.
    breached_at: Option<Timestamp>,
}

/// How the clocks of a ticket stand at an instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scan {
    at: Timestamp,
    was_opened: bool,
    is_open: bool,
    /// Whether one of ours ever answered in public.
    was_answered: bool,
    is_pending: bool,
    is_paused: bool,
    pub(super) labels: Labels,
    clocks: [Clock; 5],
    /// What is met as long as the ticket does not come back.
    resting: Vec<Outcome>,
}

/// How one target stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Standing {
    /// The highest mark that was passed; 0: none, or nobody waits.
    pub(super) percent: u8,
    /// When all of it is used, or was; none while the clock stands still.
    pub(super) due_at: Option<Timestamp>,
    /// When the next mark is passed, if nothing happens.
    pub(super) next_at: Option<Timestamp>,
}

impl Default for Scan {
    fn default() -> Self {
        Self {
            at: Timestamp::MIN,
            was_opened: false,
            is_open: false,
            was_answered: false,
            is_pending: false,
            is_paused: false,
            labels: Labels::default(),
            clocks: Default::default(),
            resting: Vec::new(),
        }
    }
}

impl Scan {
    /// When it stands there.
    pub(super) fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether the ticket is known and somebody has to do something.
    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    fn policy<'a>(&self, alerting: &'a Alerting) -> Option<&'a Policy> {
        alerting.policy(&self.labels, None)
    }

    fn is_running(&self, target: Target) -> bool {
        let stands = match target {
            Target::FirstReply | Target::NextReply => false,
            Target::Update | Target::RequesterWait | Target::Resolution => self.is_pending || self.is_paused,
        };
        self.clocks[target as usize].is_on && self.is_open && !stands
    }

    /// Lets time pass until `to`; tells what was missed on the way. Time for which no policy holds is nobody's.
    pub(super) fn advance(&mut self, alerting: &Alerting, to: Timestamp, outcomes: &mut Vec<Outcome>) {
        if to <= self.at {
            return;
        }
        // Of an instant at which several things happened only what they come to counts.
        self.miss(alerting, outcomes);
        if let Some(policy) = self.policy(alerting) {
            for target in Target::ALL {
                if !self.is_running(target) {
                    continue;
                }
                if let Some(limit_ms) = limit_ms(policy, target).filter(|_| !self.is_missed(target)) {
                    let left_ms = limit_ms - self.clocks[target as usize].used_ms;
                    let due_at = alerting.after(&policy.calendar, self.at, left_ms);
                    if let Some(due_at) = due_at.filter(|due_at| *due_at <= to) {
                        self.miss_at(target, due_at, outcomes);
                    }
                }
                self.clocks[target as usize].used_ms += alerting.working_ms(&policy.calendar, self.at, to);
            }
        }
        self.at = to;
    }

    /// What is missed now: where another policy holds, of which more is used already than there is.
    pub(super) fn miss(&mut self, alerting: &Alerting, outcomes: &mut Vec<Outcome>) {
        let Some(policy) = self.policy(alerting).filter(|_| self.is_open) else { return };
        for target in Target::ALL {
            let clock = &self.clocks[target as usize];
            let is_used_up = limit_ms(policy, target).is_some_and(|limit_ms| clock.used_ms >= limit_ms);
            if clock.is_on && is_used_up && !self.is_missed(target) {
                self.miss_at(target, self.at, outcomes);
            }
        }
    }

    fn is_missed(&self, target: Target) -> bool {
        self.clocks[target as usize].breached_at.is_some()
    }

    fn miss_at(&mut self, target: Target, at: Timestamp, outcomes: &mut Vec<Outcome>) {
        self.clocks[target as usize].breached_at = Some(at);
        outcomes.push(Outcome { at, target, is_met: false, priority: self.labels.priority.clone() });
    }

    /// Something happens, now.
    pub(super) fn happen(&mut self, alerting: &Alerting, what: &What, outcomes: &mut Vec<Outcome>) {
        match what {
            What::Kind(kind) => self.labels.customer_kind = Some(kind.clone()),
            What::Tier(tier) => self.labels.tier = Some(tier.clone()),
            What::Opened(labels) => self.open(labels),
            What::Ended if self.is_open => {
                // Who has what they wanted waits for no reply. The other clocks go on where the ticket comes back.
                self.end(alerting, Target::NextReply, outcomes);
                self.end(alerting, Target::Update, outcomes);
                let resting = [Target::FirstReply, Target::RequesterWait, Target::Resolution];
                let met = |target: Target| self.met(alerting, target, &self.clocks[target as usize]);
                self.resting = resting.into_iter().filter_map(met).collect();
                self.is_open = false;
            }
            What::Reopened if self.was_opened && !self.is_open => {
                self.is_open = true;
                // What was answered while the ticket was over does not go on.
                let resting = std::mem::take(&mut self.resting).into_iter();
                outcomes.extend(resting.filter(|own| !self.clocks[own.target as usize].is_on));
                (self.is_pending, self.is_paused) = (false, false);
                self.begin(Target::Update);
            }
            What::Ended | What::Reopened => {}
            What::Priority(priority) => self.labels.priority = Some(priority.clone()),
            What::Pending(is_pending) => self.is_pending = *is_pending,
            What::Paused => self.is_paused = true,
            What::Resumed => self.is_paused = false,
            What::Answered => {
                for target in [Target::FirstReply, Target::NextReply, Target::Update] {
                    self.end(alerting, target, outcomes);
                }
                self.was_answered = true;
                if self.is_open {
                    self.begin(Target::Update);
                }
            }
            What::Asked => {
                (self.is_pending, self.is_paused) = (false, false);
                // Before the first answer the first reply is what they wait for; later the oldest message counts.
                if self.was_answered && !self.clocks[Target::NextReply as usize].is_on {
                    self.begin(Target::NextReply);
                }
            }
        }
    }

    fn open(&mut self, labels: &[Option<Label>; 3]) {
        let [priority, channel, category] = labels;
        let own = &mut self.labels;
        for (own, said) in [(&mut own.priority, priority), (&mut own.channel, channel), (&mut own.category, category)] {
            if own.is_none() {
                own.clone_from(said);
            }
        }
        if self.was_opened {
            return;
        }
        (self.was_opened, self.is_open) = (true, true);
        [Target::FirstReply, Target::Update, Target::RequesterWait, Target::Resolution]
            .into_iter()
            .for_each(|target| self.begin(target));
    }

    fn begin(&mut self, target: Target) {
        self.clocks[target as usize] = Clock { is_on: true, ..Clock::default() };
    }

    fn end(&mut self, alerting: &Alerting, target: Target, outcomes: &mut Vec<Outcome>) {
        let clock = std::mem::take(&mut self.clocks[target as usize]);
        if self.is_open {
            outcomes.extend(self.met(alerting, target, &clock));
        }
    }

    /// A target that is over now, and was not missed.
    fn met(&self, alerting: &Alerting, target: Target, clock: &Clock) -> Option<Outcome> {
        self.policy(alerting).and_then(|policy| limit_ms(policy, target))?;
        let is_met = clock.is_on && clock.breached_at.is_none();
        is_met.then(|| Outcome { at: self.at, target, is_met, priority: self.labels.priority.clone() })
    }

    /// What is met as long as the ticket does not come back.
    pub(super) fn resting(&self) -> &[Outcome] {
        &self.resting
    }

    /// How a target stands now.
    pub(super) fn standing(&self, alerting: &Alerting, target: Target) -> Standing {
        let clock = &self.clocks[target as usize];
        let policy = self.policy(alerting).filter(|_| clock.is_on && self.is_open);
        let Some((policy, limit_ms)) = policy.and_then(|policy| Some((policy, limit_ms(policy, target)?))) else {
            return Standing::default();
        };
        if clock.breached_at.is_some() {
            return Standing { percent: 100, due_at: clock.breached_at, next_at: None };
        }
        let is_passed = |percent: &u8| clock.used_ms >= mark_ms(limit_ms, *percent);
        let percent = MARKS.into_iter().filter(is_passed).max().unwrap_or(0);
        let used_up = |percent: u8| {
            let left_ms = mark_ms(limit_ms, percent) - clock.used_ms;
            if self.is_running(target) { alerting.after(&policy.calendar, self.at, left_ms) } else { None }
        };
        let next_at = MARKS.into_iter().find(|own| *own > percent).and_then(used_up);
        Standing { percent, due_at: used_up(100), next_at }
    }

    /// How much of a target is used, and all there is, in milliseconds of working time; none where nobody waits or none is set.
    pub(super) fn used_ms(&self, alerting: &Alerting, target: Target) -> Option<(i64, i64)> {
        let clock = &self.clocks[target as usize];
        let policy = self.policy(alerting).filter(|_| clock.is_on && self.is_open)?;
        Some((clock.used_ms, limit_ms(policy, target)?))
    }

    /// Whether it stands still because somebody outside has to do something.
    pub(super) fn is_halted(&self) -> bool {
        self.is_pending || self.is_paused
    }

    /// The name of the policy that holds.
    pub(super) fn policy_name<'a>(&self, alerting: &'a Alerting) -> Option<&'a Label> {
        self.policy(alerting).map(|policy| &policy.name)
    }
}

fn limit_ms(policy: &Policy, target: Target) -> Option<i64> {
    policy.minutes(target).map(|minutes| i64::from(minutes) * 60_000)
}

fn mark_ms(limit_ms: i64, percent: u8) -> i64 {
    limit_ms * i64::from(percent) / 100
}
