//! Reading what older versions have stored, a step a version.
//!
//! When a stored type changes, its old form moves into the file of the version that ends, with the step to the next one, and
//! [`Commerce::VERSION`](crate::Commerce) is raised. `tests/golden` holds a checkpoint of every version there was.

pub mod v1;

use crate::Commerce;
use nexusflow_engine::{Domain, Partition, RestoreError};

/// The state from the parts of a checkpoint that version `version` of the domain has written.
///
/// # Errors
/// Where the version is not known, or a part is missing or makes no sense: the state is then rebuilt from the log.
pub fn restore<'a>(
    version: u32,
    parts: impl IntoIterator<Item = (u32, &'a [u8])>,
) -> Result<Partition<Commerce>, RestoreError> {
    match version {
        Commerce::VERSION => Partition::restore(parts),
        found => Err(RestoreError::Version { found, known: Commerce::VERSION }),
    }
}
