//! Any number of customers, of whom a few are met often and most hardly ever.

use crate::zipf::{Chance, Zipf};
use nexusflow_model::{Envelope, Event, Id, Kind, Label, Personal, Source, Timestamp, cloudevents};

/// The customers that events of the company are told about instead of its own.
#[derive(Debug)]
pub(crate) struct Crowd {
    run: String,
    zipf: Zipf,
}

impl Crowd {
    /// `customers` of the run `run`, met by Zipf's law.
    pub(crate) fn new(run: &str, customers: u32) -> Self {
        Self { run: run.to_owned(), zipf: Zipf::new(customers) }
    }

    /// The same event about one of the crowd: what is said of one order, ticket or deal is about the same customer always, everything
    /// else about whoever comes by. Nothing where it is not about a customer.
    pub(crate) fn meet(&self, envelope: &mut Envelope, number: u64) -> Option<()> {
        let own = envelope.subject.as_str().strip_prefix("c-")?.parse::<u32>().ok()?;
        let json = cloudevents::encode(envelope);
        let thing = thing(&String::from_utf8_lossy(&json), own);
        // Numbers of events and things of customers never make the same seed.
        let seed = thing.map_or(number | 1 << 63, |serial| u64::from(own) << 24 | u64::from(serial));
        envelope.subject = customer(&self.run, self.zipf.draw(&mut Chance::new(seed)))?;
        if let Event::CustomerIdentified(it) = &mut envelope.event {
            it.email = Label::new(&format!("{}@example.com", envelope.subject.as_str())).ok().map(Personal::new);
            (it.phone, it.anonymous_id) = (None, None);
        }
        Some(())
    }
}

/// The customer of that number.
fn customer(run: &str, number: u32) -> Option<Id> {
    Id::new(&format!("z-{number}-{run}")).ok()
}

/// The event by which the customer of that number becomes known, and its JSON.
pub(crate) fn introduction(run: &str, number: u32, at: Timestamp) -> Option<Vec<u8>> {
    let subject = customer(run, number)?;
    let data = format!(r#"{{"email":"{}@example.com","kind":"consumer"}}"#, subject.as_str());
    let envelope = Envelope {
        id: Id::new(&format!("{run}-known-{number}")).ok()?,
        source: Source::new(&format!("/loadtest/{run}")).ok()?,
        subject,
        occurred_at: at,
        recorded_at: at,
        forwarded: 0,
        event: Event::from_json(Kind::CustomerIdentified, &data).ok()?,
    };
    Some(cloudevents::encode(&envelope))
}

/// The number of the first thing of the company's customer `own` that an event speaks of: they are called `order-OWN-NUMBER`.
fn thing(json: &str, own: u32) -> Option<u32> {
    let marker = format!("-{own}-");
    let number = |at: usize| {
        let rest = &json[at + marker.len()..];
        rest[..rest.find('"')?].parse::<u32>().ok()
    };
    json.match_indices(&marker).filter_map(|(at, _)| number(at)).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Events;
    use std::collections::{HashMap, HashSet};

    #[test]
    fn what_is_said_of_one_thing_is_about_one_customer_and_few_are_met_often() {
        let now: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
        let mut events = Events::new("r1", now, None, Some(50_000)).unwrap();
        let (mut orders, mut met): (HashMap<String, HashSet<String>>, HashMap<String, u32>) = Default::default();
        for _ in 0..20_000 {
            let (json, _) = events.next(now).unwrap();
            let event: serde_json::Value = serde_json::from_slice(&json).unwrap();
            let subject = event["subject"].as_str().unwrap().to_owned();
            if let Some(number) = subject.strip_prefix("z-").and_then(|rest| rest.strip_suffix("-r1")) {
                assert!((1..=50_000).contains(&number.parse::<u32>().unwrap()));
                *met.entry(subject.clone()).or_default() += 1;
            }
            // A ticket that is about an order as well is the order's.
            if let (Some(order), "order.placed" | "order.shipped") =
                (event["data"]["order"].as_str(), event["type"].as_str().unwrap())
            {
                orders.entry(order.to_owned()).or_default().insert(subject);
            }
        }
        assert!(orders.len() > 200 && orders.values().all(|customers| customers.len() == 1), "{orders:?}");
        let mut often: Vec<u32> = met.values().copied().collect();
        often.sort_unstable_by(|a, b| b.cmp(a));
        let all: u32 = often.iter().sum();
        // Of 50,000 the first ten should have 26 of 100.
        let share = f64::from(often[..10].iter().sum::<u32>()) / f64::from(all);
        assert!((0.2..0.4).contains(&share) && often.len() > 2_000, "{share}, {} met", often.len());
    }

    #[test]
    fn the_first_thing_is_whose_number_is_lowest() {
        assert_eq!(thing(r#"{"ticket":"ticket-12-9","order":"order-12-3"}"#, 12), Some(3));
        assert_eq!(thing(r#"{"ticket":"ticket-12-9","order":"order-112-3","at":"2026-12-01T10:00:00Z"}"#, 12), Some(9));
        assert_eq!(thing(r#"{"page":"/coffee"}"#, 12), None);
    }

    #[test]
    fn an_introduction_is_an_event() {
        let now: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
        let read = cloudevents::decode_structured(&introduction("r1", 7, now).unwrap(), now).unwrap();
        assert_eq!((read.subject.as_str(), read.id.as_str()), ("z-7-r1", "r1-known-7"));
    }
}
