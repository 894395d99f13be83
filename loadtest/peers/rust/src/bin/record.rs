//! Writes the recording that everybody reads: payments as CloudEvents, a line each, as NexusFlow's log has them. The same arguments
//! give the same bytes.
//!
//! `record RECORDING [EVENTS] [CUSTOMERS]`

use nexusflow_model::event::finance::Payment;
use nexusflow_model::{Currency, Envelope, Event, Id, Label, Money, Source, Timestamp, cloudevents};
use nexusflow_peers::Failure;
use std::fs::File;
use std::io::{BufWriter, Write};

/// The days that the recording lasts.
const DAYS: u64 = 10;
const DAY_MS: u64 = 86_400_000;
/// One payment in so many is heard of late,
const LATE_ONE_IN: u64 = 20;
/// by so many payments at the most.
const LATE_MAX: u64 = 400;

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("record RECORDING [EVENTS] [CUSTOMERS]")?;
    let events: u64 = arguments.next().map_or(Ok(2_000_000), |text| text.parse())?;
    let customers: u64 = arguments.next().map_or(Ok(20_000), |text| text.parse())?;
    // Of what is later than another by at most LATE_MAX steps no two have the same remainder, and so no two the same time.
    let step_ms = (DAYS * DAY_MS / events.max(1)).clamp(LATE_MAX + 2, DAY_MS);
    let start: Timestamp = "2026-01-05T00:00:00Z".parse()?;
    let (source, currency, method) = (Source::new("/shop/eu")?, Currency::new("EUR")?, Label::new("card")?);
    let zipf = Zipf::new(customers);
    let mut chance = Chance(42);
    let mut file = BufWriter::with_capacity(1 << 18, File::create(path)?);
    for n in 0..events {
        let recorded_ms = n * step_ms;
        let is_late = n > LATE_MAX && chance.below(LATE_ONE_IN) == 0;
        let occurred_ms =
            if is_late { (n - 1 - chance.below(LATE_MAX)) * step_ms + 1 + n % (LATE_MAX + 1) } else { recorded_ms };
        // Most are small, few are large.
        let share = chance.below(1_000);
        let amount = 100 + share * share * share / 10_000 + chance.below(100);
        let payment = Payment {
            payment: Id::new(&format!("pay-{n}"))?,
            amount: Money::from_minor(amount as i64, currency)?,
            order: Some(Id::new(&format!("order-{n}"))?),
            invoice: None,
            method: Some(method.clone()),
            instalments: None,
        };
        let envelope = Envelope {
            id: Id::new(&format!("payment-{n}"))?,
            source: source.clone(),
            subject: Id::new(&format!("customer-{:06}", zipf.draw(&mut chance)))?,
            occurred_at: start.plus_ms(occurred_ms as i64),
            recorded_at: start.plus_ms(recorded_ms as i64),
            forwarded: 0,
            event: Event::PaymentReceived(payment),
        };
        file.write_all(&cloudevents::encode(&envelope))?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

/// Numbers that look like chance. Source: Sebastiano Vigna, `splitmix64.c`.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }
}

/// The customer of rank r has a share of 1 / r.
struct Zipf {
    /// The sum of the shares up to each rank.
    upto: Vec<u64>,
}

impl Zipf {
    fn new(ranks: u64) -> Self {
        let shares = (1..=ranks.max(1)).map(|rank| (1 << 40) / rank);
        let upto = shares.scan(0, |sum, share| {
            *sum += share;
            Some(*sum)
        });
        Self { upto: upto.collect() }
    }

    fn draw(&self, chance: &mut Chance) -> usize {
        let at = chance.below(self.upto.last().copied().unwrap_or(1));
        self.upto.partition_point(|upto| *upto <= at)
    }
}
