//! What is told in a run: a few days of some customers of the demonstration company, promises that are not kept, a warehouse
//! with too little in it, a business that changes its mind; and when each of it reaches the log.

use crate::chance::Chance;
use nexusflow_connectors::demo::{Company, Profile};
use nexusflow_domain::Business;
use nexusflow_model::alias::Alias;
use nexusflow_model::event::alert::{AlertKey, AlertSnoozed, AlertStep};
use nexusflow_model::event::control::{ConfigChanged, SourceHeartbeat};
use nexusflow_model::event::logistics::{
    DeliveryDelivered, DeliveryPromised, InventoryLevelSet, InventoryRequest, InventoryReservation,
};
use nexusflow_model::number::Quantity;
use nexusflow_model::{Envelope, Event, Id, Kind, Label, Source, Timestamp};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// The company's days, and how many of them a run has.
const DAYS: i64 = 21;
const WINDOW: i64 = 5;

/// Something that reaches the log.
#[derive(Clone)]
pub(crate) enum What {
    Event(Box<Envelope>),
    /// Goes into the log of every partition.
    Config(Box<Envelope>),
}

pub(crate) struct Story {
    /// As it happened.
    pub(crate) in_order: Vec<What>,
    /// As it is published: when, and what. Late, out of order and twice.
    pub(crate) published: Vec<(Timestamp, What)>,
    /// When all has been said.
    pub(crate) end: Timestamp,
}

/// The company's events by customer, each customer's in order; the same for every run.
fn company() -> &'static BTreeMap<Id, Vec<Envelope>> {
    static COMPANY: OnceLock<BTreeMap<Id, Vec<Envelope>>> = OnceLock::new();
    COMPANY.get_or_init(|| {
        let mut customers: BTreeMap<Id, Vec<Envelope>> = BTreeMap::new();
        let end = start().plus_ms(DAYS * DAY);
        for event in Company::new(Profile { customers: 200, ..Profile::new(start()) }).until(end) {
            customers.entry(event.subject.clone()).or_default().push(event);
        }
        customers
    })
}

fn start() -> Timestamp {
    "2026-03-02T00:00:00Z".parse().unwrap()
}

impl Story {
    pub(crate) fn of(chance: &mut Chance) -> Self {
        let first = start().plus_ms(chance.between(0, DAYS - WINDOW) * DAY);
        let last = first.plus_ms(WINDOW * DAY);
        let customers: Vec<&Id> = company().keys().collect();
        let chosen: Vec<&Id> = (0..chance.between(10, 40)).map(|_| *chance.pick(&customers)).collect();
        let mut events: BTreeMap<(Timestamp, Id), Envelope> = BTreeMap::new();
        let mut keep = |event: Envelope| drop(events.insert((event.occurred_at, event.id.clone()), event));
        for customer in &chosen {
            let all = &company()[*customer];
            let from = all.partition_point(|event| event.occurred_at < first);
            let to = all.partition_point(|event| event.occurred_at < last);
            all[from..to].iter().take(60).cloned().for_each(&mut keep);
        }
        let mut more = More { first, last, chance, n: 0 };
        for customer in &chosen {
            more.promise(customer).into_iter().for_each(&mut keep);
            more.complaint(customer).into_iter().for_each(&mut keep);
            more.unknown(customer).into_iter().for_each(&mut keep);
        }
        more.heartbeats(&id("till")).into_iter().for_each(&mut keep);
        for sku in 0..more.chance.between(1, 4) {
            more.stock(&id(&format!("sku-{sku}")), &chosen).into_iter().for_each(&mut keep);
        }
        let mut in_order: Vec<(Timestamp, What)> =
            events.into_iter().map(|((at, _), event)| (at, What::Event(Box::new(event)))).collect();
        let configs = configs(first, last, chance);
        in_order.extend(configs.into_iter().map(|event| (event.occurred_at, What::Config(Box::new(event)))));
        in_order.sort_by_key(|(at, what)| (*at, matches!(what, What::Event(_))));
        let published = publish(&in_order, chance);
        let latest = published.iter().map(|(at, _)| *at).max().unwrap_or(last);
        let in_order = in_order.into_iter().map(|(_, what)| what).collect();
        // Whoever is in doubt sends again within minutes; and what was promised last comes due.
        Self { in_order, published, end: latest.max(last).plus_ms(30 * HOUR) }
    }
}

/// When each reaches the log: most at once, some late, some as a backfill, some twice.
fn publish(in_order: &[(Timestamp, What)], chance: &mut Chance) -> Vec<(Timestamp, What)> {
    let mut published = Vec::new();
    // Some days are calm, on others every line is bad.
    let (late, twice) = (*chance.pick(&[4, 12, 40]), *chance.pick(&[4, 12, 40]));
    for (at, what) in in_order {
        if matches!(what, What::Config(_)) {
            published.push((*at, what.clone()));
            continue;
        }
        let delay_ms = match chance.below(late * 3) {
            0 => chance.between(DAY, 4 * DAY),
            1..=3 => chance.between(SECOND, 8 * HOUR),
            _ => chance.between(0, 3 * SECOND),
        };
        published.push((at.plus_ms(delay_ms), what.clone()));
        if chance.one_in(twice) {
            let again_ms = *chance.pick(&[0, SECOND, HOUR, 3 * DAY]);
            published.push((at.plus_ms(chance.between(0, 5 * SECOND) + again_ms), what.clone()));
        }
    }
    published.sort_by_key(|(at, _)| *at);
    published
}

/// The business as it is at first, and what it becomes. The time zone and the pipelines stay: what was counted in a day stays
/// there, so that figures depend on when they changed.
fn configs(first: Timestamp, last: Timestamp, chance: &mut Chance) -> Vec<Envelope> {
    let config = |version: i64, at: Timestamp, business: &Business| {
        let content = serde_json::to_value(business).unwrap();
        ConfigChanged::envelope(&format!("v{version}"), "the simulation", content, at).unwrap()
    };
    let mut business = crate::shown::business();
    let mut configs = vec![config(0, first.plus_ms(-HOUR), &business)];
    let mut times: Vec<i64> = (0..chance.below(4)).map(|_| chance.between(0, last.ms_since(first))).collect();
    times.sort_unstable();
    for (version, ms) in (1..).zip(times) {
        business.health.weigh("delivery_on_time", chance.between(0, 30) as u16);
        business.health.weigh("sentiment", chance.between(0, 30) as u16);
        business.time.backfill_after_h = chance.between(1, 48) as u16;
        configs.push(config(version, first.plus_ms(ms), &business));
    }
    configs
}

/// What the company does not tell.
struct More<'a> {
    first: Timestamp,
    last: Timestamp,
    chance: &'a mut Chance,
    n: u64,
}

impl More<'_> {
    fn event(&mut self, source: &str, subject: &Id, occurred_at: Timestamp, event: Event) -> Envelope {
        self.n += 1;
        let id = id(&format!("more-{}", self.n));
        let source = Source::new(source).unwrap();
        Envelope { id, source, subject: subject.clone(), occurred_at, recorded_at: occurred_at, forwarded: 0, event }
    }

    fn some_time(&mut self) -> Timestamp {
        let ms = self.chance.between(0, self.last.ms_since(self.first));
        self.first.plus_ms(ms)
    }

    /// A promise; another one in its place, an arrival, too late or in time, or nothing.
    fn promise(&mut self, customer: &Id) -> Vec<Envelope> {
        let order = id(&format!("{customer}-more"));
        let mut events = Vec::new();
        let mut at = self.some_time();
        for _ in 0..self.chance.below(3) {
            let promised_at = at.plus_ms(self.chance.between(-2 * HOUR, 2 * DAY));
            let (delivery, order) = (None, order.clone());
            let promised = DeliveryPromised { delivery, order, promised_at, carrier: None, lane: None };
            events.push(self.event("/sim/carrier", customer, at, Event::DeliveryPromised(promised)));
            at = at.plus_ms(self.chance.between(1, DAY));
        }
        if self.chance.one_in(2) {
            let arrived = DeliveryDelivered { delivery: None, order, delivered_at: None };
            let at = at.plus_ms(self.chance.between(0, 2 * DAY));
            events.push(self.event("/sim/carrier", customer, at, Event::DeliveryDelivered(arrived)));
        }
        events
    }

    /// A bad answer, and people who press on what follows from it: in time, too late, or of what they have not seen.
    fn complaint(&mut self, customer: &Id) -> Vec<Envelope> {
        let mut events = Vec::new();
        let mut at = self.some_time();
        let alert = AlertKey::new(&format!("recovery:{customer}:feedback")).unwrap();
        let actor = Label::new("Ana").unwrap();
        for n in 0..self.chance.below(3) {
            let answer =
                json!({"survey": format!("{customer}-{n}"), "measures": "csat", "score": self.chance.between(1, 4)});
            let answer = Event::from_json(Kind::SurveyAnswered, &answer.to_string()).unwrap();
            events.push(self.event("/sim/survey", customer, at, answer));
            for _ in 0..self.chance.below(4) {
                at = at.plus_ms(self.chance.between(1, 3 * HOUR));
                let revision = self.chance.between(1, 6) as u32;
                let step = AlertStep { alert: alert.clone(), revision, actor: actor.clone(), note: None };
                let event = match self.chance.below(4) {
                    0 => Event::AlertResolved(step),
                    1 => Event::AlertReopened(step),
                    2 => {
                        let (alert, actor, until) = (alert.clone(), actor.clone(), at.plus_ms(HOUR));
                        Event::AlertSnoozed(AlertSnoozed { alert, revision, actor, until, note: None })
                    }
                    _ => Event::AlertAcknowledged(step),
                };
                events.push(self.event("/sim/console", customer, at, event));
            }
            at = at.plus_ms(self.chance.between(1, DAY));
        }
        events
    }

    /// What is said of a device, an address or a number, and whose it is: then, later, or never.
    fn unknown(&mut self, customer: &Id) -> Vec<Envelope> {
        let (device, email) = (format!("d-{customer}"), format!("{customer}@sim.example"));
        let keys = [Alias::Device.key(&device).unwrap(), Alias::Email.key(&email).unwrap()];
        let mut events = Vec::new();
        for n in 0..self.chance.below(6) {
            let (at, key) = (self.some_time(), self.chance.pick(&keys).clone());
            let (kind, data) = match self.chance.below(4) {
                0 => (Kind::TicketOpened, json!({"ticket": format!("{customer}-t"), "priority": "high"})),
                1 => (Kind::TicketResolved, json!({"ticket": format!("{customer}-t")})),
                2 => {
                    let total = json!({"minor": 900, "currency": "EUR"});
                    (Kind::OrderPlaced, json!({"order": format!("{customer}-k{n}"), "total": total}))
                }
                _ => (Kind::PageViewed, json!({"page": "/"})),
            };
            events.push(self.event("/sim/web", &key, at, Event::from_json(kind, &data.to_string()).unwrap()));
        }
        for _ in 0..self.chance.below(3) {
            let who = json!({"anonymous_id": device, "email": email}).to_string();
            let (at, who) = (self.some_time(), Event::from_json(Kind::CustomerIdentified, &who).unwrap());
            events.push(self.event("/sim/web", customer, at, who));
        }
        events
    }

    /// A source that says that it lives, but for hours in which it does not.
    fn heartbeats(&mut self, source: &Id) -> Vec<Envelope> {
        let mut events = Vec::new();
        let mut at = self.some_time();
        for _ in 0..self.chance.below(20) {
            let heartbeat = Event::SourceHeartbeat(SourceHeartbeat { lag_ms: None });
            events.push(self.event("/sim/till", source, at, heartbeat));
            at = at.plus_ms(if self.chance.one_in(5) { HOUR } else { 60 * SECOND });
        }
        events
    }

    /// A product that is counted now and then, asked for by many, and given back.
    fn stock(&mut self, sku: &Id, customers: &[&Id]) -> Vec<Envelope> {
        let mut events = Vec::new();
        for count in 0..self.chance.between(1, 3) {
            let at = if count == 0 { self.first } else { self.some_time() };
            let (site, on_hand) = (Label::new("Porto").unwrap(), quantity(self.chance.between(5, 40)));
            let level = InventoryLevelSet { site, on_hand, counted_at: None };
            events.push(self.event("/sim/warehouse", sku, at, Event::InventoryLevelSet(level)));
        }
        let reservation = |n: i64| id(&format!("r-{n}"));
        for n in 0..self.chance.between(5, 25) {
            let at = self.some_time();
            // Now and then one that is set aside already.
            let reserved = reservation(if self.chance.one_in(8) { n / 2 } else { n });
            let customer = (!self.chance.one_in(4)).then(|| (*self.chance.pick(customers)).clone());
            let wanted = quantity(self.chance.between(1, 6));
            let request = InventoryRequest { reservation: reserved, quantity: wanted, customer };
            events.push(self.event("/sim/shop", sku, at, Event::InventoryRequested(request)));
            if self.chance.one_in(4) {
                let reservation = reservation(self.chance.between(0, n));
                let (site, quote, order) = (None, None, None);
                let released = InventoryReservation { reservation, site, quantity: wanted, quote, order };
                let at = self.some_time();
                events.push(self.event("/sim/shop", sku, at, Event::InventoryReleased(released)));
            }
        }
        events
    }
}

fn id(text: &str) -> Id {
    Id::new(text).unwrap()
}

fn quantity(n: i64) -> Quantity {
    Quantity::new(n).unwrap()
}
