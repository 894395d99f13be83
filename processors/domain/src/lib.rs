//! What the business asks of the fold: a folder a story, a file a capability.
//!
//! A capability is a facet (what is known of one customer), a rollup (what is counted over all) and what a view shows of both.
//! The facets stand in one list ([`profile`]), the rollups in another ([`rollup`]), the topics in a third ([`views`]).
//! Synchronous and pure, like the engine below.
#![warn(missing_docs)]
#![deny(clippy::iter_over_hash_type)]

pub mod activity;
pub mod alert;
pub mod config;
pub mod crm;
pub mod experience;
pub mod headline;
pub mod money_by_currency;
pub mod profile;
pub mod query;
pub mod retention;
pub mod revenue;
pub mod rollup;
pub mod sources;
pub mod subject;
pub mod timer;
pub mod upgrade;
pub mod views;
pub mod voice;

pub use activity::Activity;
pub use alert::AlertEffect;
pub use config::Business;
pub use profile::Profile;
pub use rollup::Rollup;
pub use timer::Timer;

use nexusflow_engine::{Context, Domain};
use nexusflow_model::{Envelope, Timestamp};

/// The business, as the engine sees it.
#[derive(Debug)]
pub struct Commerce;

/// What a fold of this domain has beside profile and event.
pub type Fold<'a> = Context<'a, Commerce>;

impl Domain for Commerce {
    type Config = Business;
    type Shared = voice::Heard;
    type Profile = Profile;
    type Rollup = Rollup;
    type Effect = AlertEffect;
    type Note = Activity;
    type Card = alert::Card;
    type Timer = Timer;
    const VERSION: u32 = 6;

    fn keyspace(envelope: &Envelope) -> u8 {
        subject::of_envelope(envelope) as u8
    }

    fn day_and_hour(config: &Business, at: Timestamp) -> (i32, i32) {
        config.business.time_zone.day_and_hour(at)
    }

    fn backfill_after_ms(config: &Business) -> i64 {
        i64::from(config.time.backfill_after_h) * 3_600_000
    }

    fn fold(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
        match subject::of_envelope(envelope) {
            subject::Subject::Customer if crm::links::look(context, profile, envelope) => {
                profile.fold(context, envelope);
                crm::links::count(context, profile);
            }
            subject::Subject::Alias => crm::alias::fold(context, profile.alias.get_or_insert_default(), envelope),
            subject::Subject::Model => voice::hear_of_model(context, &envelope.event),
            subject::Subject::Sku => profile.stock.get_or_insert_default().fold(context, envelope),
            subject::Subject::Seller => profile.seller.get_or_insert_default().fold(context, envelope),
            subject::Subject::Source => alert::rules::operations::look(context, profile, envelope),
            _ => {}
        }
    }

    fn fire(context: &mut Fold<'_>, profile: &mut Profile, timer: &Timer) {
        timer::fire(context, profile, timer);
    }

    fn succeed(before: &Business, after: Business, at: Timestamp) -> Business {
        after.after(before, at)
    }

    fn reconfigured(context: &mut Fold<'_>, profile: &mut Profile) {
        if profile.identity.events > 0 {
            profile.reconfigured(context);
            alert::sla::reconfigured(context, profile);
            crm::links::reconfigured(context, profile);
        }
        if let Some(alias) = &mut profile.alias {
            alias.say_who_is_one(context);
        }
    }
}
