//! The logs: of events, a partition each, and of what followed from them.

use nexusflow_domain::AlertEffect;
use nexusflow_engine::Departed;
use nexusflow_model::{Envelope, Place, Reject, cloudevents};

pub(crate) type Record = Vec<Result<Envelope, Reject>>;

/// The log of one partition: record n is that of sequence n + 1.
#[derive(Default)]
pub(crate) struct Log {
    records: Vec<Record>,
}

impl Log {
    pub(crate) fn append(&mut self, record: Record) -> u64 {
        self.records.push(record);
        self.last()
    }

    pub(crate) fn last(&self) -> u64 {
        self.records.len() as u64
    }

    pub(crate) fn get(&self, sequence: u64) -> Option<&Record> {
        self.records.get(usize::try_from(sequence.checked_sub(1)?).ok()?)
    }

    pub(crate) fn records(&self) -> impl Iterator<Item = (u64, &Record)> {
        (1..).zip(&self.records)
    }

    /// Every event that can be read, and its place.
    pub(crate) fn events(&self, partition: u32) -> impl Iterator<Item = (Place, &Envelope)> {
        self.records().flat_map(move |(sequence, record)| {
            let place = move |index| Place { partition, sequence, index };
            let events = (0..).zip(record).filter_map(|(index, event)| Some((index, event.as_ref().ok()?)));
            events.map(move |(index, event)| (place(index), event))
        })
    }
}

/// An event as it comes out of the bytes of the log.
pub(crate) fn through_bytes(envelope: &Envelope) -> Result<Envelope, Reject> {
    let encoded = cloudevents::encode(envelope);
    cloudevents::decode_record(&cloudevents::join_record([encoded.as_slice()].into_iter())).unwrap().remove(0)
}

/// The output log of one partition, in bytes.
#[derive(Default)]
pub(crate) struct Output {
    entries: Vec<Vec<u8>>,
}

/// Another entry came in between.
pub(crate) struct Overtaken;

impl Output {
    /// Appends an entry if `after` is the last one's number, from 1; 0 where there is none.
    pub(crate) fn append(&mut self, after: u64, entry: &Departed<AlertEffect>) -> Result<u64, Overtaken> {
        if after != self.entries.len() as u64 {
            return Err(Overtaken);
        }
        self.entries.push(serde_json::to_vec(entry).unwrap());
        Ok(self.entries.len() as u64)
    }

    /// The last entry and its number.
    pub(crate) fn last(&self) -> (u64, Option<Departed<AlertEffect>>) {
        (self.entries.len() as u64, self.entries.last().map(|entry| serde_json::from_slice(entry).unwrap()))
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = Departed<AlertEffect>> {
        self.entries.iter().map(|entry| serde_json::from_slice(entry).unwrap())
    }
}
