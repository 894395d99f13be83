//! Somebody speaks to customers who are unhappy: most of them, within hours.

use super::calendar::{DAY, MINUTE};
use super::catalogue::AGENTS;
use super::desk::{Desk, Step, label};
use super::text::Theme;
use nexusflow_model::Event;
use nexusflow_model::event::experience::{RecoveryClosed, RecoveryContacted, RecoveryOpened};

/// The share of unhappy customers who are called: the others are overlooked.
const CALLED: f64 = 0.85;

/// A customer to whom something is to be made good.
#[derive(Clone, Copy, Debug)]
pub(super) struct Case {
    serial: u32,
    theme: Theme,
    agent: usize,
}

/// What is next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    Contact,
    Close,
}

pub(super) fn run(desk: &mut Desk<'_>, case: Case, next: Next) {
    match next {
        Next::Contact => contact(desk, case),
        Next::Close => close(desk, case),
    }
}

/// A customer has said that they are unhappy.
pub(super) fn open(desk: &mut Desk<'_>, theme: Theme) {
    if !desk.chance(CALLED) {
        return;
    }
    let agent = desk.dice().between(0, AGENTS.len() as i64) as usize % AGENTS.len();
    let case = Case { serial: desk.serial(), theme, agent };
    let opened = RecoveryOpened {
        recovery: desk.name("r", case.serial),
        cause: cause(theme),
        owner: Some(label(AGENTS[agent])),
    };
    desk.emit("/demo/crm", Event::RecoveryOpened(opened));
    let wait = desk.dice().between(8, 150) * MINUTE;
    desk.in_office_hours(wait, Step::Recovery(case, Next::Contact));
}

fn contact(desk: &mut Desk<'_>, case: Case) {
    let channel = if desk.chance(0.7) { "phone" } else { "email" };
    let (by, channel) = (Some(label(AGENTS[case.agent])), Some(label(channel)));
    let contacted = RecoveryContacted { recovery: desk.name("r", case.serial), by, channel };
    desk.emit("/demo/crm", Event::RecoveryContacted(contacted));
    let wait = desk.dice().between(60, 2 * DAY / MINUTE) * MINUTE;
    desk.in_office_hours(wait, Step::Recovery(case, Next::Close));
}

fn close(desk: &mut Desk<'_>, case: Case) {
    let actions = ["voucher", "replacement", "refund", "apology", "visit"];
    let action = actions[desk.dice().between(0, 5) as usize % actions.len()];
    let satisfied = Some(desk.chance(0.8));
    let (recovery, cause) = (desk.name("r", case.serial), Some(cause(case.theme)));
    let closed = RecoveryClosed { recovery, cause, action: Some(label(action)), satisfied };
    desk.emit("/demo/crm", Event::RecoveryClosed(closed));
}

fn cause(theme: Theme) -> nexusflow_model::Label {
    label(match theme {
        Theme::Delivery => "delivery",
        Theme::Price => "price",
        Theme::Setup => "setup",
        Theme::Staff => "staff",
        Theme::Quality => "quality",
        _ => "other",
    })
}
