//! Where a replay is, on disk: so that one that was interrupted goes on from there.

use super::plan::Plan;
use super::sequence::Sequence;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The place of a replay can't be read or kept.
#[derive(Debug, thiserror::Error)]
#[error("can't keep the place of the replay in {}: {cause}", path.display())]
pub struct StateError {
    /// The file it is kept in.
    pub path: PathBuf,
    /// What the system said.
    pub cause: std::io::Error,
}

/// What stands in the file. Its name says of which data and options it is.
#[derive(Debug, Serialize, Deserialize)]
struct State {
    /// Everything before this position is stored.
    position: usize,
    /// How many there are, for whoever looks at the file.
    of: usize,
}

#[derive(Debug)]
pub(super) struct Saved {
    path: PathBuf,
    last: Option<usize>,
    of: usize,
}

impl Saved {
    /// The place of a replay of `plan` in the order of `sequence`, in `folder`.
    pub(super) fn new(folder: &Path, plan: &Plan, sequence: &Sequence) -> Self {
        let name: String = plan
            .name()
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '_' })
            .collect();
        let what = plan.fingerprint() ^ sequence.hash();
        Self { path: folder.join(format!("replay-{name}-{what:016x}.json")), last: None, of: sequence.len() }
    }

    /// The position to go on from: 0 where nothing was kept, or nothing that can be understood. Beginning anew is harmless, the
    /// ids are the same.
    pub(super) async fn load(&self) -> Result<usize, StateError> {
        match tokio::fs::read(&self.path).await {
            Ok(json) => Ok(serde_json::from_slice(&json).map_or(0, |state: State| state.position)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(0),
            Err(cause) => Err(self.error(cause)),
        }
    }

    /// Keeps a position, replacing the one before as a whole.
    pub(super) async fn save(&mut self, position: usize) -> Result<(), StateError> {
        if self.last == Some(position) {
            return Ok(());
        }
        self.write(position).await.map_err(|cause| self.error(cause))?;
        self.last = Some(position);
        Ok(())
    }

    async fn write(&self, position: usize) -> std::io::Result<()> {
        if let Some(folder) = self.path.parent() {
            tokio::fs::create_dir_all(folder).await?;
        }
        let json = serde_json::to_vec(&State { position, of: self.of })?;
        let fresh = self.path.with_extension("fresh");
        tokio::fs::write(&fresh, json).await?;
        tokio::fs::rename(&fresh, &self.path).await
    }

    fn error(&self, cause: std::io::Error) -> StateError {
        StateError { path: self.path.clone(), cause }
    }
}
