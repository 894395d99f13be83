//! Tickets. The help desk answers around the clock.

use super::calendar::{DAY, HOUR, MINUTE};
use super::catalogue::AGENTS;
use super::customer::CustomerKind;
use super::desk::{Desk, Step, label};
use super::text::{Mood, Theme, staff};
use super::truths::TEMPLATE_REPLY_SHARE;
use super::{recovery, text, voice};
use nexusflow_model::Event;
use nexusflow_model::event::support::{
    AuthorKind, TicketAssigned, TicketOpened, TicketPriorityChanged, TicketReopened, TicketReplied, TicketResolved,
    TicketStatusChanged,
};

/// Priorities with how long a first answer takes on average when it is written by hand, and until when it is due.
const PRIORITIES: [(&str, i64, i64); 4] = [
    ("low", 14 * HOUR, 24 * HOUR),
    ("normal", 5 * HOUR, 8 * HOUR),
    ("high", 140 * MINUTE, 4 * HOUR),
    ("urgent", 35 * MINUTE, HOUR),
];
/// Until when a ticket has to be resolved.
const RESOLVED_BY: i64 = 3 * DAY;

/// A ticket as long as it is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    pub(super) serial: u32,
    theme: Theme,
    agent: usize,
    /// Index into the priorities.
    priority: usize,
    opened_ms: i64,
    /// Answers of agents so far.
    answers: u8,
    sla_met: bool,
    templated: bool,
}

/// What is next in a ticket's story.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    Assign,
    Escalate,
    Note,
    Answer,
    Wait,
    Reply,
    Resolve,
    Reopen,
    Close,
}

pub(super) fn run(desk: &mut Desk<'_>, ticket: Ticket, next: Next) {
    match next {
        Next::Assign => assign(desk, ticket),
        Next::Escalate => escalate(desk, ticket),
        Next::Note => note(desk, ticket),
        Next::Answer => answer(desk, ticket),
        Next::Wait => wait(desk, ticket),
        Next::Reply => reply(desk, ticket),
        Next::Resolve => resolve(desk, ticket),
        Next::Reopen => reopen(desk, ticket),
        Next::Close => close(desk, ticket),
    }
}

/// Somebody writes because of `theme`, some time from now; `days` is how many days it is about.
pub(super) fn open(desk: &mut Desk<'_>, theme: Theme, mood: Mood, order: Option<u32>, days: i64) {
    if mood == Mood::Furious {
        recovery::open(desk, theme);
    }
    let priority = match (mood, desk.customer.kind) {
        (Mood::Furious, CustomerKind::Consumer) => 2,
        (Mood::Furious, _) => 3,
        (Mood::Annoyed, CustomerKind::Enterprise) => 2,
        (Mood::Annoyed, _) => 1,
        _ => 0,
    };
    let (serial, agent) = (desk.serial(), desk.dice().below(AGENTS.len()));
    let channel = desk.dice().pick(&["email", "email", "chat", "web", "phone"]);
    let slots = desk.slots(days, 0.05);
    let written = desk.write(theme, mood, slots);
    let topic = desk.dice().pick(staff::TOPICS[theme as usize]);
    let event = TicketOpened {
        ticket: desk.name("t", serial),
        channel: Some(label(channel)),
        category: Some(label(staff::category(theme))),
        priority: Some(label(PRIORITIES[priority].0)),
        topic: text::short(topic),
        text: text::text(&written),
        order: order.map(|serial| desk.name("o", serial)),
        assignee: None,
        group: Some(label(if theme == Theme::Billing { "billing" } else { "care" })),
    };
    desk.emit("/demo/helpdesk", Event::TicketOpened(event));
    voice::maybe_label(desk, "t", serial, theme, mood);
    let opened_ms = desk.at;
    let templated = desk.chance(0.45);
    let ticket = Ticket { serial, theme, agent, priority, opened_ms, answers: 0, sla_met: true, templated };
    let soon = desk.dice().between(MINUTE, 5 * MINUTE);
    desk.later(soon, Step::Ticket(ticket, Next::Assign));
}

fn assign(desk: &mut Desk<'_>, ticket: Ticket) {
    let event = TicketAssigned {
        ticket: desk.name("t", ticket.serial),
        assignee: Some(label(AGENTS[ticket.agent])),
        group: None,
    };
    desk.emit("/demo/helpdesk", Event::TicketAssigned(event));
    if ticket.priority < 3 && desk.chance(0.04) {
        desk.later(10 * MINUTE, Step::Ticket(ticket, Next::Escalate));
    }
    if desk.chance(0.12) {
        desk.later(15 * MINUTE, Step::Ticket(ticket, Next::Note));
    }
    plan_answer(desk, ticket);
}

/// The time an answer takes: two exponentials, so that the typical one is near the mean; half of it with a template.
fn plan_answer(desk: &mut Desk<'_>, ticket: Ticket) {
    let mean = PRIORITIES[ticket.priority].1 / 2;
    let by_hand = desk.dice().wait(mean) + desk.dice().wait(mean) + MINUTE;
    let takes = if ticket.templated { (by_hand as f64 * TEMPLATE_REPLY_SHARE) as i64 } else { by_hand };
    // It is counted from when the ticket was opened: that is when the customer begins to wait.
    let from = if ticket.answers == 0 { ticket.opened_ms } else { desk.at };
    desk.on(from + takes, Step::Ticket(ticket, Next::Answer));
}

fn escalate(desk: &mut Desk<'_>, ticket: Ticket) {
    let priority = label(PRIORITIES[ticket.priority + 1].0);
    let event = TicketPriorityChanged { ticket: desk.name("t", ticket.serial), priority };
    desk.emit("/demo/helpdesk", Event::TicketPriorityChanged(event));
}

fn note(desk: &mut Desk<'_>, ticket: Ticket) {
    let written = desk.dice().pick(staff::NOTES);
    replied(desk, ticket, AuthorKind::Agent, false, written, None);
}

fn replied(
    desk: &mut Desk<'_>,
    ticket: Ticket,
    author_kind: AuthorKind,
    public: bool,
    written: &str,
    template: Option<&str>,
) {
    let event = TicketReplied {
        ticket: desk.name("t", ticket.serial),
        author_kind,
        author: (author_kind == AuthorKind::Agent).then(|| label(AGENTS[ticket.agent])),
        public,
        text: text::text(written),
        template: template.map(label),
    };
    desk.emit("/demo/helpdesk", Event::TicketReplied(event));
}

fn answer(desk: &mut Desk<'_>, ticket: Ticket) {
    let theme = ticket.theme as usize;
    let written = desk.dice().pick(staff::REPLIES[theme]);
    let template = ticket.templated.then_some(staff::TEMPLATES[theme]);
    replied(desk, ticket, AuthorKind::Agent, true, written, template);
    let waited = desk.at - ticket.opened_ms;
    let in_time = ticket.answers > 0 || waited <= PRIORITIES[ticket.priority].2;
    let next = Ticket { answers: ticket.answers + 1, sla_met: ticket.sla_met && in_time, ..ticket };
    if desk.chance(0.25) {
        desk.later(MINUTE, Step::Ticket(next, Next::Wait));
    }
    if desk.chance(0.6) {
        let wait = desk.dice().wait(12 * HOUR) + 5 * MINUTE;
        desk.later(wait, Step::Ticket(next, Next::Reply));
    } else {
        let wait = desk.dice().wait(18 * HOUR) + 10 * MINUTE;
        desk.later(wait, Step::Ticket(next, Next::Resolve));
    }
}

fn wait(desk: &mut Desk<'_>, ticket: Ticket) {
    let ticket = desk.name("t", ticket.serial);
    let event = TicketStatusChanged { ticket, status: label("waiting for customer"), pending: true };
    desk.emit("/demo/helpdesk", Event::TicketStatusChanged(event));
}

fn reply(desk: &mut Desk<'_>, ticket: Ticket) {
    let content = ticket.answers >= 3 || desk.chance(0.7);
    let written = desk.dice().pick(if content { staff::THANKS } else { staff::INSISTS });
    replied(desk, ticket, AuthorKind::Customer, true, written, None);
    if content {
        let wait = desk.dice().wait(HOUR) + 5 * MINUTE;
        desk.later(wait, Step::Ticket(ticket, Next::Resolve));
    } else {
        plan_answer(desk, Ticket { templated: false, ..ticket });
    }
}

fn resolve(desk: &mut Desk<'_>, ticket: Ticket) {
    let sla_met = ticket.sla_met && desk.at - ticket.opened_ms <= RESOLVED_BY;
    let code = desk.dice().pick(&["solved", "solved", "replaced", "explained", "refunded"]);
    resolved(desk, ticket, code, Some(sla_met), false);
    desk.customer.feel(if sla_met { 0.4 } else { -0.4 }, 0.2);
    if desk.chance(0.45) {
        voice::ask_in(desk, HOUR, voice::csat("support").of_ticket(ticket.serial));
    } else if desk.chance(0.4) {
        voice::ask_in(desk, 2 * HOUR, voice::effort(ticket.answers).of_ticket(ticket.serial));
    }
    if desk.chance(0.06) {
        let wait = desk.dice().between(3 * HOUR, 40 * HOUR);
        desk.later(wait, Step::Ticket(ticket, Next::Reopen));
    } else if desk.chance(0.5) {
        desk.later(4 * DAY, Step::Ticket(ticket, Next::Close));
    }
}

fn resolved(desk: &mut Desk<'_>, ticket: Ticket, code: &str, sla_met: Option<bool>, closed: bool) {
    let event = TicketResolved {
        ticket: desk.name("t", ticket.serial),
        by: Some(label(AGENTS[ticket.agent])),
        code: Some(label(code)),
        sla_met,
        closed,
    };
    desk.emit("/demo/helpdesk", Event::TicketResolved(event));
}

fn reopen(desk: &mut Desk<'_>, ticket: Ticket) {
    let reason = desk.dice().pick(staff::INSISTS);
    let event = TicketReopened { ticket: desk.name("t", ticket.serial), reason: text::text(reason) };
    desk.emit("/demo/helpdesk", Event::TicketReopened(event));
    plan_answer(desk, Ticket { templated: false, ..ticket });
}

fn close(desk: &mut Desk<'_>, ticket: Ticket) {
    resolved(desk, ticket, "closed after four days", None, true);
}
