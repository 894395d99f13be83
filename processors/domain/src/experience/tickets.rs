//! Tickets: opened, answered, resolved, and whether the service level was met.

use crate::Fold;
use crate::profile::Facet;
use nexusflow_engine::{Histogram, Latest, merge_fields};
use nexusflow_model::event::support::AuthorKind;
use nexusflow_model::{Envelope, Event, Id, Label, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A customer's tickets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Tickets {
    tickets: BTreeMap<Id, Box<Ticket>>,
    /// Opened so far.
    pub opened: i64,
    /// Open now.
    pub open: i64,
    /// Resolved.
    pub resolved: i64,
    /// Sum of the time from opening to resolution, in milliseconds.
    pub resolution_sum_ms: i64,
    /// Of those opened, came back after they were resolved.
    pub reopened: i64,
    /// Of those opened, their source says whether the service level was met.
    pub sla_known: i64,
    /// Of those, it was missed.
    pub sla_missed: i64,
}

/// What all events of one ticket say together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    opened_at: Latest<()>,
    priority: Latest<Label>,
    resolved_at: Latest<()>,
    closed_at: Latest<()>,
    reopened_at: Latest<()>,
    sla_met: Latest<bool>,
    first_reply_at: Option<Timestamp>,
}

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Somebody has to do something.
    Open,
    /// The work is done; it may come back.
    Resolved,
    /// Over for good.
    Closed,
}

/// Tickets by priority. A day's pane counts what was opened, resolved and closed in it; `open` is meaningful in the pane of
/// all time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TicketCounts {
    /// By priority as the help desk names it; empty where none was given.
    pub by_priority: BTreeMap<String, PriorityCounts>,
}

/// Counts of the tickets of one priority.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PriorityCounts {
    /// Opened, by the day they were.
    pub opened: i64,
    /// Open now.
    pub open: i64,
    /// Resolved, by the day they were.
    pub resolved: i64,
    /// Closed for good, by the day they were.
    pub closed: i64,
    /// Of those whose source says whether the service level was met: by the day they were closed or resolved.
    pub sla_known: i64,
    /// Of those, missed.
    pub sla_missed: i64,
    /// From opening to the first public answer of an agent, in seconds.
    pub first_reply_s: Histogram,
    /// From opening to resolution, in seconds.
    pub resolution_s: Histogram,
}

merge_fields!(TicketCounts { by_priority });
merge_fields!(PriorityCounts { opened, open, resolved, closed, sla_known, sla_missed, first_reply_s, resolution_s });

impl TicketCounts {
    /// All priorities together.
    pub fn total(&self) -> PriorityCounts {
        let mut total = PriorityCounts::default();
        for counts in self.by_priority.values() {
            nexusflow_engine::Merge::merge(&mut total, counts);
        }
        total
    }
}

impl Facet for Tickets {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let (at, tie) = (envelope.occurred_at, context.identity);
        match &envelope.event {
            Event::TicketOpened(it) => self.change(context, &it.ticket, |ticket| {
                ticket.opened_at.say(at, tie, ());
                if let Some(priority) = &it.priority {
                    ticket.priority.say(at, tie, priority.clone());
                }
            }),
            Event::TicketReplied(it) if it.public && it.author_kind == AuthorKind::Agent => {
                self.change(context, &it.ticket, |ticket| {
                    ticket.first_reply_at = Some(ticket.first_reply_at.map_or(at, |first| first.min(at)));
                });
            }
            Event::TicketPriorityChanged(it) => {
                self.change(context, &it.ticket, |ticket| ticket.priority.say(at, tie, it.priority.clone()));
            }
            Event::TicketResolved(it) => self.change(context, &it.ticket, |ticket| {
                if it.closed {
                    ticket.closed_at.say(at, tie, ())
                } else {
                    ticket.resolved_at.say(at, tie, ())
                }
                if let Some(met) = it.sla_met {
                    ticket.sla_met.say(at, tie, met);
                }
            }),
            Event::TicketReopened(it) => self.change(context, &it.ticket, |ticket| ticket.reopened_at.say(at, tie, ())),
            _ => {}
        }
    }
}

impl Ticket {
    /// Where it stands: the last of resolved, closed and reopened decides.
    pub fn state(&self) -> State {
        if self.closed_at() > self.reopened_at.at() {
            State::Closed
        } else if self.resolved_at().is_some() {
            State::Resolved
        } else {
            State::Open
        }
    }

    /// When it was resolved, unless it came back since and was not closed after that: closing confirms the last resolution.
    pub fn resolved_at(&self) -> Option<Timestamp> {
        let stands = self.closed_at() > self.reopened_at.at();
        self.resolved_at.at().filter(|at| stands || Some(*at) > self.reopened_at.at())
    }

    fn closed_at(&self) -> Option<Timestamp> {
        self.closed_at.at()
    }

    /// When it was opened.
    pub fn opened_at(&self) -> Option<Timestamp> {
        self.opened_at.at()
    }

    /// Its priority as the help desk names it; empty where none was given.
    pub fn priority(&self) -> &str {
        self.priority.get().map_or("", Label::as_str)
    }

    /// From opening to the first public answer of an agent, in milliseconds.
    pub fn first_reply_ms(&self) -> Option<i64> {
        Some(self.first_reply_at?.ms_since(self.opened_at()?).max(0))
    }

    fn resolution_ms(&self) -> Option<i64> {
        Some(self.resolved_at()?.ms_since(self.opened_at()?).max(0))
    }
}

impl Tickets {
    /// Every ticket with its id.
    pub fn iter(&self) -> impl Iterator<Item = (&Id, &Ticket)> {
        self.tickets.iter().map(|(id, ticket)| (id, ticket.as_ref()))
    }

    fn change(&mut self, context: &mut Fold<'_>, id: &Id, change: impl FnOnce(&mut Ticket)) {
        let before = self.tickets.get(id).map(|ticket| Ticket::clone(ticket)).unwrap_or_default();
        let mut ticket = before.clone();
        change(&mut ticket);
        if ticket != before {
            self.count(context, &before, -1);
            self.count(context, &ticket, 1);
            match self.tickets.get_mut(id) {
                Some(own) => **own = ticket,
                None => drop(self.tickets.insert(id.clone(), Box::new(ticket))),
            }
        }
    }

    fn count(&mut self, context: &mut Fold<'_>, ticket: &Ticket, times: i64) {
        // A ticket of which only later events have come yet is not counted: it will be when its opening arrives.
        let Some(opened_at) = ticket.opened_at() else { return };
        let open = i64::from(ticket.state() == State::Open);
        self.opened += times;
        self.open += open * times;
        self.reopened += i64::from(ticket.reopened_at.at().is_some()) * times;
        self.sla_known += i64::from(ticket.sla_met.get().is_some()) * times;
        self.sla_missed += i64::from(ticket.sla_met.get() == Some(&false)) * times;
        let priority = ticket.priority();
        let mut count_at = |at: Timestamp, count: &dyn Fn(&mut PriorityCounts)| {
            context.count_at(at, |rollup| count_priority(&mut rollup.tickets.by_priority, priority, count));
        };
        count_at(opened_at, &|counts| {
            counts.opened += times;
            counts.open += open * times;
            if let Some(ms) = ticket.first_reply_ms() {
                counts.first_reply_s.add(ms / 1_000, times);
            }
        });
        if let (Some(at), Some(ms)) = (ticket.resolved_at(), ticket.resolution_ms()) {
            self.resolved += times;
            self.resolution_sum_ms += ms * times;
            count_at(at, &|counts| {
                counts.resolved += times;
                counts.resolution_s.add(ms / 1_000, times);
            });
        }
        let closed_at = ticket.closed_at().filter(|_| ticket.state() == State::Closed);
        if let Some(at) = closed_at {
            count_at(at, &|counts| counts.closed += times);
        }
        if let (Some(met), Some(at)) = (ticket.sla_met.get(), closed_at.or(ticket.resolved_at())) {
            count_at(at, &|counts| {
                counts.sla_known += times;
                counts.sla_missed += i64::from(!met) * times;
            });
        }
    }
}

/// Counts for a priority; one with nothing left in it goes.
fn count_priority(
    by_priority: &mut BTreeMap<String, PriorityCounts>,
    priority: &str,
    count: &dyn Fn(&mut PriorityCounts),
) {
    match by_priority.get_mut(priority) {
        Some(counts) => {
            count(counts);
            if *counts == PriorityCounts::default() {
                by_priority.remove(priority);
            }
        }
        None => {
            let mut counts = PriorityCounts::default();
            count(&mut counts);
            if counts != PriorityCounts::default() {
                by_priority.insert(priority.to_owned(), counts);
            }
        }
    }
}
