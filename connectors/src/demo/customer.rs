//! A customer: who they are, what they have, how long they stay.

use super::calendar::{DAY, Pulse};
use super::catalogue::{CITIES, City, PLANS, PRODUCTS, REPS, SEGMENTS, Segment};
use super::names;
use super::random::Dice;
use super::truths::{CHURN_PER_DAY, LATE_CHURN_HAZARD_RATIO, LATE_EXPOSURE_DAYS};

/// How the business cuts its customers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum CustomerKind {
    Consumer,
    Business,
    Enterprise,
}

impl CustomerKind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Consumer => "consumer",
            Self::Business => "business",
            Self::Enterprise => "enterprise",
        }
    }

    pub(super) const fn pulse(self) -> Pulse {
        match self {
            Self::Consumer => Pulse::Household,
            Self::Business => Pulse::Office,
            Self::Enterprise => Pulse::Hotel,
        }
    }
}

/// What a customer writes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    English,
    Spanish,
    German,
}

impl Language {
    /// BCP 47.
    pub(super) const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Spanish => "es",
            Self::German => "de",
        }
    }
}

/// A running subscription.
#[derive(Clone, Copy, Debug)]
pub(super) struct Subscription {
    pub(super) serial: u32,
    /// Index into the plans.
    pub(super) plan: usize,
    pub(super) seats: i64,
}

/// A customer's state.
#[derive(Debug)]
pub(super) struct Customer {
    pub(super) kind: CustomerKind,
    /// Index into the segments.
    pub(super) segment: usize,
    /// Index into the cities.
    pub(super) city: usize,
    pub(super) language: Language,
    pub(super) name: Box<str>,
    pub(super) email: Box<str>,
    pub(super) tier: &'static str,
    /// Index into the sales representatives.
    pub(super) rep: usize,
    /// Index into the products: the machine they have.
    pub(super) machine: Option<usize>,
    pub(super) subscription: Option<Subscription>,
    /// Whether they buy: prospects don't yet, those who left don't any more.
    pub(super) active: bool,
    pub(super) newsletter: bool,
    /// What they think of the company after all that happened, -1 to 1.
    pub(super) goodwill: f64,
    pub(super) stay: Stay,
    pub(super) dice: Dice,
    /// Events so far; part of their ids.
    pub(super) events: u32,
    /// Orders, tickets, deals ... so far; part of their ids.
    pub(super) serials: u32,
}

impl Customer {
    /// Customer number `who` of the company with that seed, of that kind.
    pub(super) fn new(seed: u64, who: u32, kind: CustomerKind) -> Self {
        let mut dice = Dice::new(seed, u64::from(who) + 1);
        let share = |segment: &Segment| if segment.kind == kind { segment.share } else { 0 };
        let segment = dice.weighted(SEGMENTS.iter().map(share));
        let city = dice.weighted(CITIES.iter().map(|city| city.weight));
        let at: &City = &CITIES[city];
        // Everybody understands English; not everybody writes it.
        let language = if dice.chance(0.6) { at.language } else { Language::English };
        let (name, email) = match kind {
            CustomerKind::Consumer => names::person(&mut dice, at.names, who),
            _ => names::company(&mut dice, SEGMENTS[segment].name, at.name, who),
        };
        let machine = match kind {
            CustomerKind::Consumer => [None, None, Some(0), Some(1), Some(1), Some(2)],
            CustomerKind::Business => [None, Some(1), Some(2), Some(2), Some(3), Some(3)],
            CustomerKind::Enterprise => [Some(3), Some(4), Some(4), Some(4), Some(4), Some(4)],
        }[dice.below(6)];
        let tier = match kind {
            CustomerKind::Enterprise => "platinum",
            _ => ["bronze", "silver", "gold"][dice.weighted([6, 3, 1].into_iter())],
        };
        let rep = Self::rep_for(&mut dice, at.country);
        let newsletter = kind == CustomerKind::Consumer && dice.chance(0.65);
        let goodwill = dice.normal(0.15, 0.3).clamp(-1.0, 1.0);
        let stay = Stay { budget: dice.exponential(1.0), ..Stay::default() };
        let (subscription, active, events, serials) = (None, false, 0, 0);
        Self {
            kind,
            segment,
            city,
            language,
            name,
            email,
            tier,
            rep,
            machine,
            subscription,
            active,
            newsletter,
            goodwill,
            stay,
            dice,
            events,
            serials,
        }
    }

    fn rep_for(dice: &mut Dice, country: &str) -> usize {
        let team = match country {
            "ES" | "PT" => "Iberia",
            "DE" | "AT" => "DACH",
            "FR" | "NL" | "IT" => "West",
            _ => "Overseas",
        };
        dice.weighted(REPS.iter().map(|(_, of)| u32::from(*of == team)))
    }

    pub(super) fn city(&self) -> &'static City {
        &CITIES[self.city]
    }

    /// What texts of theirs call the machine.
    pub(super) fn machine_name(&self) -> &'static str {
        PRODUCTS[self.machine.unwrap_or(1)].name
    }

    /// The smallest plan of their kind, or one of the larger ones.
    pub(super) fn choose_plan(&mut self) -> usize {
        let weight = |(index, plan): (usize, &super::catalogue::Plan)| match plan.kind == self.kind {
            true => 10 / (1 + index as u32 % 3) + 1,
            false => 0,
        };
        self.dice.weighted(PLANS.iter().enumerate().map(weight))
    }

    /// Orders a day on the first day, those of a subscription's box apart.
    pub(super) fn orders_per_day(&self) -> f64 {
        match (self.kind, self.subscription.is_some()) {
            (CustomerKind::Consumer, true) => 1.0 / 60.0,
            (CustomerKind::Consumer, false) => 1.0 / 32.0,
            (CustomerKind::Business, _) => 1.0 / 12.0,
            (CustomerKind::Enterprise, _) => 1.0 / 4.0,
        }
    }

    /// Whether they were a customer and are not any more.
    pub(super) fn has_left(&self) -> bool {
        !self.active && self.stay.version > 0
    }

    /// Moves what they think towards `to` by `share` of the way.
    pub(super) fn feel(&mut self, to: f64, share: f64) {
        self.goodwill += (to - self.goodwill) * share;
    }
}

/// How long a customer stays: everybody gets an amount of hazard (exponential with mean 1) and leaves when it is used up; it is
/// used at a constant rate, and three times as fast for a while after a late delivery. That is the proportional hazards model
/// with a covariate that changes over time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stay {
    budget: f64,
    spent: f64,
    since: i64,
    exposed_until: i64,
    /// Counts the plans to leave, so that an outdated one is known.
    pub(super) version: u32,
}

const PER_MS: f64 = CHURN_PER_DAY / DAY as f64;

impl Stay {
    /// They became a customer; the answer is when they will leave if nothing happens.
    pub(super) fn begin(&mut self, at: i64) -> i64 {
        (self.since, self.exposed_until) = (at, at);
        self.leaves_at()
    }

    /// A delivery came late; the answer is when they will leave now.
    pub(super) fn late(&mut self, at: i64) -> i64 {
        let exposed = (self.exposed_until.min(at) - self.since).max(0);
        let rest = at - self.since - exposed;
        self.spent += PER_MS * (exposed as f64 * LATE_CHURN_HAZARD_RATIO + rest as f64);
        self.since = at;
        self.exposed_until = at + LATE_EXPOSURE_DAYS * DAY;
        self.leaves_at()
    }

    fn leaves_at(&mut self) -> i64 {
        self.version += 1;
        let left = (self.budget - self.spent).max(0.0);
        let exposed = (self.exposed_until - self.since).max(0);
        let while_exposed = exposed as f64 * PER_MS * LATE_CHURN_HAZARD_RATIO;
        if left <= while_exposed {
            return self.since + (left / (PER_MS * LATE_CHURN_HAZARD_RATIO)) as i64;
        }
        self.since + exposed + ((left - while_exposed) / PER_MS) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_delivery_uses_up_the_stay_three_times_as_fast_for_ninety_days() {
        let mut stay = Stay { budget: CHURN_PER_DAY * 400.0, ..Stay::default() };
        assert_eq!(stay.begin(0) / DAY, 400);
        // 100 days at the plain rate, 90 at the triple one, 30 at the plain one.
        assert_eq!((stay.late(100 * DAY) + 1_000) / DAY, 100 + 90 + 30);
        // A second one on day 160 prolongs the exposure, and 100 + 3 * 60 are spent by then.
        assert_eq!((stay.late(160 * DAY) + 1_000) / DAY, 160 + 40);
    }
}
