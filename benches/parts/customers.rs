//! Many customers with a normal history, fast: text in, no simulation.
//!
//! A normal history is 20 events: the customer is known by name, e-mail, segment and country (1), came by four touchpoints (4: two
//! pages, a newsletter that was sent and opened), ordered twice, with payment, promise, shipping and arrival (10), had one ticket
//! that was answered, answered back and resolved (4), and answered a survey (1): somebody who buys a second time, and of whom every
//! part of the profile but deals knows something. In a shop where most never come back, a customer has less.
//!
//! The events of one customer lie far apart in the log, as they do in earnest: the first event of everybody, then the second of
//! everybody, each time in another order. A profile is out of the processor's caches whenever it is needed.

// tidy: long because the twenty steps of a history stand in one match.

use std::fmt::Write;

/// Events of each customer.
pub(crate) const EVENTS: usize = 20;
/// Between the steps of a customer.
const STEP_MS: i64 = 3 * 86_400_000;
/// 2026-01-05T00:00:00Z
const START_MS: i64 = 1_767_571_200_000;

/// How ids look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ids {
    /// `c00012345`, `o00012345-1`: as shops number them.
    Short,
    /// 36 characters each.
    Uuid,
}

/// Customers with a normal history.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Customers {
    pub(crate) count: usize,
    pub(crate) ids: Ids,
}

impl Customers {
    /// The customer that is the `at`th to do their step `step`: a permutation for each step, an affine map with a prime factor.
    pub(crate) fn turn(&self, step: usize, at: usize) -> usize {
        (at as u64 * 2_147_483_647 + step as u64 * 7_919).rem_euclid(self.count as u64) as usize
    }

    /// The id of a customer.
    pub(crate) fn id(&self, who: usize) -> String {
        self.name('c', who, 0)
    }

    fn name(&self, of: char, who: usize, n: usize) -> String {
        match (self.ids, n) {
            (Ids::Short, 0) => format!("{of}{who:08}"),
            (Ids::Short, _) => format!("{of}{who:08}-{n}"),
            (Ids::Uuid, _) => {
                let mix = (who as u64 * 64 + n as u64 * 8 + of as u64 % 8).wrapping_mul(0x9e37_79b9_7f4a_7c15);
                format!("{who:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}", n, of as u32, mix >> 52, mix & 0xffff_ffff_ffff)
            }
        }
    }

    /// Appends one event as structured JSON.
    pub(crate) fn event(&self, into: &mut Vec<u8>, who: usize, step: usize) {
        let ms = START_MS + step as i64 * STEP_MS + (who as i64 * 97) % STEP_MS;
        let at = nexusflow_model::Timestamp::from_ms(ms).unwrap();
        let (kind, source, body) = self.step(who, step, ms);
        let mut text = String::with_capacity(512);
        let (id, subject) = (self.name('e', who, step + 1), self.id(who));
        write!(
            text,
            r#"{{"specversion":"1.0","id":"{id}","source":"{source}","type":"{kind}","subject":"{subject}","time":"{at}","recordedtime":"{at}","data":{{{body}}}}}"#
        )
        .unwrap();
        into.extend_from_slice(text.as_bytes());
    }

    fn step(&self, who: usize, step: usize, ms: i64) -> (&'static str, &'static str, String) {
        let order = |n: usize| format!(r#""order":"{}""#, self.name('o', who, n));
        let (first, second) = (order(1), order(2));
        let minor = 2_000 + (who * 31) % 9_000;
        let money = format!(r#"{{"minor":{minor},"currency":"EUR"}}"#);
        let ticket = format!(r#""ticket":"{}""#, self.name('t', who, 1));
        let mail = format!(r#""message":"{}""#, self.name('m', who, 1));
        let promised = nexusflow_model::Timestamp::from_ms(ms + 4 * STEP_MS).unwrap();
        let placed = |order: &str| {
            let sku = who % 400;
            let line = format!(
                r#"{{"sku":"sku-{sku}","name":"Espresso beans {sku}","category":"beans","quantity":2,"amount":{money}}}"#
            );
            format!(r#"{order},"total":{money},"lines":[{line}],"channel":"web""#)
        };
        let paid = |order: &str, n| {
            format!(r#""payment":"{}","amount":{money},{order},"method":"card""#, self.name('p', who, n))
        };
        match step {
            0 => (
                "customer.identified",
                "/crm",
                format!(
                    r#""name":"Customer Number {who}","email":"customer.{who}@mail.example","kind":"consumer","segment":"household","country":"{}""#,
                    ["ES", "DE", "PT", "FR", "IT"][who % 5]
                ),
            ),
            1 => ("page.viewed", "/shop", format!(r#""page":"/beans/{}","seconds":40"#, who % 50)),
            2 => ("order.placed", "/shop", placed(&first)),
            3 => ("payment.received", "/shop", paid(&first, 1)),
            4 => ("delivery.promised", "/shipping", format!(r#"{first},"promised_at":"{promised}","carrier":"Veloz""#)),
            5 => ("delivery.shipped", "/shipping", format!(r#"{first},"carrier":"Veloz""#)),
            6 => ("delivery.delivered", "/shipping", first),
            7 => ("email.sent", "/mail", format!(r#"{mail},"direction":"outbound","campaign":"spring""#)),
            8 => ("email.opened", "/mail", format!(r#"{mail},"campaign":"spring""#)),
            9 => (
                "ticket.opened",
                "/helpdesk",
                format!(
                    r#"{ticket},"channel":"email","priority":"{}","topic":"Grinder","text":"The grinder is noisy and slow since last week. Can you help?","#,
                    ["low", "normal", "high"][who % 3]
                ) + &first,
            ),
            10 => (
                "ticket.replied",
                "/helpdesk",
                format!(
                    r#"{ticket},"author_kind":"agent","author":"Marta","public":true,"text":"We are sorry. Please clean the burrs and tell us whether it helps.""#
                ),
            ),
            11 => (
                "ticket.replied",
                "/helpdesk",
                format!(
                    r#"{ticket},"author_kind":"customer","public":true,"text":"That helped, it works well now. Thank you!""#
                ),
            ),
            12 => ("ticket.resolved", "/helpdesk", format!(r#"{ticket},"by":"Marta","code":"advice","sla_met":true"#)),
            13 => (
                "survey.answered",
                "/voice",
                format!(
                    r#""survey":"{}","measures":"nps","score":{},"touchpoint":"support""#,
                    self.name('s', who, 1),
                    [9, 10, 8, 9, 7, 10, 9, 8, 10, 9, 6, 4][who % 12]
                ),
            ),
            14 => ("page.viewed", "/shop", r#""page":"/machines","seconds":75"#.to_owned()),
            15 => ("order.placed", "/shop", placed(&second)),
            16 => ("payment.received", "/shop", paid(&second, 2)),
            17 => {
                ("delivery.promised", "/shipping", format!(r#"{second},"promised_at":"{promised}","carrier":"Veloz""#))
            }
            18 => ("delivery.shipped", "/shipping", format!(r#"{second},"carrier":"Veloz""#)),
            _ => ("delivery.delivered", "/shipping", second),
        }
    }
}
