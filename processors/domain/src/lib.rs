//! What the business asks of the fold: a folder a story, a file a capability.
//!
//! A capability is a facet (what is known of one customer), a rollup (what is counted over all) and what a view shows of both.
//! The facets stand in one list ([`profile`]), the rollups in another ([`rollup`]), the topics in a third ([`views`]).
//! Synchronous and pure, like the engine below.
#![warn(missing_docs)]
#![deny(clippy::iter_over_hash_type)]

pub mod activity;
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
pub mod subject;
pub mod views;
pub mod voice;

pub use activity::Activity;
pub use config::Business;
pub use profile::Profile;
pub use rollup::Rollup;

use nexusflow_engine::{Context, Domain};
use nexusflow_model::{Envelope, Kind, Timestamp};

/// The business, as the engine sees it.
#[derive(Debug)]
pub struct Commerce;

/// What a fold of this domain has beside profile and event.
pub type Fold<'a> = Context<'a, Commerce>;

impl Domain for Commerce {
    type Config = Business;
    type Profile = Profile;
    type Rollup = Rollup;
    type Effect = Activity;
    const VERSION: u32 = 1;

    fn keyspace(kind: Kind) -> u8 {
        subject::of(kind) as u8
    }

    fn day_and_hour(config: &Business, at: Timestamp) -> (i32, i32) {
        config.business.time_zone.day_and_hour(at)
    }

    fn fold(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
        if subject::of(envelope.event.kind()) == subject::Subject::Customer {
            profile.fold(context, envelope);
        }
    }

    fn reconfigured(context: &mut Fold<'_>, profile: &mut Profile) {
        profile.reconfigured(context);
    }
}
