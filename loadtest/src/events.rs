//! What is published: the demonstration company's events, as if they happened when they are sent.

use crate::consoles::customer;
use crate::crowd::Crowd;
use nexusflow_connectors::demo::{Company, Profile};
use nexusflow_domain::headline::is_news;
use nexusflow_model::{Envelope, Event, Id, Kind, Label, Personal, Source, Timestamp, cloudevents};

/// Days of the company's life that are passed over: the import of its customers is not what a usual day looks like.
const SETTLED_AFTER_MS: i64 = 5 * 24 * 3_600_000;

/// The company's events under names of this run, so that nothing of it was ever seen before.
pub(crate) struct Events {
    company: Company,
    run: String,
    source: Source,
    number: u64,
    /// Of so many events one raises an alert; none: only those that the company has anyway.
    alarm_every: Option<f64>,
    alarms: u32,
    /// Whom it is about instead of the company's own customers.
    crowd: Option<Crowd>,
}

/// What matters of an event once it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trait {
    /// It adds one to the orders.
    pub(crate) is_order: bool,
    /// It appears on the ticker.
    pub(crate) is_news: bool,
    /// It raises the alert of that number.
    pub(crate) alarm: Option<u32>,
}

impl Events {
    /// Those of the run `run`, which began at `now`; of `alarm_every` of them one raises an alert about a new customer. They are about the
    /// company's own customers, or about so many `customers`, met by Zipf's law.
    pub(crate) fn new(
        run: &str,
        now: Timestamp,
        alarm_every: Option<f64>,
        customers: Option<u32>,
    ) -> Result<Self, nexusflow_model::text::TextError> {
        let mut company = Company::new(Profile::new(now));
        company.until(now.plus_ms(SETTLED_AFTER_MS)).for_each(drop);
        Ok(Self {
            company,
            run: run.to_owned(),
            source: Source::new(&format!("/loadtest/{run}"))?,
            number: 0,
            alarm_every,
            alarms: 0,
            crowd: customers.map(|customers| Crowd::new(run, customers)),
        })
    }

    /// The next one, as JSON, as it happens at `at`. None if the company came to an end.
    pub(crate) fn next(&mut self, at: Timestamp) -> Option<(Vec<u8>, Trait)> {
        self.number += 1;
        if self.alarm_every.is_some_and(|every| self.number as f64 >= f64::from(self.alarms + 1) * every) {
            return self.alarm(at);
        }
        let envelope = self.company.next()?;
        let kind = envelope.event.kind();
        let mut envelope = Envelope {
            id: Id::new(&format!("{}-{}", self.run, self.number)).ok()?,
            source: self.source.clone(),
            occurred_at: at,
            recorded_at: at,
            ..envelope
        };
        if self.crowd.as_ref().and_then(|crowd| crowd.meet(&mut envelope, self.number)).is_none() {
            // Customers of this run alone: an order counts once a customer, however often a run is repeated.
            envelope.subject = Id::new(&format!("{}-{}", envelope.subject.as_str(), self.run)).ok()?;
            envelope.event = self.somebody_else(envelope.event);
        }
        let what = Trait { is_order: kind == Kind::OrderPlaced, is_news: is_news(kind), alarm: None };
        Some((cloudevents::encode(&envelope), what))
    }

    /// Who has the same address as a customer of another run would be one with them.
    fn somebody_else(&self, event: Event) -> Event {
        let Event::CustomerIdentified(mut it) = event else { return event };
        let address = it.email.take().and_then(|email| Label::new(&format!("{}.{}", self.run, email.reveal())).ok());
        it.email = address.map(Personal::new);
        it.phone = None;
        it.anonymous_id = it.anonymous_id.and_then(|device| Id::new(&format!("{}-{device}", self.run)).ok());
        Event::CustomerIdentified(it)
    }

    /// Somebody new is unhappy.
    fn alarm(&mut self, at: Timestamp) -> Option<(Vec<u8>, Trait)> {
        self.alarms += 1;
        let id = Id::new(&format!("{}-{}", self.run, self.number)).ok()?;
        let data = format!(r#"{{"survey":"{id}","measures":"csat","score":1}}"#);
        let envelope = Envelope {
            source: self.source.clone(),
            subject: Id::new(&customer(&self.run, self.alarms)).ok()?,
            occurred_at: at,
            recorded_at: at,
            forwarded: 0,
            event: Event::from_json(Kind::SurveyAnswered, &data).ok()?,
            id,
        };
        let what = Trait { is_order: false, is_news: is_news(Kind::SurveyAnswered), alarm: Some(self.alarms) };
        Some((cloudevents::encode(&envelope), what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn events_are_valid_unique_and_of_every_sort() {
        let now: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
        let mut events = Events::new("r1", now, Some(50.0), None).unwrap();
        let (mut ids, mut orders, mut news, mut alarms) = (HashSet::new(), 0, 0, Vec::new());
        for _ in 0..5_000 {
            let (json, what) = events.next(now).unwrap();
            let read = cloudevents::decode_structured(&json, now).unwrap();
            assert_eq!((read.source.as_str(), read.occurred_at), ("/loadtest/r1", now));
            assert!(ids.insert(read.id.as_str().to_owned()));
            orders += usize::from(what.is_order);
            news += usize::from(what.is_news);
            if let Some(number) = what.alarm {
                assert_eq!(read.subject.as_str(), customer("r1", number));
                alarms.push(number);
            }
        }
        assert_eq!(alarms, (1..=100).collect::<Vec<_>>());
        assert!(orders > 50 && news > orders && news < 4_000, "{orders} orders, {news} news");
    }
}
