//! Deals with businesses and enterprises.

use super::calendar::{DAY, HOUR, MINUTE};
use super::catalogue::{PRODUCTS, REPS, RIVALS, SEGMENTS, STAGES};
use super::customer::CustomerKind;
use super::desk::{Desk, Step, id, label, money, quantity, seconds, share_bp, stamp};
use super::text::staff;
use super::truths::WIN_SHARE;
use super::{life, text};
use nexusflow_model::Event;
use nexusflow_model::event::commerce::{Line, QuoteCreated, QuoteLineAdded, QuoteStep};
use nexusflow_model::event::finance::BookingSigned;
use nexusflow_model::event::sales::{
    OpportunityAmountChanged, OpportunityCloseDateChanged, OpportunityCreated, OpportunityLost,
    OpportunityStageChanged, OpportunityWon, Split,
};
use nexusflow_model::event::touchpoint::{CallLogged, Direction, DocumentViewed, MeetingHeld};

/// Where a deal goes once every stage is behind it.
const NEGOTIATION: usize = STAGES.len() - 1;
/// Where a quote is made.
const PROPOSAL: usize = 2;

/// A deal as long as it is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Deal {
    pub(super) serial: u32,
    /// Index into the stages.
    stage: usize,
    /// In the customer's currency.
    minor: i64,
    close_ms: i64,
    /// How it ends was decided when it began: by a win, or by a loss when this stage has been reached.
    lost_at: Option<usize>,
    quoted: bool,
    backwards: bool,
    /// Index into the products.
    product: usize,
}

/// What is next in a deal's story.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    Open,
    Touch,
    Move,
}

pub(super) fn run(desk: &mut Desk<'_>, deal: Deal, next: Next) {
    match next {
        Next::Open => open(desk, deal),
        Next::Touch => touch(desk),
        Next::Move => advance(desk, deal),
    }
}

/// A deal nobody has spoken of yet.
fn imagined(desk: &mut Desk<'_>, stage: usize) -> Deal {
    let (low, high) = if desk.customer.kind == CustomerKind::Enterprise { (18, 160) } else { (2, 14) };
    // Amounts are skewed: the smaller of two draws, in thousands and some hundreds of EUR.
    let thousands = desk.dice().between(low, high).min(desk.dice().between(low, high));
    let hundreds = desk.dice().between(0, 9);
    let minor = desk.price(thousands * 100_000 + hundreds * 10_000);
    let lost_at = (!desk.chance(WIN_SHARE)).then(|| stage + desk.customer.dice.weighted([30, 28, 24, 18].into_iter()));
    let product = desk.dice().pick(&[&2_usize, &3, &4, &9]);
    Deal {
        serial: 0,
        stage,
        minor,
        close_ms: 0,
        lost_at: lost_at.map(|at| at.min(NEGOTIATION)),
        quoted: false,
        backwards: false,
        product: *product,
    }
}

/// Customers of the first day have deals of every stage.
pub(super) fn import(desk: &mut Desk<'_>) {
    let share = match desk.customer.kind {
        CustomerKind::Consumer => return,
        CustomerKind::Business => 0.25,
        CustomerKind::Enterprise => 0.5,
    };
    if !desk.chance(share) {
        return plan_next(desk);
    }
    let stage = desk.dice().weighted([4, 3, 2, 1].into_iter());
    let deal = imagined(desk, stage);
    let wait = desk.dice().wait(DAY);
    desk.in_office_hours(wait, Step::Deal(deal, Next::Open));
}

/// A deal with a prospect.
pub(super) fn open_in(desk: &mut Desk<'_>, wait: i64) {
    let deal = imagined(desk, 0);
    desk.in_office_hours(wait, Step::Deal(deal, Next::Open));
}

fn plan_next(desk: &mut Desk<'_>) {
    let mean_days = if desk.customer.kind == CustomerKind::Enterprise { 25 } else { 60 };
    let wait = desk.dice().wait(mean_days * DAY);
    open_in(desk, wait);
}

fn open(desk: &mut Desk<'_>, deal: Deal) {
    if desk.customer.has_left() {
        return;
    }
    let serial = desk.serial();
    let days = if desk.customer.kind == CustomerKind::Enterprise { 45 } else { 22 };
    let close_ms = desk.at + desk.dice().between(days * 2 / 3, days * 4 / 3) * DAY;
    let deal = Deal { serial, close_ms, ..deal };
    let (rep, team) = REPS[desk.customer.rep];
    let event = OpportunityCreated {
        opportunity: desk.name("opp", serial),
        pipeline: None,
        stage: label(STAGES[deal.stage]),
        amount: Some(desk.money(deal.minor)),
        expected_close_at: Some(stamp(close_ms)),
        owner: Some(label(rep)),
        team: Some(label(team)),
        product: Some(label(PRODUCTS[deal.product].name)),
        segment: Some(label(SEGMENTS[desk.customer.segment].name)),
        name: Some(label(&format!("{} for {}", PRODUCTS[deal.product].name, desk.customer.name))),
        lead: (!desk.customer.active).then(|| desk.name("lead", 0)),
    };
    desk.emit("/demo/crm", Event::OpportunityCreated(event));
    plan_move(desk, deal);
}

fn plan_move(desk: &mut Desk<'_>, deal: Deal) {
    let mean = if desk.customer.kind == CustomerKind::Enterprise { 9 } else { 5 } * DAY;
    let wait = desk.dice().wait(mean) + 2 * HOUR;
    desk.in_office_hours(wait, Step::Deal(deal, Next::Move));
    for _ in 0..desk.dice().between(0, 2) {
        let earlier = desk.dice().between(0, wait);
        desk.in_office_hours(earlier, Step::Deal(deal, Next::Touch));
    }
}

/// A call, a meeting, a look at the brochure.
fn touch(desk: &mut Desk<'_>) {
    let actor = Some(label(REPS[desk.customer.rep].0));
    let serial = desk.serial();
    let notes = text::text(desk.customer.dice.pick(staff::MEETINGS));
    let event = match desk.dice().below(4) {
        0 => Event::DocumentViewed(DocumentViewed {
            document: label("price-list"),
            pages: Some(quantity(desk.customer.dice.between(1, 12))),
            seconds: seconds(desk.customer.dice.between(20, 900)),
        }),
        1 => {
            let meeting = desk.name("m", serial);
            let length = seconds(desk.customer.dice.between(20, 75) * MINUTE / 1_000);
            Event::MeetingHeld(MeetingHeld { meeting, actor, seconds: length, text: notes })
        }
        _ => {
            let answered = desk.chance(0.7);
            Event::CallLogged(CallLogged {
                call: desk.name("call", serial),
                direction: if desk.chance(0.7) { Direction::Outbound } else { Direction::Inbound },
                actor,
                seconds: seconds(if answered { desk.customer.dice.between(60, 1_500) } else { 0 }),
                answered: Some(answered),
                text: notes.filter(|_| answered),
            })
        }
    };
    desk.emit("/demo/crm", event);
}

fn advance(desk: &mut Desk<'_>, deal: Deal) {
    if deal.lost_at.is_some_and(|at| deal.stage >= at) {
        return lose(desk, deal);
    }
    if deal.stage == NEGOTIATION {
        return win(desk, deal);
    }
    let deal = reconsider(desk, deal);
    let (stage, backwards) = match desk.dice().unit() {
        back if back < 0.07 && deal.stage > 0 && !deal.backwards => (deal.stage - 1, true),
        skip if skip > 0.92 => ((deal.stage + 2).min(NEGOTIATION), deal.backwards),
        _ => (deal.stage + 1, deal.backwards),
    };
    let deal = Deal { stage, backwards, ..deal };
    let probability_bp = desk.customer.dice.chance(0.2).then(|| share_bp(2_000 + 2_000 * stage as i64));
    let opportunity = desk.name("opp", deal.serial);
    let event = OpportunityStageChanged { opportunity, stage: label(STAGES[stage]), probability_bp };
    desk.emit("/demo/crm", Event::OpportunityStageChanged(event));
    let deal = if stage >= PROPOSAL && !deal.quoted { quote(desk, deal) } else { deal };
    plan_move(desk, deal);
}

/// Deals are worth more or less than thought, and take longer.
fn reconsider(desk: &mut Desk<'_>, deal: Deal) -> Deal {
    let mut deal = deal;
    let opportunity = desk.name("opp", deal.serial);
    if desk.chance(0.25) {
        deal.minor = deal.minor * desk.dice().between(70, 125) / 100;
        let event = OpportunityAmountChanged { opportunity: opportunity.clone(), amount: desk.money(deal.minor) };
        desk.emit("/demo/crm", Event::OpportunityAmountChanged(event));
    }
    if desk.chance(0.3) {
        deal.close_ms += desk.dice().between(5, 25) * DAY;
        let event = OpportunityCloseDateChanged { opportunity, expected_close_at: stamp(deal.close_ms) };
        desk.emit("/demo/crm", Event::OpportunityCloseDateChanged(event));
    }
    deal
}

fn quote(desk: &mut Desk<'_>, deal: Deal) -> Deal {
    let quote = desk.name("q", deal.serial);
    let total = Some(desk.money(deal.minor));
    let created = QuoteCreated {
        quote: quote.clone(),
        opportunity: Some(desk.name("opp", deal.serial)),
        total,
        valid_until: Some(stamp(desk.at + 30 * DAY)),
        owner: Some(label(REPS[desk.customer.rep].0)),
    };
    desk.emit("/demo/crm", Event::QuoteCreated(created));
    let product = &PRODUCTS[deal.product];
    let line = Line {
        sku: Some(id(product.sku)),
        name: Some(label(product.name)),
        category: Some(label(product.category)),
        quantity: quantity((deal.minor / desk.price(product.price_minor)).max(1)),
        amount: money(deal.minor, desk.customer.city().currency),
        freight: None,
        seller: None,
    };
    desk.emit("/demo/crm", Event::QuoteLineAdded(QuoteLineAdded { quote: quote.clone(), line, wanted_by: None }));
    desk.emit("/demo/crm", Event::QuoteSent(QuoteStep { quote, total }));
    Deal { quoted: true, ..deal }
}

fn win(desk: &mut Desk<'_>, deal: Deal) {
    let (amount, opportunity) = (desk.money(deal.minor), desk.name("opp", deal.serial));
    if deal.quoted {
        let accepted = QuoteStep { quote: desk.name("q", deal.serial), total: Some(amount) };
        desk.emit("/demo/crm", Event::QuoteAccepted(accepted));
    }
    let other = (desk.customer.rep + 1) % REPS.len();
    let splits = match desk.chance(0.15) {
        true => [(desk.customer.rep, 7_000), (other, 3_000)]
            .map(|(rep, share)| Split { owner: label(REPS[rep].0), share_bp: share_bp(share) })
            .into(),
        false => Vec::new(),
    };
    let won = OpportunityWon { opportunity: opportunity.clone(), amount: Some(amount), splits };
    desk.emit("/demo/crm", Event::OpportunityWon(won));
    let booking = BookingSigned {
        booking: desk.name("bk", deal.serial),
        opportunity: Some(opportunity),
        amount,
        starts_at: Some(stamp(desk.at)),
        ends_at: Some(stamp(desk.at + 365 * DAY)),
    };
    desk.emit("/demo/erp", Event::BookingSigned(booking));
    life::convert(desk);
    plan_next(desk);
}

fn lose(desk: &mut Desk<'_>, deal: Deal) {
    let opportunity = desk.name("opp", deal.serial);
    let reason = desk.dice().pick(&["price", "competitor", "competitor", "no budget", "no decision", "timing"]);
    let competitor = (reason == "competitor").then(|| {
        let rival = desk.customer.dice.weighted(RIVALS.iter().map(|(_, weight)| *weight));
        label(RIVALS[rival].0)
    });
    let event = OpportunityLost { opportunity, reason: Some(label(reason)), competitor };
    desk.emit("/demo/crm", Event::OpportunityLost(event));
    if deal.quoted {
        let total = Some(desk.money(deal.minor));
        let expired = QuoteStep { quote: desk.name("q", deal.serial), total };
        desk.emit("/demo/crm", Event::QuoteExpired(expired));
    }
    if desk.customer.active {
        plan_next(desk);
    }
}
