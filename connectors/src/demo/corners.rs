//! Coffee corners: self-service counters in stations and airports around the world. They sell by the cup and never close, so
//! that something happens every second, while the sums of a day stay those of the days before: in the history a corner
//! reports its takings by the hour, live it reports each cup, and an hour sells the same cups either way.

use super::calendar::HOUR;
use super::catalogue::{CORNER_SEGMENT, CORNERS};
use super::desk::{Step, World, id, label, money, quantity, sourced, stamp};
use super::random::Dice;
use super::text;
use nexusflow_model::event::finance::Payment;
use nexusflow_model::event::identity::CustomerIdentified;
use nexusflow_model::event::touchpoint::ProductUsed;
use nexusflow_model::{Envelope, Event, Id};
use std::collections::VecDeque;

/// Cups of a mean hour of a corner.
const CUPS_AN_HOUR: f64 = 300.0;
/// Hours that one report of use covers, where cups are not told one by one.
const USE_HOURS: i64 = 12;
/// How busy each local hour is. The mean is about 1.
const BUSY: [f64; 24] = [
    0.35, 0.3, 0.3, 0.3, 0.5, 0.9, 1.5, 1.9, 1.9, 1.6, 1.4, 1.2, 1.2, 1.3, 1.3, 1.2, 1.2, 1.2, 1.0, 0.9, 0.8, 0.7, 0.6,
    0.45,
];
/// How busy each day of the week is, from Monday on.
const WEEK: [f64; 7] = [1.02, 0.96, 0.95, 1.03, 1.14, 0.99, 0.91];
/// What is sold cup after cup, and its price in cents: a pattern instead of chance, so that a sum needs no drawing.
const DRINKS: [(&str, i64); 10] = [
    ("espresso", 60),
    ("cappuccino", 90),
    ("lungo", 70),
    ("espresso", 60),
    ("latte", 100),
    ("espresso", 60),
    ("americano", 70),
    ("hot chocolate", 110),
    ("cappuccino", 90),
    ("flat white", 100),
];
const SOURCE: &str = "/demo/corners";

/// A corner at an instant.
pub(super) struct Corner<'a> {
    pub(super) world: &'a World,
    pub(super) number: u32,
    pub(super) at: i64,
    pub(super) out: &'a mut VecDeque<Envelope>,
    pub(super) plan: &'a mut Vec<(i64, Step)>,
}

/// What is next at a corner. Hours are counted since 1970.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    Open,
    /// An hour begins.
    Hour(i64),
    /// An hour ends.
    Close(i64),
    Cup(Cup),
}

/// One cup of an hour that is told in detail.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cup {
    hour: i64,
    number: u32,
    drink: (&'static str, i64),
}

/// The cups of an hour.
struct Sold {
    cups: u32,
    /// Where in the pattern of drinks the hour begins.
    from: usize,
    dice: Dice,
}

pub(super) fn run(corner: &mut Corner<'_>, next: Next) {
    match next {
        Next::Open => open(corner),
        Next::Hour(hour) => begin(corner, hour),
        Next::Close(hour) => end(corner, hour),
        Next::Cup(cup) => sell(corner, cup),
    }
}

impl Corner<'_> {
    fn customer(&self) -> Id {
        id(&format!("corner-{:03}", self.number))
    }

    fn emit(&mut self, name: &str, event: Event) {
        let id = id(&format!("{}-k{}-{name}", self.world.run, self.number));
        let at = stamp(self.at);
        let (source, subject) = (sourced(SOURCE), self.customer());
        self.out.push_back(Envelope { id, source, subject, occurred_at: at, recorded_at: at, forwarded: 0, event });
    }

    /// What an hour sells: a function of the seed, the corner and the hour, and of nothing that happened before.
    fn sold(&self, hour: i64) -> Sold {
        let stream = (u64::from(self.number) + 1) << 32 | hour as u64;
        let mut dice = Dice::new(self.world.profile.seed ^ 0x000C_0FFE_EC09_57A8, stream);
        let (.., ahead) = CORNERS[self.number as usize % CORNERS.len()];
        let busy = BUSY[(hour + ahead).rem_euclid(24) as usize];
        // 1970-01-01 was a Thursday.
        let week = WEEK[((hour + ahead).div_euclid(24) + 3).rem_euclid(7) as usize];
        let cups = dice.poisson(CUPS_AN_HOUR * busy * week);
        let from = dice.below(DRINKS.len());
        Sold { cups, from, dice }
    }

    fn in_detail(&self, hour: i64) -> bool {
        let (start, end) = (stamp(hour * HOUR), stamp((hour + 1) * HOUR));
        self.world.profile.cup_by_cup.iter().any(|span| span.start <= start && end <= span.end)
    }
}

impl Sold {
    fn drink(&self, cup: u32) -> (&'static str, i64) {
        DRINKS[(self.from + cup as usize) % DRINKS.len()]
    }

    fn takings(&self) -> i64 {
        let round: i64 = DRINKS.iter().map(|(_, cents)| cents).sum();
        let (rounds, rest) = (self.cups / DRINKS.len() as u32, self.cups % DRINKS.len() as u32);
        round * i64::from(rounds) + (0..rest).map(|cup| self.drink(cup).1).sum::<i64>()
    }
}

fn open(corner: &mut Corner<'_>) {
    let number = corner.number as usize;
    let (place, city, country, _) = CORNERS[number % CORNERS.len()];
    let name = match number / CORNERS.len() {
        0 => format!("Altamora Corner {place}"),
        again => format!("Altamora Corner {place} {}", again + 1),
    };
    let event = CustomerIdentified {
        name: text::short(&name),
        email: text::short(&format!("corner{number}@altamora.example.com")),
        phone: None,
        anonymous_id: None,
        account: None,
        kind: Some(label("business")),
        segment: Some(label(CORNER_SEGMENT)),
        tier: None,
        country: Some(label(country)),
        city: text::short(city),
        language: Some(label("en")),
        owner: None,
        since: None,
    };
    corner.emit("open", Event::CustomerIdentified(event));
    let hour = (corner.at + HOUR - 1).div_euclid(HOUR);
    corner.plan.push((hour * HOUR, Step::Corner(Next::Hour(hour))));
}

fn begin(corner: &mut Corner<'_>, hour: i64) {
    if corner.in_detail(hour) {
        let mut sold = corner.sold(hour);
        let mut times: Vec<i64> = (0..sold.cups).map(|_| sold.dice.between(0, HOUR - 2)).collect();
        times.sort_unstable();
        let cup = |(number, ms): (u32, i64)| {
            (hour * HOUR + ms, Step::Corner(Next::Cup(Cup { hour, number, drink: sold.drink(number) })))
        };
        corner.plan.extend((0..).zip(times).map(cup));
    }
    corner.plan.push(((hour + 1) * HOUR - 1, Step::Corner(Next::Close(hour))));
}

fn end(corner: &mut Corner<'_>, hour: i64) {
    if !corner.in_detail(hour) {
        let sold = corner.sold(hour);
        corner.emit(&format!("{hour}"), paid(&format!("{}-{hour}", corner.number), sold.takings(), "till"));
    }
    if (hour + 1) % USE_HOURS == 0 {
        let before = (hour + 1 - USE_HOURS..=hour).filter(|hour| !corner.in_detail(*hour));
        let cups: u32 = before.map(|hour| corner.sold(hour).cups).sum();
        if cups > 0 {
            corner.emit(&format!("{hour}-use"), used("all drinks", i64::from(cups)));
        }
    }
    corner.plan.push(((hour + 1) * HOUR, Step::Corner(Next::Hour(hour + 1))));
}

fn sell(corner: &mut Corner<'_>, Cup { hour, number, drink: (drink, cents) }: Cup) {
    corner.emit(&format!("{hour}-{number}-use"), used(drink, 1));
    corner.emit(&format!("{hour}-{number}"), paid(&format!("{}-{hour}-{number}", corner.number), cents, "card"));
}

fn used(feature: &str, count: i64) -> Event {
    Event::ProductUsed(ProductUsed { feature: label(feature), count: Some(quantity(count)), seconds: None })
}

fn paid(name: &str, cents: i64, method: &str) -> Event {
    Event::PaymentReceived(Payment {
        payment: id(&format!("k-{name}")),
        amount: money(cents, "EUR"),
        order: None,
        invoice: None,
        method: Some(label(method)),
        instalments: None,
    })
}
