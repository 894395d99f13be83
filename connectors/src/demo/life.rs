//! How a customer comes, settles in and leaves.

use super::calendar::{DAY, HOUR, MINUTE, SECOND};
use super::catalogue::{CARRIERS, PLANS, REPS, SEGMENTS};
use super::customer::{CustomerKind, Subscription};
use super::desk::{Desk, Step, label, quantity, score, stamp};
use super::text::{Mood, Theme};
use super::{billing, orders, sales, support, text, voice, web};
use nexusflow_model::Event;
use nexusflow_model::event::finance::{BillingInterval, SubscriptionCancelled, SubscriptionTerms};
use nexusflow_model::event::identity::CustomerIdentified;
use nexusflow_model::event::privacy::Consent;
use nexusflow_model::event::sales::{LeadCreated, LeadSignal};

/// What is next in a customer's life.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// They are a customer already when the history begins.
    Import,
    /// They find the company.
    Discover,
    /// They say who they are.
    Register,
    Subscribe,
    /// They leave, unless that was planned before something changed.
    Leave(u32),
    /// A prospect shows interest.
    Signal(u8),
    /// They complain about something without an order behind it.
    Grumble,
}

pub(super) fn run(desk: &mut Desk<'_>, next: Next) {
    match next {
        Next::Import => import(desk),
        Next::Discover => discover(desk),
        Next::Register => register(desk),
        Next::Subscribe => subscribe(desk),
        Next::Leave(version) => leave(desk, version),
        Next::Signal(left) => signal(desk, left),
        Next::Grumble => grumble(desk),
    }
}

fn import(desk: &mut Desk<'_>) {
    let since = desk.at - desk.customer.dice.between(20, 1_500) * DAY;
    identify(desk, "/demo/crm", since);
    settle(desk);
    // Not everybody's month, newsletter and deal begins with the history: each is somewhere in its own cycle.
    sales::import(desk);
}

fn identify(desk: &mut Desk<'_>, source: &'static str, since: i64) {
    let customer = &*desk.customer;
    let city = customer.city();
    let business = customer.kind != CustomerKind::Consumer;
    let event = CustomerIdentified {
        name: text::short(&customer.name),
        email: text::short(&customer.email),
        phone: None,
        anonymous_id: None,
        account: None,
        kind: Some(label(customer.kind.as_str())),
        segment: Some(label(SEGMENTS[customer.segment].name)),
        tier: Some(label(customer.tier)),
        country: Some(label(city.country)),
        city: text::short(city.name),
        language: Some(label(customer.language.tag())),
        owner: business.then(|| label(REPS[customer.rep].0)),
        since: Some(stamp(since)),
    };
    desk.emit(source, Event::CustomerIdentified(event));
}

fn discover(desk: &mut Desk<'_>) {
    if desk.customer.kind != CustomerKind::Enterprise {
        desk.customer.tier = "bronze";
    }
    web::visit(desk, 3);
    if desk.customer.kind == CustomerKind::Consumer {
        desk.later(6 * MINUTE, Step::Life(Next::Register));
        return;
    }
    let origin = desk.dice().pick(&["search", "referral", "trade fair", "social", "partner"]);
    let lead = LeadCreated {
        lead: desk.name("lead", 0),
        origin: Some(label(origin)),
        landing_page: Some(label("/business")),
        owner: Some(label(REPS[desk.customer.rep].0)),
    };
    identify(desk, "/demo/crm", desk.at);
    desk.emit("/demo/crm", Event::LeadCreated(lead));
    let signals = desk.dice().between(1, 4) as u8;
    desk.later(HOUR, Step::Life(Next::Signal(signals)));
}

fn signal(desk: &mut Desk<'_>, left: u8) {
    let (signal, strength) = [
        ("pricing page viewed", 40),
        ("demo requested", 90),
        ("newsletter opened", 10),
        ("brochure downloaded", 30),
        ("called back", 60),
    ][desk.dice().below(5)];
    let event = LeadSignal { lead: desk.name("lead", 0), signal: label(signal), strength: Some(score(strength)) };
    desk.emit("/demo/crm", Event::LeadSignal(event));
    let wait = desk.dice().wait(20 * HOUR);
    match left {
        0 | 1 => sales::open_in(desk, wait),
        _ => desk.in_office_hours(wait, Step::Life(Next::Signal(left - 1))),
    }
}

fn register(desk: &mut Desk<'_>) {
    identify(desk, "/demo/shop", desk.at);
    if desk.customer.newsletter {
        let (purpose, basis) = (label("newsletter"), Some(label("consent")));
        desk.emit("/demo/shop", Event::ConsentGranted(Consent { purpose, basis, channel: Some(label("web")) }));
    }
    orders::first(desk);
    if desk.chance(0.5) {
        voice::ask_in(desk, 6 * DAY, voice::csat("onboarding"));
    }
    settle(desk);
}

/// Everything that goes on as long as they stay.
fn settle(desk: &mut Desk<'_>) {
    desk.customer.active = true;
    let leaves_at = desk.customer.stay.begin(desk.at);
    plan_leaving(desk, leaves_at);
    let subscribers = match desk.customer.kind {
        CustomerKind::Consumer => 0.6,
        CustomerKind::Business => 0.5,
        CustomerKind::Enterprise => 0.75,
    };
    if desk.chance(subscribers) {
        desk.later(10 * SECOND, Step::Life(Next::Subscribe));
    } else {
        orders::plan_next(desk);
    }
    web::settle(desk);
    voice::settle(desk);
    plan_grumble(desk);
}

pub(super) fn plan_leaving(desk: &mut Desk<'_>, leaves_at: i64) {
    let version = desk.customer.stay.version;
    desk.on(leaves_at, Step::Life(Next::Leave(version)));
}

fn subscribe(desk: &mut Desk<'_>) {
    let plan = desk.customer.choose_plan();
    let seats = match desk.customer.kind {
        CustomerKind::Consumer => 1,
        CustomerKind::Business => desk.dice().between(1, 3),
        CustomerKind::Enterprise => desk.dice().between(2, 12),
    };
    let serial = desk.serial();
    desk.customer.subscription = Some(Subscription { serial, plan, seats });
    let terms = terms(desk, Subscription { serial, plan, seats });
    desk.emit("/demo/erp", Event::SubscriptionStarted(terms));
    billing::plan_first_month(desk);
    // Only now: who gets a box orders less beside it.
    orders::plan_next(desk);
}

/// What a subscription costs and what it is.
pub(super) fn terms(desk: &Desk<'_>, of: Subscription) -> SubscriptionTerms {
    let plan = &PLANS[of.plan];
    SubscriptionTerms {
        subscription: desk.name("sub", of.serial),
        plan: label(plan.name),
        amount: desk.money(desk.price(plan.price_minor) * of.seats),
        interval: BillingInterval::Month,
        seats: Some(quantity(of.seats)),
        trial: false,
    }
}

fn leave(desk: &mut Desk<'_>, version: u32) {
    if !desk.customer.active || desk.customer.stay.version != version {
        return;
    }
    desk.customer.active = false;
    let Some(subscription) = desk.customer.subscription.take() else { return };
    let reason = match desk.customer.goodwill {
        unhappy if unhappy < -0.1 => desk.dice().pick(&["late deliveries", "quality", "support", "competitor"]),
        _ => desk.dice().pick(&["price", "no longer needed", "moved away", "competitor"]),
    };
    let event = SubscriptionCancelled {
        subscription: desk.name("sub", subscription.serial),
        ends_at: None,
        reason: Some(label(reason)),
    };
    desk.emit("/demo/erp", Event::SubscriptionCancelled(event));
    if desk.chance(0.15) {
        voice::mention_in(desk, 2 * DAY, Theme::Price, Mood::Annoyed);
    }
}

fn plan_grumble(desk: &mut Desk<'_>) {
    let mean_days = match desk.customer.kind {
        CustomerKind::Consumer => 260,
        CustomerKind::Business => 110,
        CustomerKind::Enterprise => 45,
    };
    let wait = desk.dice().wait(mean_days * DAY);
    let (pulse, from) = (desk.customer.kind.pulse(), desk.at + wait);
    let at = desk.world.calendar.arrival(&mut desk.customer.dice, pulse, from, 4.0);
    desk.on(at, Step::Life(Next::Grumble));
}

fn grumble(desk: &mut Desk<'_>) {
    if !desk.customer.active {
        return;
    }
    let themes = [Theme::Quality, Theme::Setup, Theme::Billing, Theme::Price, Theme::Staff];
    let theme = themes[desk.dice().weighted([30, 26, 22, 12, 10].into_iter())];
    let angry = 0.25 - 0.25 * desk.customer.goodwill;
    let mood = if desk.chance(angry) { Mood::Furious } else { Mood::Annoyed };
    support::open(desk, theme, mood, None, 0);
    plan_grumble(desk);
}

/// One of the carriers.
pub(super) fn carrier(desk: &mut Desk<'_>) -> usize {
    desk.dice().weighted(CARRIERS.iter().map(|(_, weight)| *weight))
}

/// A prospect signed: from here on they buy.
pub(super) fn convert(desk: &mut Desk<'_>) {
    if !desk.customer.active && desk.customer.stay.version == 0 {
        settle(desk);
        orders::first(desk);
        voice::ask_in(desk, 10 * DAY, voice::csat("onboarding"));
    }
}
