//! How consequences leave, as the runtime's emitter lets them: derived events first, then the entry that says so. Between any two
//! steps the owner may die.

use crate::log::Output;
use crate::plant::Plant;
use crate::save::CREATED_NS;
use crate::world::Shared;
use nexusflow_domain::AlertEffect;
use nexusflow_engine::{Departed, Effect, EffectId, Emission, Outbox};
use nexusflow_model::Envelope;
use std::collections::VecDeque;

#[derive(Default)]
pub(crate) struct Leaving {
    /// Handed over before the output log was asked.
    waiting: Vec<Emission<AlertEffect>>,
    outbox: Option<Outbox<AlertEffect>>,
    /// The number of the output log's last entry, as far as is known.
    last: u64,
    on_the_way: Option<Batch>,
}

struct Batch {
    through: EffectId,
    derived: VecDeque<Envelope>,
    effects: Vec<Effect<AlertEffect>>,
    /// The entry was appended, or was not, or another one was.
    is_in_doubt: bool,
}

impl Leaving {
    pub(crate) fn put(&mut self, emissions: Vec<Emission<AlertEffect>>) {
        match &mut self.outbox {
            Some(outbox) => outbox.put(emissions),
            None => self.waiting.extend(emissions),
        }
    }

    pub(crate) fn is_settled(&self, sequence: u64) -> bool {
        let later = |emission: &Emission<AlertEffect>| emission.id().place.sequence > sequence;
        self.waiting.iter().all(later) && self.outbox.as_ref().is_none_or(|outbox| outbox.is_settled(sequence))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty() && self.outbox.as_ref().is_none_or(Outbox::is_empty)
    }

    /// The next little of it.
    pub(crate) fn step(&mut self, partition: u32, shared: &mut Shared) {
        let Some(outbox) = &mut self.outbox else {
            if !self.waiting.is_empty() && !shared.fails(10) {
                let (last, entry) = shared.outputs[partition as usize].last();
                let through = entry.map(|entry| entry.through).filter(|_| shared.plant != Plant::OutboxForgets);
                let mut outbox = Outbox::new(through);
                outbox.put(std::mem::take(&mut self.waiting));
                shared.trace.step("asks what has left", partition, last);
                (self.last, self.outbox) = (last, Some(outbox));
            }
            return;
        };
        let Some(batch) = &mut self.on_the_way else {
            self.on_the_way = Batch::of(outbox, 1 + shared.chance.below(8));
            return;
        };
        if batch.is_in_doubt {
            if !shared.fails(4) {
                let (last, entry) = shared.outputs[partition as usize].last();
                shared.trace.step("asks what has left now", partition, last);
                if let Some(entry) = entry {
                    outbox.confirm(entry.through);
                }
                (self.last, self.on_the_way) = (last, None);
            }
            return;
        }
        let effects_first = shared.plant == Plant::EffectsFirst && !batch.effects.is_empty();
        if let (Some(event), false) = (batch.derived.front(), effects_first) {
            if shared.append_derived(partition, event) {
                batch.derived.pop_front();
            }
        } else if !batch.effects.is_empty() {
            batch.append(&mut self.last, partition, shared);
        } else {
            outbox.confirm(batch.through);
            self.on_the_way = None;
        }
    }
}

impl Batch {
    fn of(outbox: &Outbox<AlertEffect>, max: usize) -> Option<Self> {
        let through = outbox.next(max).last()?.id();
        let (mut derived, mut effects) = (VecDeque::new(), Vec::new());
        for emission in outbox.next(max) {
            match emission {
                Emission::Effect(effect) => effects.push(effect.clone()),
                Emission::Derived(_, envelope) => derived.push_back((**envelope).clone()),
            }
        }
        Some(Self { through, derived, effects, is_in_doubt: false })
    }

    /// Appends the entry: it is stored or not, and this is told or not.
    fn append(&mut self, last: &mut u64, partition: u32, shared: &mut Shared) {
        if shared.fails(15) {
            self.is_in_doubt = true;
            return;
        }
        let entry = Departed { log_created_ns: CREATED_NS, through: self.through, effects: self.effects.clone() };
        let output: &mut Output = &mut shared.outputs[partition as usize];
        match output.append(*last, &entry) {
            Ok(now) => {
                shared.trace.step("appends effects", partition, now);
                *last = now;
                self.effects.clear();
                self.is_in_doubt = shared.fails(15);
            }
            Err(crate::log::Overtaken) => {
                shared.trace.step("is overtaken", partition, *last);
                self.is_in_doubt = true;
            }
        }
    }
}
