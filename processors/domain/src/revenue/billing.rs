//! Invoices that are overdue, and what subscriptions are worth.

use crate::Fold;
use crate::profile::Facet;
use crate::retention::days::OwnDays;
use nexusflow_engine::Latest;
use nexusflow_model::event::finance::{BillingInterval, SubscriptionTerms};
use nexusflow_model::{Currency, Envelope, Event, Id};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Changes of one subscription that are remembered at the most: the latest.
const STEPS_MAX: usize = 8;

/// What a customer is billed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Billing {
    invoices: BTreeMap<Id, Box<Invoice>>,
    /// Invoices we have heard of.
    pub invoiced: i64,
    /// Of those, past their due date and not paid.
    pub overdue: i64,
    subscriptions: BTreeMap<Id, Vec<Step>>,
}

/// What all events of one invoice say together.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Invoice {
    issued_at: Latest<()>,
    overdue_at: Latest<()>,
    /// Paid or credited; or paid, and the payment taken back.
    settled: Latest<bool>,
}

/// From a day on a subscription is worth so much a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
struct Step {
    day: i32,
    /// Two steps of one day: by time, then by what does not depend on the order of arrival.
    at_ms: i64,
    tie: u64,
    /// Minor units a month; zero from when on it is known to end.
    monthly_minor: i64,
    currency: Option<Currency>,
}

impl Facet for Billing {
    fn fold(&mut self, context: &mut Fold<'_>, envelope: &Envelope) {
        let (at, tie) = (envelope.occurred_at, context.identity);
        match &envelope.event {
            Event::InvoiceIssued(it) => self.change(&it.invoice, |invoice| invoice.issued_at.say(at, tie, ())),
            Event::InvoiceOverdue(it) => self.change(&it.invoice, |invoice| invoice.overdue_at.say(at, tie, ())),
            Event::InvoiceCredited(it) => self.change(&it.invoice, |invoice| invoice.settled.say(at, tie, true)),
            Event::PaymentReceived(it) => {
                if let Some(id) = &it.invoice {
                    self.change(id, |invoice| invoice.settled.say(at, tie, true));
                }
            }
            Event::PaymentReversed(it) => {
                if let Some(id) = &it.invoice {
                    self.change(id, |invoice| invoice.settled.say(at, tie, false));
                }
            }
            Event::SubscriptionStarted(it) | Event::SubscriptionChanged(it) => {
                let step = Step { monthly_minor: monthly(it), ..step(context, envelope, Some(it.amount.currency)) };
                self.step(&it.subscription, step);
            }
            Event::SubscriptionCancelled(it) => self.step(&it.subscription, step(context, envelope, None)),
            _ => {}
        }
    }
}

fn step(context: &Fold<'_>, envelope: &Envelope, currency: Option<Currency>) -> Step {
    let day = OwnDays::of(context.subject()).day(envelope.occurred_at);
    Step { day, at_ms: envelope.occurred_at.as_ms(), tie: context.identity, monthly_minor: 0, currency }
}

/// What the terms come to in a month; nothing while it is a trial.
fn monthly(terms: &SubscriptionTerms) -> i64 {
    let months = match terms.interval {
        BillingInterval::Month => 1,
        BillingInterval::Quarter => 3,
        BillingInterval::Year => 12,
    };
    if terms.trial { 0 } else { terms.amount.minor / months }
}

impl Invoice {
    /// Said to be past its due date, and not settled since.
    fn is_overdue(&self) -> bool {
        let is_settled = self.settled.get() == Some(&true) && self.settled.at() >= self.overdue_at.at();
        self.overdue_at.at().is_some() && !is_settled
    }
}

impl Billing {
    fn change(&mut self, id: &Id, change: impl FnOnce(&mut Invoice)) {
        let invoice = match self.invoices.get_mut(id) {
            Some(invoice) => invoice,
            None => {
                self.invoiced += 1;
                self.invoices.entry(id.clone()).or_default()
            }
        };
        let before = i64::from(invoice.is_overdue());
        change(invoice);
        self.overdue += i64::from(invoice.is_overdue()) - before;
    }

    fn step(&mut self, id: &Id, step: Step) {
        let steps = self.subscriptions.entry(id.clone()).or_default();
        let order = |of: &Step| (of.at_ms, of.tie);
        let at = steps.partition_point(|own| order(own) > order(&step));
        if at < STEPS_MAX {
            steps.truncate(STEPS_MAX - 1);
            steps.insert(at, step);
        }
    }

    /// In which currency subscriptions are compared: the business's own where any is in it, else another; none where there never was one.
    /// Nothing is ever converted.
    pub(crate) fn currency(&self, own: Currency) -> Option<Currency> {
        let met = || self.subscriptions.values().flatten().filter_map(|step| step.currency);
        if met().any(|currency| currency == own) { Some(own) } else { met().min() }
    }

    /// Whether there is or ever was one.
    pub(crate) fn has_subscriptions(&self) -> bool {
        !self.subscriptions.is_empty()
    }

    /// What all subscriptions are worth a month on `day`, in minor units of `currency`.
    pub(crate) fn monthly_minor(&self, currency: Currency, day: i32) -> i64 {
        let of = |steps: &Vec<Step>| {
            let holds = steps.iter().find(|step| step.day <= day)?;
            (holds.currency == Some(currency)).then_some(holds.monthly_minor)
        };
        self.subscriptions.values().filter_map(of).fold(0, i64::saturating_add)
    }

    /// The first day after `today` on which a step is `days` days old, or comes.
    pub(crate) fn changes_on(&self, today: i32, days: i32) -> Option<i32> {
        let steps = self.subscriptions.values().flatten();
        let moments = steps.flat_map(|step| [step.day, step.day.saturating_add(days)]);
        moments.filter(|day| *day > today).min()
    }
}
