//! Checkpoints, as the runtime writes them: a cut is made part by part, waits until what follows from its records has left, and is
//! stored object by object, the manifest last; it is read back, and then older ones go. Between any two steps the owner may die.

use crate::leave::Leaving;
use crate::plant::Plant;
use crate::store::StoreError;
use crate::world::Shared;
use nexusflow_engine::checkpoint::{self, Changes, Manifest, Name, Object, Plan, Stamp};
use nexusflow_engine::{Cut, Domain, Partition};
use std::collections::VecDeque;

/// When the logs were created.
pub(crate) const CREATED_NS: i64 = 77;
/// Checkpoints kept.
const KEPT: usize = 2;
const HEAD: u32 = 0;

pub(crate) struct Saving {
    /// The checkpoint that the next one builds on.
    pub(crate) base: Option<Manifest>,
    /// What could not be stored belongs to the next one.
    pending: Changes,
    stage: Stage,
}

enum Stage {
    Resting,
    Cutting { is_whole: bool, late: Option<Cut> },
    Leaving { stamp: Stamp, changes: Changes },
    Writing(Box<Writing>),
}

struct Writing {
    base: Option<Manifest>,
    plan: Plan,
    segments: VecDeque<Object>,
    manifest_object: Object,
    manifest: Manifest,
    is_stored: bool,
}

impl Saving {
    /// On top of what was restored.
    pub(crate) fn new(base: Option<Manifest>) -> Self {
        Self { base, pending: Changes::default(), stage: Stage::Resting }
    }

    pub(crate) fn is_resting(&self) -> bool {
        matches!(self.stage, Stage::Resting)
    }

    /// The next little of it; a new checkpoint is begun where `begins`.
    pub(crate) fn step<D: Domain>(
        &mut self,
        partition: &mut Partition<D>,
        leaving: &Leaving,
        begins: bool,
        shared: &mut Shared,
    ) {
        let id = partition.id();
        self.stage = match std::mem::replace(&mut self.stage, Stage::Resting) {
            Stage::Resting if begins && partition.sequence() > 0 => self.begin(partition, shared),
            Stage::Resting => Stage::Resting,
            // An owner that stops drops what it has begun, and begins a last one.
            Stage::Cutting { .. } if shared.fails(20) => self.begin(partition, shared),
            Stage::Cutting { is_whole, late } => cut(partition, is_whole, late, shared),
            Stage::Leaving { changes, .. } if shared.fails(20) => {
                self.pending = std::mem::take(&mut self.pending).then(changes);
                self.begin(partition, shared)
            }
            Stage::Leaving { stamp, changes }
                if leaving.is_settled(stamp.sequence) || shared.plant == Plant::CheckpointUnsettled =>
            {
                self.plan(id, stamp, changes, shared)
            }
            Stage::Leaving { stamp, changes } => Stage::Leaving { stamp, changes },
            Stage::Writing(writing) => self.write(id, *writing, shared),
        };
    }

    fn begin<D: Domain>(&mut self, partition: &mut Partition<D>, shared: &mut Shared) -> Stage {
        let is_whole = self.base.is_none() && !self.pending.is_whole();
        if is_whole {
            partition.mark_unwritten();
        }
        shared.trace.step("begins a cut", partition.id(), partition.sequence());
        if shared.plant == Plant::LateParts {
            return Stage::Cutting { is_whole, late: Some(partition.cut_whole().unwrap()) };
        }
        partition.begin_cut();
        Stage::Cutting { is_whole, late: None }
    }

    fn plan(&mut self, id: u32, stamp: Stamp, changes: Changes, shared: &mut Shared) -> Stage {
        let changes = std::mem::take(&mut self.pending).then(changes);
        let base = self.base.take();
        let Ok(plan) = Plan::new(base.as_ref(), id, stamp, changes) else {
            shared.trace.step("needs the whole", id, stamp.sequence);
            return Stage::Resting;
        };
        let mut fetched = Vec::new();
        for segment in plan.needed() {
            match shared.store.get(&plan.name_of(*segment)) {
                Ok(bytes) => fetched.push(bytes.to_vec()),
                Err(error) => return self.fail(base, plan, &error, id, shared),
            }
        }
        match plan.build(&fetched) {
            Ok(written) => Stage::Writing(Box::new(Writing {
                base,
                plan,
                segments: written.segments.into(),
                manifest_object: written.manifest_object,
                manifest: written.manifest,
                is_stored: false,
            })),
            Err(error) => self.fail(base, plan, &error.into(), id, shared),
        }
    }

    /// What was to be written is kept, unless what it builds on is lost: then everything has to be written anew.
    fn fail(&mut self, base: Option<Manifest>, plan: Plan, error: &StoreError, id: u32, shared: &mut Shared) -> Stage {
        shared.trace.step("fails to checkpoint", id, 0);
        if matches!(error, StoreError::Away) {
            (self.base, self.pending) = (base, plan.into_changes());
        }
        Stage::Resting
    }

    fn write(&mut self, id: u32, mut writing: Writing, shared: &mut Shared) -> Stage {
        let next = writing.segments.pop_front();
        let object = match &next {
            Some(object) => object,
            None if !writing.is_stored => {
                writing.is_stored = true;
                &writing.manifest_object
            }
            None => return self.prove(id, writing, shared),
        };
        shared.trace.step("stores an object", id, object.bytes.len() as u64);
        match shared.store.put(object, &mut shared.chance) {
            Ok(()) => Stage::Writing(Box::new(writing)),
            Err(error) => self.fail(writing.base, writing.plan, &error, id, shared),
        }
    }

    /// Reads back what was written, and removes what is no longer needed.
    fn prove(&mut self, id: u32, writing: Writing, shared: &mut Shared) -> Stage {
        let Writing { base, plan, manifest_object, manifest, .. } = writing;
        match prove(&manifest_object.name, &manifest, shared) {
            Ok(listed) => {
                shared.trace.step("has a checkpoint", id, manifest.stamp().sequence);
                shared.checkpoints += 1;
                tidy(&manifest_object.name, &manifest, &listed, shared);
                self.base = Some(manifest);
                Stage::Resting
            }
            Err(error) => {
                if matches!(error, StoreError::Damaged) {
                    shared.store.remove(&manifest_object.name);
                }
                self.fail(base, plan, &error, id, shared)
            }
        }
    }
}

fn cut<D: Domain>(partition: &mut Partition<D>, is_whole: bool, late: Option<Cut>, shared: &mut Shared) -> Stage {
    let parts = if shared.chance.one_in(4) { usize::MAX } else { 1 + shared.chance.below(12) };
    let mut cut = None;
    if let Some(early) = late {
        let head = early.changed.get(&HEAD).cloned().unwrap();
        let mut both = early.clone().then(partition.cut_whole().unwrap());
        both.sequence = early.sequence;
        both.changed.insert(HEAD, head);
        cut = Some(both);
    }
    for _ in 0..parts {
        if cut.is_some() || !partition.is_cutting() {
            break;
        }
        cut = partition.cut_some().unwrap();
    }
    let Some(cut) = cut else { return Stage::Cutting { is_whole, late: None } };
    let stamp = Stamp { domain_version: D::VERSION, created_ns: CREATED_NS, sequence: cut.sequence };
    let changed = cut.changed.into_iter().collect();
    let changes = if is_whole { Changes::whole(changed) } else { Changes::since(changed, cut.removed) };
    Stage::Leaving { stamp, changes }
}

fn prove(name: &Name, manifest: &Manifest, shared: &Shared) -> Result<Vec<Name>, StoreError> {
    let listed = shared.store.list(manifest.partition())?;
    if !checkpoint::missing(&listed, manifest).is_empty() || shared.store.manifest(name)? != *manifest {
        return Err(StoreError::Damaged);
    }
    // The segments of earlier ones were read back when they were written.
    let sequence = manifest.stamp().sequence;
    for segment in manifest.segments().iter().filter(|segment| segment.sequence == sequence) {
        checkpoint::read(manifest, *segment, shared.store.get(&manifest.name_of(*segment))?)?;
    }
    Ok(listed)
}

fn tidy(name: &Name, manifest: &Manifest, listed: &[Name], shared: &mut Shared) {
    let names = listed.iter().filter(|name| matches!(name, Name::Manifest { .. }));
    let manifests: Vec<(Name, Manifest)> =
        names.filter_map(|name| Some((*name, shared.store.manifest(name).ok()?))).collect();
    let removable = checkpoint::removable(listed, &manifests, (name, manifest), KEPT);
    for name in removable.manifests.iter().chain(&removable.segments) {
        shared.store.remove(name);
    }
}
