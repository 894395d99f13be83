//! Reading what older versions have stored, a step a version.
//!
//! When a stored type changes, its old form moves into the file of the version that ends, with the step to the next one, and
//! [`Commerce::VERSION`](crate::Commerce) is raised. Versions 1 and 2 are not read: they did not keep when tickets were answered
//! and what customers' health was, without which no clock of a ticket and no alert can be right. Their state is rebuilt from the
//! log, where it all stands. `tests/golden` holds a checkpoint of every version there was.

mod v3;

use crate::Commerce;
use nexusflow_engine::{Domain, Partition, RestoreError, older};

/// The state from the parts of a checkpoint that version `version` of the domain has written.
///
/// # Errors
/// Where the version is not read, or a part is missing or makes no sense: the state is then rebuilt from the log.
pub fn restore<'a>(
    version: u32,
    parts: impl IntoIterator<Item = (u32, &'a [u8])>,
) -> Result<Partition<Commerce>, RestoreError> {
    match version {
        Commerce::VERSION => Partition::restore(parts),
        3 => {
            let renewed = parts.into_iter().map(|(part, bytes)| Ok((part, older::renewed(part, bytes, v3::renew)?)));
            let parts = renewed.collect::<Result<Vec<_>, RestoreError>>()?;
            Partition::restore(parts.iter().map(|(part, bytes)| (*part, &**bytes)))
        }
        found => Err(RestoreError::Version { found, known: Commerce::VERSION }),
    }
}
