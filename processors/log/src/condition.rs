//! How the log stands, for operators: looked at without changing anything.

use crate::connect::Log;
use crate::layout::{self, LayoutError};
use async_nats::jetstream::stream;
use nexusflow_model::subject;
use std::time::Duration;

/// A server that keeps a copy says every second that it is there.
const UNSEEN_FOR: Duration = Duration::from_secs(4);
/// Messages that a copy may be behind.
const BEHIND_BY: u64 = 1_000;

/// How the log stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Condition {
    /// Whether the log was made yet.
    pub is_made: bool,
    /// What is weaker than it is meant to be, and how to mend it, in sentences.
    pub weak: Vec<String>,
}

pub(crate) async fn look(log: &Log) -> Result<Condition, LayoutError> {
    let mut condition = Condition::default();
    let bucket = subject::layout_bucket(log.prefix());
    let Ok(store) = log.jetstream().get_key_value(&bucket).await else { return missing_or_mute(log, condition).await };
    let Some(stored) = layout::noted_partitions(&store).await? else { return Ok(condition) };
    let configured = log.partitions();
    if stored != configured {
        return Err(LayoutError::Partitions { stored, configured });
    }
    condition.is_made = true;
    let is_cluster = log.client().server_info().cluster.is_some();
    let wanted = log.settings().replicas as usize;
    weigh(store.stream.cached_info(), is_cluster, wanted, &mut condition);
    for (name, _) in layout::streams(log) {
        let stream = log.jetstream().get_stream(&name).await;
        let stream = stream.map_err(|cause| layout::jetstream_error("looking up a stream of the log")(&cause))?;
        layout::keeps_everything(&stream.cached_info().config)?;
        weigh(stream.cached_info(), is_cluster, wanted, &mut condition);
    }
    // Of a log that an older version made there are none yet.
    for outward in crate::deliveries::streams(log) {
        if let Ok(stream) = log.jetstream().get_stream(&outward.name).await {
            weigh(stream.cached_info(), is_cluster, wanted, &mut condition);
        }
    }
    // There are none before a worker ever ran.
    for bucket in [subject::workers_bucket(log.prefix()), subject::owners_bucket(log.prefix())] {
        if let Ok(store) = log.jetstream().get_key_value(bucket).await {
            weigh(store.stream.cached_info(), is_cluster, wanted, &mut condition);
        }
    }
    Ok(condition)
}

/// The bucket was not found: either there is none, or JetStream does not answer at all.
async fn missing_or_mute(log: &Log, condition: Condition) -> Result<Condition, LayoutError> {
    let asked = log.jetstream().query_account().await;
    asked.map(|_| condition).map_err(|cause| layout::jetstream_error("asking about the account")(&cause))
}

/// Says what is weak in a stream.
fn weigh(info: &stream::Info, is_cluster: bool, wanted: usize, condition: &mut Condition) {
    let (name, copies) = (&info.config.name, info.config.num_replicas.max(1));
    let mut weak = |what: String| condition.weak.push(what);
    if copies != wanted {
        weak(format!(
            "{name} has {copies} copies, log.replicas says {wanted}: `nats stream edit {name} --replicas {wanted}`, or set log.replicas"
        ));
    } else if is_cluster && copies < 3 {
        weak(format!(
            "{name} has one copy on a cluster: it stands still while its server is down, and is lost with its disk. Set log.replicas to 3, \
             then `nats stream edit {name} --replicas 3`"
        ));
    }
    let Some(cluster) = info.cluster.as_ref().filter(|_| copies > 1) else { return };
    if cluster.leader.as_ref().is_none_or(String::is_empty) {
        weak(format!("{name} has no leader at the moment: nothing can be stored until its servers elect one"));
    }
    // Under load a copy is behind by some messages in one moment and not in the next: that is no weakness. One that a new leader
    // never heard of has been active for no time at all.
    let is_missing = |copy: &&stream::PeerInfo| {
        let is_unheard = copy.active.is_zero() || copy.lag.unwrap_or(0) > BEHIND_BY;
        copy.offline || copy.active > UNSEEN_FOR || !copy.current && is_unheard
    };
    let behind: Vec<&str> = cluster.replicas.iter().filter(is_missing).map(|copy| copy.name.as_str()).collect();
    if !behind.is_empty() {
        weak(format!(
            "{name}: its copy on {} is missing or behind: another loss would be one too many",
            behind.join(", ")
        ));
    }
}
