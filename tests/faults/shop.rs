//! What is published: the stories of orders, with all that follows from them.

use crate::judge::Name;
use nexusflow_model::Timestamp;
use serde_json::{Value, json};
use std::time::{SystemTime, UNIX_EPOCH};

/// Customers of a shop: each gets several orders.
const CUSTOMERS: usize = 400;
/// Products of a shop.
const SKUS: usize = 12;
/// Events of a story.
const STEPS: usize = 9;

/// What a shop tells.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Tells {
    /// One story of an order after the other: much to remember, in small events.
    Stories,
    /// What customers are written, so many bytes each time: much to take in, and little to remember.
    Letters(usize),
}

/// A shop that tells the same events in the same order for the same name.
pub(crate) struct Shop {
    source: String,
    name: usize,
    told: usize,
    letter: Option<String>,
}

impl Shop {
    /// The shop of that number.
    pub(crate) fn new(name: usize, tells: Tells) -> Self {
        let letter = match tells {
            Tells::Stories => None,
            Tells::Letters(bytes) => Some("x".repeat(bytes)),
        };
        Self { source: format!("/shop/{name}"), name, told: 0, letter }
    }

    /// The next event and its name.
    pub(crate) fn next(&mut self) -> (Name, Value) {
        let id = self.told.to_string();
        let (kind, subject, data) = match &self.letter {
            None => self.step(),
            Some(letter) => {
                let data = json!({"message": id, "direction": "outbound", "text": letter});
                ("chat.message", format!("c-{}-{}", self.name, self.told % CUSTOMERS), data)
            }
        };
        self.told += 1;
        let event = json!({
            "specversion": "1.0", "id": id, "source": self.source, "type": kind, "subject": subject,
            "time": instant(now_ms()), "data": data,
        });
        ((self.source.clone(), id), event)
    }

    /// The next step of a story.
    fn step(&self) -> (&'static str, String, Value) {
        let (story, step) = (self.told / STEPS, self.told % STEPS);
        let shop = self.name;
        let (order, now) = (format!("o-{shop}-{story}"), now_ms());
        let customer = format!("c-{shop}-{}", story % CUSTOMERS);
        let sku = format!("sku-{shop}-{}", story % SKUS);
        let money = json!({"minor": 100 + story % 900, "currency": "EUR"});
        // Overdue at once, soon, later (when nobody may be there to notice), never.
        let promised_at = now + [-3_600_000, 300, 2_500, 86_400_000][story % 4];
        let text = "Not what I expected, the parcel was late again.";
        match step {
            0 => ("order.placed", customer, json!({"order": order, "total": money})),
            1 => ("delivery.promised", customer, json!({"order": order, "promised_at": instant(promised_at)})),
            2 => ("payment.received", customer, json!({"payment": order, "order": order, "amount": money})),
            3 => ("inventory.level_set", sku, json!({"site": "main", "on_hand": 2 + story / SKUS})),
            4 => (
                "inventory.requested",
                sku,
                json!({"reservation": order, "quantity": 1 + story % 3, "customer": customer}),
            ),
            5 => ("delivery.shipped", customer, json!({"order": order})),
            6 => ("ticket.opened", customer, json!({"ticket": order, "priority": "high", "text": text})),
            7 if story.is_multiple_of(3) => ("delivery.delivered", customer, json!({"order": order})),
            7 => ("ticket.resolved", customer, json!({"ticket": order})),
            _ => (
                "review.posted",
                customer,
                json!({"review": order, "order": order, "score": 1 + story % 5, "scale": {"min": 1, "max": 5}, "text": text}),
            ),
        }
    }
}

/// What time it is, in milliseconds since the epoch.
pub(crate) fn now_ms() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64
}

fn instant(ms: i64) -> String {
    Timestamp::from_ms(ms).unwrap().to_string()
}
