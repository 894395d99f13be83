//! Reading changes as they are committed, and telling the server how far we are.

use super::client::{Client, Fault, Said};
use super::pgoutput::{self, Cell};
use super::row::Changes;
use super::settings::Database;
use super::setup::{Slot, quoted};
use crate::arrival::{Arrival, Decoder, Headers};
use crate::intake::{Origin, Stopping};
use crate::source::{Read, Running, Site};
use bytes::{Buf, Bytes};
use nexusflow_log::{PlaceError, Places, raised};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// The server is told so often how far we are, and asked whether it is there.
const BEAT: Duration = Duration::from_secs(2);
/// A server that says nothing for so long is gone.
const SILENCE_MAX: Duration = Duration::from_secs(60);
/// So many rows, or bytes of them, are stored together.
const ROWS: usize = 500;
const BYTES: usize = 1 << 20;
/// Where it is kept what the slot is for.
const PLACE: &str = "slot";

/// What is known of our slot.
#[derive(Debug, Serialize, Deserialize)]
struct Known {
    slot: String,
    /// Whether the rows that were there are stored: only then what the slot gives is all that is left.
    is_complete: bool,
}

/// Why reading ended.
#[derive(Debug)]
pub(super) enum Failure {
    Stopping,
    Fault(Fault),
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Stopping> for Failure {
    fn from(_: Stopping) -> Self {
        Self::Stopping
    }
}

impl From<PlaceError> for Failure {
    fn from(error: PlaceError) -> Self {
        Self::Fault(Fault::new(error.to_string()))
    }
}

/// Rows on their way to the log.
pub(super) struct Reading<'a> {
    site: &'a Site,
    decoder: &'a dyn Decoder,
    stop: watch::Receiver<bool>,
    rows: Vec<Value>,
    bytes: usize,
}

impl Reading<'_> {
    pub(super) fn push(&mut self, row: Map<String, Value>, bytes: usize) {
        self.rows.push(Value::Object(row));
        self.bytes += bytes;
    }

    pub(super) fn is_full(&self) -> bool {
        self.rows.len() >= ROWS || self.bytes >= BYTES
    }

    /// Stores the rows. Nothing is read from the server until that is done: it waits with the rest.
    pub(super) async fn store(&mut self) -> Result<(), Failure> {
        self.bytes = 0;
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        let at = (self.site.now)();
        let body = Bytes::from(Value::Array(rows).to_string());
        let events = self.decoder.decode(&Arrival { headers: Headers::new(), body, at });
        let origin = Origin { source: self.site.named.name.clone(), kind: self.site.kind, headers: Headers::new(), at };
        Ok(self.site.intake.bring(&origin, events, &mut self.stop).await?)
    }
}

/// How many bytes a value has.
pub(super) fn size(cell: &Cell) -> usize {
    match cell {
        Cell::Text(text) => text.len(),
        Cell::Null | Cell::Unchanged => 4,
    }
}

impl Read for Database {
    fn run<'a>(&'a self, site: &'a Site, decoder: &'a dyn Decoder) -> Running<'a> {
        Box::pin(async move {
            match self.read(site, decoder).await {
                Ok(()) | Err(Failure::Stopping) => Ok(()),
                Err(Failure::Fault(fault)) => Err(fault.to_string()),
            }
        })
    }
}

impl Database {
    async fn read(&self, site: &Site, decoder: &dyn Decoder) -> Result<(), Failure> {
        let mut stop = site.shutdown.clone();
        let reading = Reading { site, decoder, stop: site.shutdown.clone(), rows: Vec::new(), bytes: 0 };
        tokio::select! {
            ended = self.follow(site, reading) => ended,
            () = raised(&mut stop) => Ok(()),
        }
    }

    async fn follow(&self, site: &Site, mut reading: Reading<'_>) -> Result<(), Failure> {
        let places = Places::of(&site.log, &site.named.name).await?;
        let mut client = self.connect().await?;
        let version = self.check_server(&mut client).await?;
        let tables = self.publish(&mut client, version).await?;
        let known = places.get::<Known>(PLACE).await?.filter(|known| known.slot == self.slot);
        let place = |is_complete: bool| Known { slot: self.slot.clone(), is_complete };
        match (known.map(|known| known.is_complete), self.slot(&mut client).await?) {
            (Some(true), Slot::Ready) => {}
            (_, Slot::Lost) => return Err(self.is_gone("has lost the changes that it kept").into()),
            (Some(true), Slot::Missing) => return Err(self.is_gone("is gone").into()),
            (None, Slot::Ready) if self.snapshot => return Err(self.is_there().into()),
            (None, Slot::Ready) => places.keep(PLACE, &place(true)).await?,
            (known, slot) if self.snapshot || known == Some(false) => {
                // A snapshot that was interrupted can't be gone on with: the rows are read anew, and their ids are the same.
                places.keep(PLACE, &place(false)).await?;
                if slot == Slot::Ready {
                    self.drop_slot(&mut client).await?;
                }
                self.read_snapshot(&mut client, &tables, &mut reading).await?;
                places.keep(PLACE, &place(true)).await?;
            }
            (_, _) => {
                self.make_slot(&mut client, "NOEXPORT_SNAPSHOT").await?;
                places.keep(PLACE, &place(true)).await?;
            }
        }
        self.stream(&mut client, reading).await
    }

    fn is_gone(&self, how: &str) -> Fault {
        Fault::new(format!(
            "the replication slot {0} {how}: changes since it was read last may be missing. To go on, set `slot` to a new name, \
             with `snapshot = true` to read the tables anew (what is known already counts once); \
             where {0} is still there: SELECT pg_drop_replication_slot('{0}');",
            self.slot
        ))
    }

    fn is_there(&self) -> Fault {
        Fault::new(format!(
            "snapshot = true needs a replication slot that is made with it, and {0} is there already. To read the tables: \
             SELECT pg_drop_replication_slot('{0}'); To go on from the slot: snapshot = false",
            self.slot
        ))
    }

    async fn stream(&self, client: &mut Client, mut reading: Reading<'_>) -> Result<(), Failure> {
        let publication = quoted(&self.publication).replace('\'', "''");
        let slot = quoted(&self.slot);
        let statement =
            format!("START_REPLICATION SLOT {slot} LOGICAL 0/0 (proto_version '1', publication_names '{publication}')");
        client.ask(&statement).await?;
        let mut changes = Changes::new(&self.tables);
        let mut place = Confirmed::default();
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut heard = Instant::now();
        loop {
            let said = tokio::select! {
                said = client.said() => said?,
                _ = beat.tick() => {
                    if heard.elapsed() > SILENCE_MAX {
                        return Err(Fault::new("the server is silent").into());
                    }
                    place.tell(client, true).await?;
                    continue;
                }
            };
            heard = Instant::now();
            let answer = match said {
                Said::Change(bytes) => take(bytes, &mut changes, &mut reading)?,
                Said::Streaming => false,
                Said::Ready | Said::Columns(_) | Said::Row(_) => {
                    return Err(Fault::new("the server ended the stream of changes").into());
                }
            };
            let is_whole = !changes.is_in_transaction() && !client.has_more();
            if reading.is_full() || (is_whole && !reading.rows.is_empty()) {
                store(client, &mut reading, &place, &mut beat).await?;
                heard = Instant::now();
            }
            // Nothing waits: all transactions that are here as a whole are stored.
            let is_behind = reading.rows.is_empty() && changes.committed > place.0;
            if is_behind {
                place.0 = changes.committed;
            }
            if is_behind || answer {
                place.tell(client, false).await?;
            }
        }
    }
}

/// Stores what was read, and says meanwhile that we are there: a server hangs up on who is silent.
async fn store(
    client: &mut Client,
    reading: &mut Reading<'_>,
    place: &Confirmed,
    beat: &mut tokio::time::Interval,
) -> Result<(), Failure> {
    let mut stored = std::pin::pin!(reading.store());
    loop {
        tokio::select! {
            stored = &mut stored => return stored,
            _ = beat.tick() => place.tell(client, false).await?,
        }
    }
}

/// Takes in one message of the stream. Whether the server wants to hear of us.
fn take(mut bytes: Bytes, changes: &mut Changes<'_>, reading: &mut Reading<'_>) -> Result<bool, Failure> {
    let unreadable = || Failure::Fault(Fault::new(pgoutput::Unreadable.to_string()));
    match bytes.try_get_u8() {
        Ok(b'w') if bytes.len() >= 24 => {
            bytes.advance(24);
            let message = pgoutput::read(bytes).map_err(|_| unreadable())?;
            if let Some((row, bytes)) = changes.take(message).map_err(|_| unreadable())? {
                reading.push(row, bytes);
            }
            Ok(false)
        }
        Ok(b'k') if bytes.len() >= 17 => {
            let end = bytes.get_u64();
            // All that lies before is here: what other tables and databases write need not be kept for us.
            if !changes.is_in_transaction() && reading.rows.is_empty() {
                changes.committed = changes.committed.max(end);
            }
            bytes.advance(8);
            Ok(bytes.get_u8() == 1)
        }
        _ => Err(unreadable()),
    }
}

/// How far everything is stored.
#[derive(Debug, Default)]
struct Confirmed(u64);

impl Confirmed {
    /// Tells the server, and asks for an answer where it is `asked`.
    async fn tell(&self, client: &mut Client, asked: bool) -> Result<(), Fault> {
        let mut status = Vec::with_capacity(34);
        status.push(b'r');
        // Written, flushed and applied are the same to us.
        for _ in 0..3 {
            status.extend(self.0.to_be_bytes());
        }
        // Nobody reads our clock.
        status.extend(0_i64.to_be_bytes());
        status.push(u8::from(asked));
        client.tell(&status).await
    }
}
