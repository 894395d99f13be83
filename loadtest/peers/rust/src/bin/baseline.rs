//! The honest baseline: one thread that reads, decodes what is needed, and keeps accounts in a hash map. No log, no identities of
//! events, no panes to merge, nothing to restore from.
//!
//! `baseline RECORDING TABLE`

use nexusflow_model::Timestamp;
use nexusflow_peers::{Account, Failure, table};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead, BufReader};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Deserialize)]
struct Line<'a> {
    subject: &'a str,
    time: Timestamp,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    amount: Amount,
}

#[derive(Deserialize)]
struct Amount {
    minor: i64,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(recording), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err("baseline RECORDING TABLE".into());
    };
    let mut recording = BufReader::with_capacity(1 << 18, File::open(recording)?);
    let mut accounts: FxHashMap<Box<str>, Account> = FxHashMap::default();
    let mut line = Vec::new();
    while recording.read_until(b'\n', &mut line)? > 0 {
        let Line { subject, time, data } = serde_json::from_slice(&line)?;
        match accounts.get_mut(subject) {
            Some(account) => account.add(time.as_ms(), data.amount.minor),
            None => accounts.entry(subject.into()).or_default().add(time.as_ms(), data.amount.minor),
        }
        line.clear();
    }
    table::write(to.as_ref(), accounts.iter().map(|(customer, account)| (&**customer, account.clone())))
}
