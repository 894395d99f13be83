//! Reading what older versions have stored.
//!
//! When a stored type changes, [`Commerce::VERSION`](crate::Commerce) is raised. Where what is stored can be made into what is to be
//! stored, the old form moves into a file of the version that ends, with the step to the next one. Versions 1 to 4 are not read: they
//! kept neither which stages a deal went through, nor what a customer wrote text by text, nor when they were heard of. Version 5, which
//! wrote changes of health out in full, was never released. Their state is rebuilt from the log, where it all stands. `tests/golden` holds a checkpoint of every version there was.

use crate::Commerce;
use nexusflow_engine::{Domain, Partition, RestoreError};

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
        found => Err(RestoreError::Version { found, known: Commerce::VERSION }),
    }
}
