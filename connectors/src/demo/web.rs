//! What leaves small traces: pages, newsletters, machines that report.

use super::calendar::{DAY, HOUR, MINUTE, SECOND};
use super::catalogue::PRODUCTS;
use super::customer::CustomerKind;
use super::desk::{Desk, Step, id, label, quantity, seconds};
use super::text;
use nexusflow_model::event::privacy::Consent;
use nexusflow_model::event::touchpoint::{Direction, EmailMessage, EmailReaction, PageViewed, ProductUsed};
use nexusflow_model::{Event, Id};

/// Days between two newsletters.
const NEWSLETTER_DAYS: i64 = 14;
/// The newsletter's local hour.
const NEWSLETTER_AT: i64 = 10 * HOUR;

/// How often somebody looks around without buying, a day.
const BROWSES_PER_DAY: f64 = 1.0 / 80.0;

/// What is next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// So many more pages of that visit.
    View {
        visit: u32,
        left: u8,
    },
    Newsletter,
    Open {
        mail: u32,
        edition: i64,
    },
    Click {
        mail: u32,
        edition: i64,
    },
    Unsubscribe,
    Usage,
    Browse,
}

pub(super) fn run(desk: &mut Desk<'_>, next: Next) {
    match next {
        Next::View { visit, left } => view(desk, visit, left),
        Next::Newsletter => newsletter(desk),
        Next::Open { mail, edition } => {
            let reaction = reaction(desk, mail, edition, None);
            desk.emit("/demo/web", Event::EmailOpened(reaction));
        }
        Next::Click { mail, edition } => {
            let reaction = reaction(desk, mail, edition, Some("/spring-roast"));
            desk.emit("/demo/web", Event::EmailClicked(reaction));
            visit(desk, 2);
        }
        Next::Unsubscribe => unsubscribe(desk),
        Next::Usage => usage(desk),
        Next::Browse => browse(desk),
    }
}

/// What goes on as long as they stay.
pub(super) fn settle(desk: &mut Desk<'_>) {
    if desk.customer.newsletter {
        plan_newsletter(desk);
    }
    if desk.customer.machine.is_some() {
        plan_usage(desk);
    }
    plan_browse(desk);
}

/// A visit that begins now, with that many pages after the first.
pub(super) fn visit(desk: &mut Desk<'_>, more: u8) {
    let visit = desk.serial();
    view(desk, visit, more);
}

fn view(desk: &mut Desk<'_>, visit: u32, left: u8) {
    let product = PRODUCTS[desk.dice().below(PRODUCTS.len())].sku;
    let page = match desk.dice().below(6) {
        0 => "/".to_owned(),
        1 => "/machines".to_owned(),
        2 => "/beans".to_owned(),
        3 => "/subscriptions".to_owned(),
        _ => format!("/product/{product}"),
    };
    let stays = desk.dice().wait(40 * SECOND) + 2 * SECOND;
    let event =
        PageViewed { page: label(&page), session: Some(desk.name("v", visit)), seconds: seconds(stays / SECOND) };
    desk.emit("/demo/web", Event::PageViewed(event));
    if left > 0 {
        desk.later(stays, Step::Web(Next::View { visit, left: left - 1 }));
    }
}

fn plan_browse(desk: &mut Desk<'_>) {
    let pulse = desk.customer.kind.pulse();
    let at = desk.world.calendar.arrival(&mut desk.customer.dice, pulse, desk.at, BROWSES_PER_DAY);
    desk.on(at, Step::Web(Next::Browse));
}

fn browse(desk: &mut Desk<'_>) {
    if desk.customer.active {
        let pages = desk.dice().between(0, 3) as u8;
        visit(desk, pages);
        plan_browse(desk);
    }
}

/// The mail that confirms an order.
pub(super) fn confirm(desk: &mut Desk<'_>, order: u32) {
    let message = desk.name("mail", order);
    let event = mail(message, "Thank you for your order", None);
    desk.emit("/demo/shop", Event::EmailSent(event));
    if desk.chance(0.5) {
        let wait = desk.dice().wait(2 * HOUR) + MINUTE;
        desk.later(wait, Step::Web(Next::Open { mail: order, edition: 0 }));
    }
}

fn mail(message: Id, topic: &str, campaign: Option<Id>) -> EmailMessage {
    EmailMessage {
        message,
        direction: Some(Direction::Outbound),
        actor: None,
        topic: text::short(topic),
        text: None,
        thread: None,
        campaign,
    }
}

fn reaction(desk: &Desk<'_>, mail: u32, edition: i64, link: Option<&str>) -> EmailReaction {
    let campaign = (edition > 0).then(|| campaign(edition));
    EmailReaction { message: desk.name("mail", mail), link: link.map(label), campaign }
}

fn campaign(edition: i64) -> Id {
    id(&format!("newsletter-{edition}"))
}

/// Everybody gets it in the same two hours, counted from a Tuesday in 1970.
fn plan_newsletter(desk: &mut Desk<'_>) {
    let today = desk.world.calendar.local(desk.at).day;
    let edition = (today - 5).div_euclid(NEWSLETTER_DAYS) + 1;
    let wait = desk.dice().between(0, 2 * HOUR);
    let at = desk.world.calendar.instant(edition * NEWSLETTER_DAYS + 5, NEWSLETTER_AT + wait);
    desk.on(at, Step::Web(Next::Newsletter));
}

fn newsletter(desk: &mut Desk<'_>) {
    if !desk.customer.active || !desk.customer.newsletter {
        return;
    }
    let edition = desk.world.calendar.local(desk.at).day / NEWSLETTER_DAYS;
    let mail_serial = desk.serial();
    let topic = ["What is new at the roastery", "Spring roast", "Care for your machine"][edition as usize % 3];
    let event = mail(desk.name("mail", mail_serial), topic, Some(campaign(edition)));
    desk.emit("/demo/web", Event::EmailSent(event));
    if desk.chance(0.34) {
        let wait = desk.dice().wait(6 * HOUR) + MINUTE;
        desk.later(wait, Step::Web(Next::Open { mail: mail_serial, edition }));
        if desk.chance(0.15) {
            desk.later(wait + 20 * SECOND, Step::Web(Next::Click { mail: mail_serial, edition }));
        } else if desk.chance(0.01) {
            desk.later(wait + 30 * SECOND, Step::Web(Next::Unsubscribe));
        }
    }
    plan_newsletter(desk);
}

fn unsubscribe(desk: &mut Desk<'_>) {
    desk.customer.newsletter = false;
    let event = Consent { purpose: label("newsletter"), basis: None, channel: Some(label("email")) };
    desk.emit("/demo/web", Event::ConsentWithdrawn(event));
}

/// Machines at work report once a week what they made, those at home every other week.
pub(super) fn plan_usage(desk: &mut Desk<'_>) {
    let every = report_days(desk) * DAY;
    let wait = desk.dice().between(0, every);
    desk.later(wait, Step::Web(Next::Usage));
}

fn report_days(desk: &Desk<'_>) -> i64 {
    if desk.customer.kind == CustomerKind::Consumer { 14 } else { 7 }
}

fn usage(desk: &mut Desk<'_>) {
    if !desk.customer.active {
        return;
    }
    let a_day = match desk.customer.kind {
        CustomerKind::Consumer => 3.0,
        CustomerKind::Business => 28.0,
        CustomerKind::Enterprise => 240.0,
    };
    // Those who think of leaving drink less of it.
    let days = report_days(desk);
    let cups = desk.customer.dice.poisson(days as f64 * a_day * (1.0 + 0.5 * desk.customer.goodwill));
    let feature = desk.dice().pick(&["espresso", "lungo", "cappuccino", "hot water"]);
    let event = ProductUsed { feature: label(feature), count: Some(quantity(i64::from(cups))), seconds: None };
    desk.emit("/demo/web", Event::ProductUsed(event));
    desk.later(days * DAY, Step::Web(Next::Usage));
}
