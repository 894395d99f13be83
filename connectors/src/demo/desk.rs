//! Where a step of a customer's story is told: it may emit events of its instant and plan later steps, nothing else.

use super::calendar::{Calendar, DAY};
use super::catalogue::SEGMENTS;
use super::company::Profile;
use super::customer::{Customer, CustomerKind};
use super::random::Dice;
use super::truths::GROWTH_MAX;
use super::{billing, text};
use super::{corners, life, orders, recovery, sales, support, voice, web};
use nexusflow_model::number::Quantity;
use nexusflow_model::{Currency, Envelope, Event, Id, Label, Money, Personal, Source, Text, Timestamp};
use std::collections::VecDeque;

/// What is to happen; everything it has to know later is in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Somebody finds the company.
    Arrive,
    Life(life::Next),
    Order(orders::Order, orders::Next),
    Bill(billing::Bill, billing::Next),
    Ticket(support::Ticket, support::Next),
    Deal(sales::Deal, sales::Next),
    Voice(voice::Opinion, voice::Next),
    Recovery(recovery::Case, recovery::Next),
    Web(web::Next),
    Corner(corners::Next),
}

/// What is the same for everybody.
#[derive(Debug)]
pub(super) struct World {
    pub(super) profile: Profile,
    pub(super) calendar: Calendar,
    /// What all ids of events begin with: another seed or start is another history.
    pub(super) run: String,
}

impl World {
    pub(super) fn new(profile: Profile) -> Self {
        let mark = Dice::new(profile.seed, profile.start.as_ms() as u64).below(1 << 24);
        Self { profile, calendar: Calendar::new(), run: format!("{mark:06x}") }
    }

    pub(super) fn start_ms(&self) -> i64 {
        self.profile.start.as_ms()
    }

    /// How many times more than on the first day a segment orders, times the season.
    pub(super) fn demand(&self, segment: usize, at: i64) -> f64 {
        /// January to December.
        const SEASON: [f64; 12] = [1.02, 1.0, 0.99, 0.98, 0.97, 0.95, 0.93, 0.92, 0.98, 1.02, 1.08, 1.12];
        const MONTH_DAYS: f64 = 30.0;
        let mut growth = 1.0;
        let monthly = 1.0 + f64::from(SEGMENTS[segment].growth_pc) / 100.0;
        let mut months = (at - self.start_ms()) as f64 / (DAY as f64 * MONTH_DAYS);
        while months >= 1.0 && growth < GROWTH_MAX {
            (growth, months) = (growth * monthly, months - 1.0);
        }
        growth *= 1.0 + (monthly - 1.0) * months.clamp(0.0, 1.0);
        let day_of_year = (at / DAY) as f64 % 365.25;
        growth.min(GROWTH_MAX) * SEASON[(day_of_year / 30.44) as usize % 12]
    }
}

/// One customer's desk at one instant.
pub(super) struct Desk<'a> {
    pub(super) at: i64,
    pub(super) who: u32,
    pub(super) customer: &'a mut Customer,
    pub(super) world: &'a World,
    pub(super) out: &'a mut VecDeque<Envelope>,
    pub(super) plan: &'a mut Vec<(i64, Step)>,
}

impl Desk<'_> {
    /// Says that it happened now.
    pub(super) fn emit(&mut self, source: &'static str, event: Event) {
        let id = id(&format!("{}-{}-{}", self.world.run, self.who, self.customer.events));
        self.customer.events += 1;
        let at = stamp(self.at);
        let subject = customer_id(self.who);
        self.out.push_back(Envelope {
            id,
            source: sourced(source),
            subject,
            occurred_at: at,
            recorded_at: at,
            forwarded: 0,
            event,
        });
    }

    /// Plans a step for `in_ms` from now.
    pub(super) fn later(&mut self, in_ms: i64, step: Step) {
        self.plan.push((self.at + in_ms.max(1), step));
    }

    /// Plans a step for an instant; now at the earliest.
    pub(super) fn on(&mut self, at: i64, step: Step) {
        self.plan.push((at.max(self.at + 1), step));
    }

    /// Plans a step for when the office works, after `in_ms` at the earliest.
    pub(super) fn in_office_hours(&mut self, in_ms: i64, step: Step) {
        let at = self.world.calendar.working(&mut self.customer.dice, self.at + in_ms, 9, 19);
        self.on(at, step);
    }

    pub(super) fn dice(&mut self) -> &mut Dice {
        &mut self.customer.dice
    }

    pub(super) fn chance(&mut self, p: f64) -> bool {
        self.customer.dice.chance(p)
    }

    /// A number nobody else of this customer's orders, tickets, invoices ... has.
    pub(super) fn serial(&mut self) -> u32 {
        self.customer.serials += 1;
        self.customer.serials
    }

    /// The id of something of this customer's.
    pub(super) fn name(&self, what: &str, serial: u32) -> Id {
        id(&format!("{what}-{}-{serial}", self.who))
    }

    /// A price in cents of EUR as this customer is asked for it: price lists are rounded, rates don't move.
    pub(super) fn price(&self, eur_minor: i64) -> i64 {
        match self.customer.city().currency {
            "GBP" => eur_minor * 86 / 100,
            "USD" => eur_minor * 108 / 100,
            _ => eur_minor,
        }
    }

    /// Minor units in the customer's currency.
    pub(super) fn money(&self, minor: i64) -> Money {
        money(minor, self.customer.city().currency)
    }

    /// What their texts are filled with.
    pub(super) fn slots(&mut self, days: i64, rival_share: f64) -> text::Slots {
        let rivals = super::catalogue::RIVALS;
        let rival = self.customer.dice.chance(rival_share).then(|| {
            let index = self.customer.dice.weighted(rivals.iter().map(|(_, weight)| *weight));
            rivals[index].0
        });
        let business = self.customer.kind != CustomerKind::Consumer;
        text::Slots { business, product: self.customer.machine_name(), rival, days }
    }

    /// Something they write.
    pub(super) fn write(&mut self, theme: text::Theme, mood: text::Mood, slots: text::Slots) -> String {
        let language = self.customer.language;
        text::compose(&mut self.customer.dice, language, theme, mood, slots)
    }
}

/// The id of customer number `who`.
pub(super) fn customer_id(who: u32) -> Id {
    id(&format!("c-{who:05}"))
}

/// An instant as events carry it.
pub(super) fn stamp(at: i64) -> Timestamp {
    Timestamp::EPOCH.plus_ms(at)
}

// Everything below is made from the tables of this module or from numbers: it is valid by construction, and the test that reads
// tens of thousands of events back stands for it.

fn sure<T, E: std::fmt::Debug>(made: Result<T, E>) -> T {
    #[expect(clippy::expect_used, reason = "see above")]
    made.expect("the demonstration company keeps to the limits of the vocabulary")
}

pub(super) fn id(text: &str) -> Id {
    sure(Id::new(text))
}

pub(super) fn label(text: &str) -> Label {
    sure(Label::new(text))
}

pub(super) fn free_text(text: &str) -> Personal<Text> {
    Personal::new(sure(Text::new(text)))
}

pub(super) fn sourced(text: &'static str) -> Source {
    sure(Source::new(text))
}

pub(super) fn money(minor: i64, currency: &str) -> Money {
    sure(Money::from_minor(minor, sure(Currency::new(currency))))
}

pub(super) fn quantity(number: i64) -> Quantity {
    sure(Quantity::new(number))
}

pub(super) fn score(number: i64) -> nexusflow_model::number::Score {
    sure(nexusflow_model::number::Score::new(number))
}

pub(super) fn share_bp(number: i64) -> nexusflow_model::number::BasisPoints {
    sure(nexusflow_model::number::BasisPoints::new(number))
}

pub(super) fn seconds(number: i64) -> Option<nexusflow_model::number::Seconds> {
    nexusflow_model::number::Seconds::new(number).ok()
}
