//! Telling the fold what sources have brought to this process: it reads nothing but its log, and there it stands for ever.

use super::{CONSOLE, Intake, Tally};
use nexusflow_log::raised;
use nexusflow_model::event::control::SourceCounted;
use nexusflow_model::number::Quantity;
use nexusflow_model::text::TextError;
use nexusflow_model::{Envelope, Event, Id, Label, Source, Timestamp, partition};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// How often it is told, where something came.
const EVERY: Duration = Duration::from_secs(10);
/// How long the last time may take, when the process is to stop.
const LAST_WITHIN: Duration = Duration::from_secs(2);

/// The most a count can say; more than any process takes in within ten seconds.
const QUANTITY_MAX: u64 = 1_000_000_000;

/// What was told of a source.
struct Told {
    tally: Tally,
    at: Timestamp,
    /// What is being told, until the log has it: under one id, so that it counts once.
    pending: Option<(Envelope, Tally)>,
}

/// Tells until `shutdown`, and then once more. `process` is the name of this one, which no other has.
pub async fn tell(intake: Intake, process: String, now: fn() -> Timestamp, mut shutdown: watch::Receiver<bool>) {
    let mut told = BTreeMap::new();
    let began = now();
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => tell_once(&intake, &process, now(), began, &mut told).await,
            () = raised(&mut shutdown) => {
                let last = tell_once(&intake, &process, now(), began, &mut told);
                drop(tokio::time::timeout(LAST_WITHIN, last).await);
                return;
            }
        }
    }
}

async fn tell_once(
    intake: &Intake,
    process: &str,
    now: Timestamp,
    began: Timestamp,
    told: &mut BTreeMap<Arc<str>, Told>,
) {
    for (source, kind, tally) in intake.ledger().sources() {
        if kind == CONSOLE {
            continue;
        }
        let of = told.entry(Arc::clone(&source)).or_insert(Told { tally: Tally::default(), at: began, pending: None });
        if of.pending.is_none() && tally != of.tally {
            match counted(process, &source, kind, &of.tally, &tally, (of.at, now)) {
                Ok(envelope) => of.pending = Some((envelope, tally)),
                Err(error) => tracing::error!(%source, %error, "what a source has brought can't be told"),
            }
        }
        let Some((envelope, tally)) = &of.pending else { continue };
        let stored = match intake.appender.append(envelope).await {
            Ok(receipt) => receipt.await,
            Err(error) => Err(error),
        };
        match stored {
            Ok(_) => *of = Told { tally: *tally, at: envelope.occurred_at, pending: None },
            Err(error) => tracing::debug!(%source, %error, "what a source has brought waits for the log"),
        }
    }
}

/// The event that says what came between two tallies, of two moments.
fn counted(
    process: &str,
    source: &str,
    kind: &str,
    before: &Tally,
    after: &Tally,
    (since, now): (Timestamp, Timestamp),
) -> Result<Envelope, String> {
    let count = |n: u64| Quantity::new(n.min(QUANTITY_MAX) as i64);
    let text = |error: TextError| error.to_string();
    let event = Event::SourceCounted(SourceCounted {
        kind: Label::new(kind).map_err(text)?,
        stored: count(after.stored - before.stored)?,
        rejected: count(after.rejected - before.rejected)?,
        turned_away: count(after.turned_away - before.turned_away)?,
        window_ms: count(now.ms_since(since).max(0) as u64)?,
        heard_at: after.heard_at.unwrap_or(now),
        newest_at: after.newest_at.filter(|_| after.newest_at != before.newest_at),
    });
    let id = Id::new(&format!("{source}-{:016x}-{}", partition::hash_of(process), now.as_ms())).map_err(text)?;
    let subject = Id::new(source).map_err(text)?;
    let source = Source::new("/nexusflow/sources").map_err(text)?;
    Ok(Envelope { id, source, subject, occurred_at: now, recorded_at: now, forwarded: 0, event })
}
