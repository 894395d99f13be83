//! The owner of a partition, as the runtime's is: restores, folds, lets leave, saves, ticks; a little at a time.

use crate::leave::Leaving;
use crate::log::Record;
use crate::plant::Plant;
use crate::save::Saving;
use crate::store::StoreError;
use crate::verdict::Simulated;
use crate::world::Shared;
use nexusflow_engine::checkpoint::Manifest;
use nexusflow_engine::{Domain, Partition};
use nexusflow_model::{Envelope, Id, Kind, partition};
use std::collections::BTreeMap;

pub(crate) struct Owner<D: Simulated> {
    pub(crate) partition: Partition<D>,
    leaving: Leaving,
    saving: Saving,
    /// Where the log is read. The partition's own sequence, unless a bug is planted.
    cursor: u64,
}

impl<D: Simulated> Owner<D> {
    /// Restores the newest good checkpoint, or where `skips` some of the newest are not looked at, an older one, or starts with
    /// nothing. A damaged one is set aside.
    pub(crate) fn take(id: u32, skips: usize, shared: &mut Shared) -> Self {
        let mut found = None;
        for name in shared.store.manifests(id).unwrap_or_default().iter().skip(skips) {
            match read(shared.store.manifest(name), shared) {
                Ok(restored) => {
                    found = Some(restored);
                    break;
                }
                Err(StoreError::Damaged) => {
                    shared.trace.step("sets a checkpoint aside", id, name.sequence());
                    shared.set_aside += 1;
                    shared.store.remove(name);
                }
                Err(StoreError::Away) => {}
            }
        }
        let (partition, base) = found.map_or((Partition::new(id), None), |(state, base)| (state, Some(base)));
        shared.trace.step("takes the partition", id, partition.sequence());
        let has_more = partition.sequence() > 0 && shared.plant == Plant::CursorIgnored;
        let cursor = partition.sequence() - u64::from(has_more);
        Self { partition, leaving: Leaving::default(), saving: Saving::new(base), cursor }
    }

    /// Does some little thing, whichever chance wants.
    pub(crate) fn step(&mut self, shared: &mut Shared) {
        match shared.chance.below(8) {
            0..3 => {
                for _ in 0..=shared.chance.below(5) {
                    self.fold(shared);
                }
            }
            3..5 => self.leaving.step(self.partition.id(), shared),
            5..7 => {
                let begins = shared.chance.one_in(6);
                self.saving.step(&mut self.partition, &self.leaving, begins, shared);
            }
            _ => self.tick(shared),
        }
    }

    /// Everything there is to fold and to let leave; false where nothing was left to do.
    pub(crate) fn drain(&mut self, shared: &mut Shared) -> bool {
        let mut did = false;
        while self.fold(shared) {
            did = true;
        }
        while !self.leaving.is_empty() {
            self.leaving.step(self.partition.id(), shared);
            did = true;
        }
        did
    }

    /// A last checkpoint, and what it holds; none where it can't be read.
    pub(crate) fn save(&mut self, shared: &mut Shared) -> Option<BTreeMap<u32, Vec<u8>>> {
        while !self.saving.is_resting() {
            self.saving.step(&mut self.partition, &self.leaving, false, shared);
        }
        // One that fails because what it builds on is lost is followed by a whole one.
        for _ in 0..3 {
            self.saving.step(&mut self.partition, &self.leaving, true, shared);
            while !self.saving.is_resting() {
                self.saving.step(&mut self.partition, &self.leaving, false, shared);
            }
            let is_there = |base: &&Manifest| base.stamp().sequence == self.partition.sequence();
            let Some(base) = self.saving.base.as_ref().filter(is_there) else { continue };
            match shared.store.parts(base) {
                Ok(parts) => return Some(parts),
                // What was carried over has been damaged since: the next one begins anew.
                Err(_) => self.saving = Saving::new(None),
            }
        }
        None
    }

    fn fold(&mut self, shared: &mut Shared) -> bool {
        let id = self.partition.id();
        let Some(record) = shared.logs[id as usize].get(self.cursor + 1) else { return false };
        self.cursor += 1;
        let sequence = self.partition.sequence() + 1;
        let record = match shared.plant {
            Plant::NothingSeen => renamed(record, sequence),
            _ => record.clone(),
        };
        let commands: Vec<u64> =
            record.iter().flatten().filter(|event| is_command(event)).map(partition::identity_hash).collect();
        let folded = self.partition.fold(sequence, record);
        shared.trace.step("folds", id, sequence);
        self.leaving.put(folded.emissions);
        for identity in commands {
            if let Some(decision) = self.partition.decision(identity) {
                shared.answer(id, decision);
            }
        }
        true
    }

    fn tick(&mut self, shared: &mut Shared) {
        let id = self.partition.id();
        let is_behind = self.cursor < shared.logs[id as usize].last();
        if !is_behind && self.partition.tick_due().is_some_and(|due| due <= shared.now) {
            shared.tick(id, shared.now);
        }
    }
}

fn is_command(envelope: &Envelope) -> bool {
    envelope.event.kind().is_command()
}

/// The record, with ids that nobody has seen.
fn renamed(record: &Record, sequence: u64) -> Record {
    let rename = |(index, envelope): (usize, &Envelope)| {
        let is_told_apart = !matches!(envelope.event.kind(), Kind::ConfigChanged | Kind::ClockTicked);
        let id = Id::new(&format!("{sequence}.{index}")).unwrap();
        Envelope { id: if is_told_apart { id } else { envelope.id.clone() }, ..envelope.clone() }
    };
    (0..)
        .zip(record)
        .map(|(index, event)| event.as_ref().map(|event| rename((index, event))).map_err(Clone::clone))
        .collect()
}

fn read<D: Domain>(
    manifest: Result<Manifest, StoreError>,
    shared: &Shared,
) -> Result<(Partition<D>, Manifest), StoreError> {
    let manifest = manifest?;
    let parts = shared.store.parts(&manifest)?;
    let parts = parts.iter().map(|(part, bytes)| (*part, bytes.as_slice()));
    Ok((Partition::restore(parts).map_err(|_| StoreError::Damaged)?, manifest))
}
