//! The log: everything that happens, in order, a NATS JetStream stream a partition.
//!
//! This is the only crate that knows how a stream is laid out. Connectors append ([`Appender`]), the runtime reads
//! ([`Reader`]), everybody connects ([`Log`]). It knows nothing of what events mean.
#![warn(missing_docs)]

mod append;
mod applied;
mod bucket;
mod condition;
mod connect;
mod dead_letter;
mod dead_letter_mark;
mod dead_letter_read;
mod deliveries;
mod effects;
mod kept;
mod layout;
mod leadership;
mod lease;
mod places;
mod queue;
mod read;
mod roster;
mod stop;
mod watching;

pub use append::{AppendError, Appender, Receipt};
pub use applied::{Applied, Hearing};
pub use bucket::{Bucket, BucketError, Entry};
pub use condition::Condition;
pub use connect::{ConnectError, Connection, Log, NatsSettings, connect};
pub use dead_letter::{DeadLetter, DeadLetters};
pub use dead_letter_mark::{Fate, Mark};
pub use dead_letter_read::{Count, DeadLetterBox, KeptLetter, Page, Selection, State};
pub use deliveries::{Deliveries, DeliveriesError, Delivery, Outcome, TargetState, TestOrder};
pub use effects::{EffectLog, EffectLogError, last_effect};
pub use kept::{Kept, KeptError};
pub use layout::{LayoutError, LogSettings, Origin};
pub use leadership::{Leader, Leadership};
pub use lease::{Change, Holding, LeaseError, Leases, Member, Snapshot};
pub use places::{PlaceError, Places};
pub use queue::{Queue, Waiting};
pub use read::{ReadError, Reader, Record};
pub use roster::{Holder, Roster};
pub use stop::raised;
pub use watching::Watching;

/// What the NATS client library answers with.
pub use async_nats;
