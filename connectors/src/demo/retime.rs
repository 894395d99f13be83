//! The company's time and the world's: at another pace than the world's, all instants an event speaks of move with it, so that
//! what was late stays late.

use nexusflow_model::{Envelope, Event, Timestamp};

/// Which instant of the world an instant of the company is: the same up to `company`, which is when the world's clock says
/// `world`; from there on the company's time runs `pace` times as fast.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tempo {
    pub(super) company: Timestamp,
    pub(super) world: Timestamp,
    pub(super) pace: f64,
}

impl Tempo {
    pub(super) fn is_live(&self, at: Timestamp) -> bool {
        at > self.company
    }

    pub(super) fn world(&self, at: Timestamp) -> Timestamp {
        if !self.is_live(at) {
            return at;
        }
        self.world.plus_ms((at.ms_since(self.company) as f64 / self.pace) as i64)
    }

    /// The event as the world sees it.
    pub(super) fn retime(&self, envelope: Envelope) -> Envelope {
        if self.company == self.world && self.pace == 1.0 {
            return envelope;
        }
        let mut envelope = envelope;
        envelope.occurred_at = self.world(envelope.occurred_at);
        each_instant(&mut envelope.event, |at| *at = self.world(*at));
        envelope
    }
}

/// Every instant that an event of this company carries in its data.
fn each_instant(event: &mut Event, mut visit: impl FnMut(&mut Timestamp)) {
    let instants: [Option<&mut Timestamp>; 3] = match event {
        Event::DeliveryPromised(it) => [Some(&mut it.promised_at), None, None],
        Event::DeliveryShipped(it) => [it.estimated_at.as_mut(), None, None],
        Event::DeliveryDelayed(it) => [Some(&mut it.estimated_at), None, None],
        Event::InvoiceIssued(it) => [it.due_at.as_mut(), it.period_start.as_mut(), it.period_end.as_mut()],
        Event::BookingSigned(it) => [it.starts_at.as_mut(), it.ends_at.as_mut(), None],
        Event::OpportunityCreated(it) => [it.expected_close_at.as_mut(), None, None],
        Event::OpportunityCloseDateChanged(it) => [Some(&mut it.expected_close_at), None, None],
        Event::QuoteCreated(it) => [it.valid_until.as_mut(), None, None],
        Event::ReviewPosted(it) => [it.asked_at.as_mut(), None, None],
        Event::CustomerIdentified(it) => [it.since.as_mut(), None, None],
        _ => [None, None, None],
    };
    instants.into_iter().flatten().for_each(&mut visit);
}

#[cfg(test)]
mod tests {
    use super::super::calendar::DAY;
    use super::super::tests::days;
    use super::*;
    use std::collections::HashMap;

    #[test]
    fn no_instant_is_forgotten() {
        for mut event in days(300, 40) {
            let json = serde_json::to_string(&event.event).unwrap();
            let mut visited = 0;
            each_instant(&mut event.event, |_| visited += 1);
            let instants = json.split('"').filter(|part| part.parse::<Timestamp>().is_ok()).count();
            assert_eq!(visited, instants, "{json}");
        }
    }

    #[test]
    fn what_was_late_stays_late_at_any_pace() {
        let events = days(300, 40);
        let company = events[0].occurred_at.plus_ms(10 * DAY);
        let late = |events: Vec<Envelope>| {
            let mut promised = HashMap::new();
            let mut late = Vec::new();
            for event in events {
                match event.event {
                    Event::DeliveryPromised(it) => drop(promised.insert(it.order, it.promised_at)),
                    Event::DeliveryDelivered(it) => late.push(event.occurred_at > promised[&it.order]),
                    _ => {}
                }
            }
            late
        };
        let tempo = Tempo { company, world: company.plus_ms(DAY), pace: 60.0 };
        let faster: Vec<Envelope> = events.iter().map(|event| tempo.retime(event.clone())).collect();
        assert!(faster.is_sorted_by_key(|event| event.occurred_at));
        assert!(faster.last().unwrap().occurred_at < company.plus_ms(2 * DAY));
        assert_eq!(late(events), late(faster));
    }
}
