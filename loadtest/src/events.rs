//! What is published: the demonstration company's events, as if they happened when they are sent.

use nexusflow_connectors::demo::{Company, Profile};
use nexusflow_domain::headline::is_news;
use nexusflow_model::{Envelope, Id, Kind, Source, Timestamp, cloudevents};

/// Days of the company's life that are passed over: the import of its customers is not what a usual day looks like.
const SETTLED_AFTER_MS: i64 = 5 * 24 * 3_600_000;

/// The company's events under names of this run, so that nothing of it was ever seen before.
pub(crate) struct Events {
    company: Company,
    run: String,
    source: Source,
    number: u64,
}

/// What matters of an event once it is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Trait {
    /// It adds one to the orders.
    pub(crate) is_order: bool,
    /// It appears on the ticker.
    pub(crate) is_news: bool,
}

impl Events {
    /// Those of the run `run`, which began at `now`.
    pub(crate) fn new(run: &str, now: Timestamp) -> Result<Self, nexusflow_model::text::TextError> {
        let mut company = Company::new(Profile::new(now));
        company.until(now.plus_ms(SETTLED_AFTER_MS)).for_each(drop);
        Ok(Self { company, run: run.to_owned(), source: Source::new(&format!("/loadtest/{run}"))?, number: 0 })
    }

    /// The next one, as JSON, as it happens at `at`. None if the company came to an end.
    pub(crate) fn next(&mut self, at: Timestamp) -> Option<(Vec<u8>, Trait)> {
        let envelope = self.company.next()?;
        self.number += 1;
        let kind = envelope.event.kind();
        let envelope = Envelope {
            id: Id::new(&format!("{}-{}", self.run, self.number)).ok()?,
            source: self.source.clone(),
            // Customers of this run alone: an order counts once a customer, however often a run is repeated.
            subject: Id::new(&format!("{}-{}", envelope.subject.as_str(), self.run)).ok()?,
            occurred_at: at,
            recorded_at: at,
            ..envelope
        };
        let what = Trait { is_order: kind == Kind::OrderPlaced, is_news: is_news(kind) };
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
        let mut events = Events::new("r1", now).unwrap();
        let (mut ids, mut orders, mut news) = (HashSet::new(), 0, 0);
        for _ in 0..5_000 {
            let (json, what) = events.next(now).unwrap();
            let read = cloudevents::decode_structured(&json, now).unwrap();
            assert_eq!((read.source.as_str(), read.occurred_at), ("/loadtest/r1", now));
            assert!(ids.insert(read.id.as_str().to_owned()));
            orders += usize::from(what.is_order);
            news += usize::from(what.is_news);
        }
        assert!(orders > 50 && news > orders && news < 4_000, "{orders} orders, {news} news");
    }
}
