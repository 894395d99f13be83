//! The company as a discrete-event simulation: a queue of steps ordered by instant, each step emits events and plans others.

use super::calendar::DAY;
use super::customer::{Customer, CustomerKind};
use super::desk::{Desk, Step, World};
use super::random::Dice;
use super::{billing, corners, life, orders, recovery, sales, support, voice, web};
use nexusflow_model::{Envelope, Timestamp};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::ops::Range;

/// Between the introductions of two customers on the first day: the import of the customer base.
const IMPORT_GAP_MS: i64 = 20;
/// New customers and prospects a day for each customer of the first day: some more than leave.
const ARRIVALS_PER_DAY: f64 = 0.0035;
/// Out of a hundred customers, how many are consumers, businesses and enterprises.
const MIX: [u32; 3] = [80, 17, 3];
/// And of those who arrive: two in three businesses only ask for an offer.
const ARRIVALS_MIX: [u32; 3] = [70, 25, 5];

/// Which company, and from when on.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// What decides everything that is left to chance.
    pub seed: u64,
    /// The first event happens then.
    pub start: Timestamp,
    /// Customers on the first day. One coffee corner comes with every [`CUSTOMERS_A_CORNER`](Self::CUSTOMERS_A_CORNER) of them.
    pub customers: u32,
    /// When coffee corners report each cup they sell; else they report hour by hour. The sums are the same: an hour sells the
    /// same cups either way. Only hours that lie wholly within one of these spans (their ends exclusive) are told in detail.
    pub cup_by_cup: Vec<Range<Timestamp>>,
}

impl Profile {
    /// Customers to each coffee corner.
    pub const CUSTOMERS_A_CORNER: u32 = 125;
    /// The seed unless one is chosen.
    pub const SEED: u64 = 20_260_101;
    /// Customers unless a number is chosen.
    pub const CUSTOMERS: u32 = 3_000;

    /// The default company, from `start` on.
    pub fn new(start: Timestamp) -> Self {
        Self { seed: Self::SEED, start, customers: Self::CUSTOMERS, cup_by_cup: Vec::new() }
    }
}

/// A step and when it is due; of two due at the same instant the one planned first comes first.
#[derive(Debug)]
struct Task {
    at: i64,
    sequence: u64,
    who: u32,
    step: Step,
}

impl PartialEq for Task {
    fn eq(&self, other: &Self) -> bool {
        self.sequence == other.sequence
    }
}

impl Eq for Task {}

impl PartialOrd for Task {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Task {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.at, self.sequence).cmp(&(other.at, other.sequence))
    }
}

/// The demonstration company: an endless iterator of what happens in it, ordered by `occurred_at`.
///
/// The same profile gives the same events, whatever the pace at which they are pulled. `recorded_at` is `occurred_at`.
#[derive(Debug)]
pub struct Company {
    world: World,
    customers: Vec<Customer>,
    queue: BinaryHeap<Reverse<Task>>,
    sequence: u64,
    /// What chooses newcomers; customers have their own.
    dice: Dice,
    ready: VecDeque<Envelope>,
    plan: Vec<(i64, Step)>,
}

impl Company {
    /// The company of that profile, before its first event.
    pub fn new(profile: Profile) -> Self {
        let (seed, customers) = (profile.seed, profile.customers);
        let mut company = Self {
            world: World::new(profile),
            customers: Vec::with_capacity(customers as usize),
            queue: BinaryHeap::new(),
            sequence: 0,
            dice: Dice::new(seed, 0),
            ready: VecDeque::new(),
            plan: Vec::new(),
        };
        let start = company.world.start_ms();
        for corner in 0..customers.div_ceil(Profile::CUSTOMERS_A_CORNER) {
            company.push(start, corner, Step::Corner(corners::Next::Open));
        }
        for who in 0..customers {
            let kind = company.choose_kind(MIX);
            company.customers.push(Customer::new(seed, who, kind));
            company.push(start + i64::from(who) * IMPORT_GAP_MS, who, Step::Life(life::Next::Import));
        }
        company.plan_arrival(start);
        company
    }

    /// When the next event happens, without taking it.
    pub fn peek(&mut self) -> Option<Timestamp> {
        while self.ready.is_empty() {
            let Reverse(task) = self.queue.pop()?;
            self.run(&task);
        }
        self.ready.front().map(|envelope| envelope.occurred_at)
    }

    /// The events up to and including `end`.
    pub fn until(&mut self, end: Timestamp) -> impl Iterator<Item = Envelope> {
        std::iter::from_fn(move || if self.peek()? <= end { self.ready.pop_front() } else { None })
    }

    fn push(&mut self, at: i64, who: u32, step: Step) {
        self.queue.push(Reverse(Task { at, sequence: self.sequence, who, step }));
        self.sequence += 1;
    }

    fn choose_kind(&mut self, mix: [u32; 3]) -> CustomerKind {
        [CustomerKind::Consumer, CustomerKind::Business, CustomerKind::Enterprise][self.dice.weighted(mix.into_iter())]
    }

    fn plan_arrival(&mut self, from: i64) {
        let per_day = f64::from(self.world.profile.customers) * ARRIVALS_PER_DAY;
        let at = self.world.calendar.arrival(&mut self.dice, super::calendar::Pulse::Household, from, per_day.max(0.1));
        self.push(at, 0, Step::Arrive);
    }

    fn arrive(&mut self, at: i64) {
        let kind = self.choose_kind(ARRIVALS_MIX);
        let who = self.customers.len() as u32;
        self.customers.push(Customer::new(self.world.profile.seed, who, kind));
        self.push(at, who, Step::Life(life::Next::Discover));
        self.plan_arrival(at);
    }

    fn run(&mut self, task: &Task) {
        match task.step {
            Step::Arrive => return self.arrive(task.at),
            Step::Corner(next) => {
                let (world, out, plan) = (&self.world, &mut self.ready, &mut self.plan);
                corners::run(&mut corners::Corner { world, number: task.who, at: task.at, out, plan }, next);
            }
            step => self.tell(task, step),
        }
        let mut plan = std::mem::take(&mut self.plan);
        for (at, step) in plan.drain(..) {
            self.push(at, task.who, step);
        }
        self.plan = plan;
    }

    fn tell(&mut self, task: &Task, step: Step) {
        let Some(customer) = self.customers.get_mut(task.who as usize) else { return };
        let (world, out, plan) = (&self.world, &mut self.ready, &mut self.plan);
        let desk = &mut Desk { at: task.at, who: task.who, customer, world, out, plan };
        match step {
            Step::Life(next) => life::run(desk, next),
            Step::Order(order, next) => orders::run(desk, order, next),
            Step::Bill(bill, next) => billing::run(desk, bill, next),
            Step::Ticket(ticket, next) => support::run(desk, ticket, next),
            Step::Deal(deal, next) => sales::run(desk, deal, next),
            Step::Voice(opinion, next) => voice::run(desk, opinion, next),
            Step::Recovery(case, next) => recovery::run(desk, case, next),
            Step::Web(next) => web::run(desk, next),
            Step::Arrive | Step::Corner(_) => {}
        }
    }
}

impl Iterator for Company {
    type Item = Envelope;

    fn next(&mut self) -> Option<Envelope> {
        self.peek()?;
        self.ready.pop_front()
    }
}

/// The day before which `history_days` days of history begin, at its first instant in UTC, so that runs of one day share it.
pub fn start_of_history(now: Timestamp, history_days: u32) -> Timestamp {
    Timestamp::EPOCH.plus_ms((now.as_ms().div_euclid(DAY) - i64::from(history_days)) * DAY)
}
