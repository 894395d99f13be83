//! The output log, as whoever carries effects out reads it.

use futures_util::{StreamExt, TryStreamExt, stream};
use nexusflow_domain::AlertEffect;
use nexusflow_engine::{Departed, Effect, EffectId};
use nexusflow_log::Log;
use nexusflow_model::subject;

/// Entries fetched at once.
const AT_ONCE: usize = 64;

/// What has left each partition so far.
pub(crate) struct OutputLog {
    /// By partition, in the order in which they left.
    pub(crate) effects: Vec<Vec<Effect<AlertEffect>>>,
    through: Vec<Option<EffectId>>,
    read: u64,
}

impl OutputLog {
    pub(crate) fn new(partitions: u32) -> Self {
        let each = |_| Vec::new();
        Self { effects: (0..partitions).map(each).collect(), through: vec![None; partitions as usize], read: 0 }
    }

    /// Reads what was appended since, and makes sure that nothing has left twice: ids only grow.
    pub(crate) async fn read_on(&mut self, log: &Log) -> Result<(), String> {
        let failed = |cause: &dyn std::fmt::Display| format!("the output log: {cause}");
        let name = subject::effect_stream(log.prefix());
        let stream = log.jetstream().get_stream(name).await.map_err(|cause| failed(&cause))?;
        let last = stream.cached_info().state.last_sequence;
        let fetched = stream::iter(self.read + 1..=last).map(|sequence| stream.direct_get(sequence)).buffered(AT_ONCE);
        let entries: Vec<_> = fetched.try_collect().await.map_err(|cause| failed(&cause))?;
        for entry in entries {
            let partition: usize = entry.subject.rsplit('.').next().unwrap().parse().unwrap();
            let Departed { through, effects, .. } =
                serde_json::from_slice::<Departed<AlertEffect>>(&entry.payload).unwrap();
            let mut before = self.through[partition];
            for effect in &effects {
                assert!(Some(effect.id) > before, "partition {partition}: {:?} after {before:?}", effect.id);
                before = Some(effect.id);
            }
            assert!(before <= Some(through), "partition {partition}: {before:?} in an entry through {through:?}");
            self.through[partition] = Some(through);
            self.effects[partition].extend(effects);
        }
        self.read = last;
        Ok(())
    }
}
