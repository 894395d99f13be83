//! The same aggregation as a domain of NexusFlow's engine: decoded as the worker decodes, folded as the worker folds. That
//! includes what the engine can't be without: every event checked and counted once by its id, for ever; profiles packed that were
//! not used for a while; rollups in panes that a gateway would merge, and what changed of them taken after each record.
//!
//! `engine RECORDING TABLE`

use nexusflow_engine::{Context, Domain, merge_fields};
use nexusflow_model::{Envelope, Event, Timestamp};
use nexusflow_peers::{Account, Failure, replay, table};
use serde::{Deserialize, Serialize};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const HOUR_MS: i64 = 3_600_000;

struct Accounts;

/// What is counted over all customers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Takings {
    payments: i64,
    minor: i64,
    at_risk: i64,
}

merge_fields!(Takings { payments, minor, at_risk });

impl Domain for Accounts {
    type Config = ();
    type Shared = ();
    type Profile = Account;
    type Rollup = Takings;
    type Effect = ();
    type Note = ();
    type Card = ();
    type Timer = ();
    const VERSION: u32 = 1;

    fn keyspace(_: &Envelope) -> u8 {
        0
    }

    fn day_and_hour((): &(), at: Timestamp) -> (i32, i32) {
        let hour = at.as_ms().div_euclid(HOUR_MS);
        (hour.div_euclid(24) as i32, hour.rem_euclid(24) as i32)
    }

    fn backfill_after_ms((): &()) -> i64 {
        24 * HOUR_MS
    }

    fn fold(context: &mut Context<'_, Self>, account: &mut Account, envelope: &Envelope) {
        let Event::PaymentReceived(payment) = &envelope.event else { return };
        let (at, minor, was_at_risk) = (envelope.occurred_at, payment.amount.minor, account.is_at_risk());
        account.add(at.as_ms(), minor);
        context.count_at(at, |takings| {
            takings.payments += 1;
            takings.minor += minor;
        });
        if account.is_at_risk() != was_at_risk {
            context.count_now(|takings| takings.at_risk += if was_at_risk { -1 } else { 1 });
        }
    }

    fn fire(_: &mut Context<'_, Self>, _: &mut Account, (): &()) {}

    fn reconfigured(_: &mut Context<'_, Self>, _: &mut Account) {}
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(recording), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("engine RECORDING TABLE".into());
    };
    let partitions = replay::fold::<Accounts>(recording.as_ref(), None)?;
    let accounts = partitions.iter().flat_map(|partition| partition.beginnings(Account::clone));
    table::write(to.as_ref(), accounts.map(|((_, customer), account)| (customer.as_str(), account)))
}
