//! A recording folded by NexusFlow's engine, decoded as the worker decodes and folded as the worker folds.

use crate::Failure;
use nexusflow_engine::{Domain, Partition};
use nexusflow_model::limits::RECORD_EVENTS_MAX;
use nexusflow_model::{Envelope, Reject, cloudevents, partition};
use std::fs::File;
use std::hint::black_box;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// The partitions of a log, unless configured otherwise.
pub const PARTITIONS: u32 = 4;

/// Folds a recording into partitions, each after `first`.
///
/// # Errors
/// Where the recording can't be read, or not every event of it was folded.
pub fn fold<D: Domain>(recording: &Path, first: Option<&Envelope>) -> Result<Vec<Partition<D>>, Failure> {
    let mut recording = BufReader::with_capacity(1 << 18, File::open(recording)?);
    let mut partitions: Vec<Partition<D>> = (0..PARTITIONS).map(Partition::new).collect();
    let first = || first.map(|envelope| Ok(envelope.clone())).into_iter().collect();
    let mut waiting: Vec<Vec<Result<Envelope, Reject>>> = (0..PARTITIONS).map(|_| first()).collect();
    let mut record = Vec::new();
    while read_record(&mut recording, &mut record)? {
        // In the log each partition has records of its own; here one file is for all, as it is for the peers.
        for event in cloudevents::decode_record(&record).map_err(|reject| reject.reason)? {
            let at = event.as_ref().map_or(0, |envelope| partition::of(&envelope.subject, PARTITIONS) as usize);
            waiting[at].push(event);
            if waiting[at].len() == RECORD_EVENTS_MAX {
                fold_record(&mut partitions[at], &mut waiting[at]);
            }
        }
    }
    for (partition, waiting) in partitions.iter_mut().zip(&mut waiting) {
        fold_record(partition, waiting);
        let counters = partition.counters();
        if counters.duplicates + counters.unreadable + counters.waiting > 0 {
            return Err(format!("not all was folded: {counters:?}").into());
        }
    }
    Ok(partitions)
}

/// Folds what waits, and takes what a worker would tell or do.
fn fold_record<D: Domain>(partition: &mut Partition<D>, waiting: &mut Vec<Result<Envelope, Reject>>) {
    let next = Vec::with_capacity(RECORD_EVENTS_MAX);
    let folded = partition.fold(partition.sequence() + 1, std::mem::replace(waiting, next));
    black_box(folded.emissions.len() + folded.notes.len());
    black_box(partition.rollups_mut().take_changed().len());
}

/// Reads as many lines as a record of the log has events, as such a record; false at the end of the recording.
fn read_record(recording: &mut impl BufRead, record: &mut Vec<u8>) -> Result<bool, Failure> {
    record.clear();
    record.push(b'[');
    for _ in 0..RECORD_EVENTS_MAX {
        if recording.read_until(b'\n', record)? == 0 {
            break;
        }
        if let Some(end) = record.last_mut() {
            *end = b',';
        }
    }
    let is_some = record.len() > 1;
    if let Some(end) = record.last_mut() {
        *end = b']';
    }
    Ok(is_some)
}
