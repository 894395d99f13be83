//! What is no longer needed.

use super::manifest::Manifest;
use super::name::Name;
use std::collections::BTreeSet;

/// Objects of a partition that no checkpoint to be kept needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Removable {
    /// Manifests of older checkpoints: removed first, so that none stands there without its segments.
    pub manifests: Vec<Name>,
    /// Segments that only those needed.
    pub segments: Vec<Name>,
    /// Older segments of which no manifest is known: of an attempt that failed, or one that is under way elsewhere. To be
    /// removed when they have been there for a while.
    pub orphans: Vec<Name>,
}

/// The segments that a checkpoint needs and that are not among those listed, or have another size there.
pub fn missing(listed: &[Name], manifest: &Manifest) -> Vec<Name> {
    let is_there: BTreeSet<&Name> = listed.iter().collect();
    needs(manifest).filter(|name| !is_there.contains(name)).collect()
}

/// What may be removed of a partition, where `listed` is there, `manifests` are those of it that could be read, and the
/// checkpoint `proven` was just read and verified. It and the newest before it are kept, `kept` in all, and whatever stands
/// later in the log: that is another worker's. A checkpoint of which a segment is not listed does not count.
pub fn removable(
    listed: &[Name],
    manifests: &[(Name, Manifest)],
    proven: (&Name, &Manifest),
    kept: usize,
) -> Removable {
    if !missing(listed, proven.1).is_empty() {
        return Removable::default();
    }
    let is_later = |name: &Name| name.sequence() > proven.0.sequence();
    let is_complete = |(name, manifest): &&(Name, Manifest)| name != proven.0 && missing(listed, manifest).is_empty();
    let mut complete: Vec<&(Name, Manifest)> = manifests.iter().filter(is_complete).collect();
    complete.sort_unstable_by_key(|(name, _)| std::cmp::Reverse(*name));
    let (later, older): (Vec<_>, Vec<_>) = complete.into_iter().partition(|(name, _)| is_later(name));
    let beside: Vec<_> = later.into_iter().chain(older.into_iter().take(kept.saturating_sub(1))).collect();

    let keeping: BTreeSet<Name> = beside.iter().map(|(name, _)| *name).chain([*proven.0]).collect();
    let needed: BTreeSet<Name> = beside.iter().flat_map(|(_, other)| needs(other)).chain(needs(proven.1)).collect();
    let is_removed = |name: &Name| !keeping.contains(name) && !is_later(name);
    let freed: BTreeSet<Name> =
        manifests.iter().filter(|(name, _)| is_removed(name)).flat_map(|(_, other)| needs(other)).collect();

    let mut removable = Removable::default();
    for name in listed.iter().filter(|name| is_removed(name) && !needed.contains(name)) {
        match name {
            Name::Manifest { .. } => removable.manifests.push(*name),
            Name::Segment { .. } if freed.contains(name) => removable.segments.push(*name),
            Name::Segment { .. } => removable.orphans.push(*name),
        }
    }
    removable
}

fn needs(manifest: &Manifest) -> impl Iterator<Item = Name> {
    manifest.segments().iter().map(|segment| manifest.name_of(*segment))
}
