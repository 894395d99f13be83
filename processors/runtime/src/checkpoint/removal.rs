//! Removing what is no longer needed, once a checkpoint is proven readable.

use super::store::{Listed, Store, StoreError, computing};
use nexusflow_engine::checkpoint::{self, Manifest, Name};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Duration;

/// Checkpoints that are kept, the newest one included.
const KEPT: usize = 2;

/// What belongs to no checkpoint may be of one that another worker is writing. After this time it is not.
const UNFINISHED: Duration = Duration::from_secs(15 * 60);

/// Manifests that were read. They never change.
pub(super) type Known = BTreeMap<Name, Manifest>;

/// Removes what nobody needs while `proven` is there and readable, and what was left by attempts that were killed.
pub(super) async fn tidy(
    store: &Store,
    listed: &[Listed],
    proven: (&Name, &Manifest),
    known: &mut Known,
) -> Result<(), StoreError> {
    let names: Vec<Name> = listed.iter().map(|object| object.name).collect();
    let manifests = manifests(store, &names, known).await?;
    let removable = checkpoint::removable(&names, &manifests, proven, KEPT);
    let newest_s = listed.iter().map(|object| object.modified_s).max().unwrap_or_default();
    let is_old = |object: &&Listed| object.modified_s + UNFINISHED.as_secs() as i64 <= newest_s;
    let old: BTreeSet<Name> = listed.iter().filter(is_old).map(|object| object.name).collect();
    let orphans = removable.orphans.iter().filter(|name| old.contains(name));
    let removed: Vec<Name> = removable.manifests.iter().chain(&removable.segments).chain(orphans).copied().collect();
    store.remove(&removed).await?;
    known.retain(|name, _| !removable.manifests.contains(name));
    if let Some(folder) = store.place.folder().map(Path::to_owned) {
        let partition = proven.0.partition();
        computing(move || remove_unfinished(&folder, partition)).await?;
    }
    Ok(())
}

/// Removes what a failed attempt has stored, unless a checkpoint needs it: another worker may have written the very same. The
/// manifest itself goes only where `is_bad`: one that is whole although the store did not answer does no harm.
pub(super) async fn undo(
    store: &Store,
    manifest: &Name,
    segments: &[Name],
    is_bad: bool,
    known: &mut Known,
) -> Result<(), StoreError> {
    if is_bad {
        store.remove(&[*manifest]).await?;
    }
    let names: Vec<Name> = store.list(manifest.partition()).await?.iter().map(|object| object.name).collect();
    let manifests = manifests(store, &names, known).await?;
    let needs = |of: &Manifest, name: &Name| of.segments().iter().any(|segment| of.name_of(*segment) == *name);
    let is_needed = |name: &&Name| manifests.iter().any(|(_, of)| needs(of, name));
    let not_needed: Vec<Name> = segments.iter().filter(|name| !is_needed(name)).copied().collect();
    store.remove(&not_needed).await
}

/// The manifests among `names` that can be read.
async fn manifests(store: &Store, names: &[Name], known: &mut Known) -> Result<Vec<(Name, Manifest)>, StoreError> {
    for name in names.iter().filter(|name| matches!(name, Name::Manifest { .. })) {
        if known.contains_key(name) {
            continue;
        }
        match store.get(name).await {
            Ok(bytes) => drop(Manifest::read(name, &bytes).map(|manifest| known.insert(*name, manifest))),
            Err(StoreError::Content(_)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(names.iter().filter_map(|name| Some((*name, known.get(name)?.clone()))).collect())
}

/// Removes what a write that was killed left in a folder: `NAME#N`, which is no object yet.
fn remove_unfinished(folder: &Path, partition: u32) {
    let Ok(entries) = std::fs::read_dir(folder.join(format!("{partition:03}"))) else { return };
    for entry in entries.filter_map(Result::ok) {
        let is_unfinished = entry.file_name().to_string_lossy().contains('#');
        let modified = entry.metadata().and_then(|metadata| metadata.modified());
        if is_unfinished && modified.is_ok_and(|at| at.elapsed().is_ok_and(|since| since >= UNFINISHED)) {
            drop(std::fs::remove_file(entry.path()));
        }
    }
}
