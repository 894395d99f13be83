//! Looking at dead letters again.

use crate::bucket::{Bucket, BucketError};
use crate::connect::Log;
use crate::dead_letter::DeadLetter;
use crate::dead_letter_mark::{Fate, Mark, Marks};
use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, ReplayPolicy, pull};
use async_nats::jetstream::stream::RawMessageErrorKind;
use futures_util::{StreamExt, TryStreamExt};
use nexusflow_model::{Reject, Timestamp, subject};
use std::fmt::Display;
use std::time::Duration;

/// Dead letters that are looked through at a time.
const WINDOW: u64 = 500;
/// Marks that are asked for at the same time.
const AT_ONCE: usize = 32;
/// How long a window may take.
const WITHIN: Duration = Duration::from_secs(10);

/// Which dead letters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Of this source only.
    pub source: Option<String>,
    /// Of this kind of connector only.
    pub kind: Option<String>,
    /// Not those that came before.
    pub since: Option<Timestamp>,
    /// Not those that came then or later.
    pub until: Option<Timestamp>,
    /// Whether those that still wait are wanted, those that were retried, those that were dropped.
    pub state: State,
}

/// How far one got with a dead letter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Nobody has decided.
    #[default]
    Waiting,
    /// It was understood at last.
    Retried,
    /// It is not needed.
    Dropped,
    /// Any of them.
    Any,
}

/// A dead letter that is kept, and what became of it.
#[derive(Debug, Clone)]
pub struct KeptLetter {
    /// Its number.
    pub sequence: u64,
    /// What is kept. In a list without its bytes.
    pub letter: DeadLetter,
    /// How many bytes came.
    pub bytes: usize,
    /// What became of it; none: it waits.
    pub mark: Option<Mark>,
}

/// Some of the dead letters.
#[derive(Debug, Default)]
pub struct Page {
    /// Newest first, without their bytes.
    pub letters: Vec<KeptLetter>,
    /// There may be more before this number; none: that was all.
    pub before: Option<u64>,
}

/// How many there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// All that there ever were.
    pub all: u64,
    /// Those of which nobody has decided what becomes of them.
    pub waiting: u64,
}

/// The dead letters, to be read and decided on.
#[derive(Debug, Clone)]
pub struct DeadLetterBox {
    log: Log,
    marks: Marks,
}

fn unavailable(cause: impl Display) -> BucketError {
    BucketError::Unavailable(cause.to_string())
}

impl DeadLetterBox {
    /// Those of `log`.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn open(log: &Log) -> Result<Self, BucketError> {
        let name = subject::dead_letter_marks_bucket(log.prefix());
        let marks = Bucket::open(log, name, "what became of dead letters").await?;
        Ok(Self { log: log.clone(), marks: Marks(marks) })
    }

    /// How many there are.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn count(&self) -> Result<Count, BucketError> {
        let (first, last) = self.range().await?;
        let all = (last + 1).saturating_sub(first);
        Ok(Count { all, waiting: all.saturating_sub(self.marks.0.count().await?) })
    }

    /// At most `limit` of those that `selection` means, newest first, from before the number `before` on (none: from the newest).
    /// Looks at `look_at` at the most: where few of many are meant, a page may be short and not the last.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn list(
        &self,
        selection: &Selection,
        before: Option<u64>,
        limit: usize,
        look_at: u64,
    ) -> Result<Page, BucketError> {
        let (first, last) = self.range().await?;
        let mut end = before.unwrap_or(u64::MAX).min(last + 1);
        let mut page = Page::default();
        let floor = end.saturating_sub(look_at).max(first);
        while end > floor {
            let begin = end.saturating_sub(WINDOW).max(floor);
            for kept in self.window(selection, begin, end).await?.into_iter().rev() {
                if page.letters.len() == limit {
                    page.before = page.letters.last().map(|last| last.sequence);
                    return Ok(page);
                }
                page.letters.push(kept);
            }
            end = begin;
        }
        page.before = (floor > first).then_some(floor);
        Ok(page)
    }

    /// One, whole; none where there is none of that number.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn get(&self, sequence: u64) -> Result<Option<KeptLetter>, BucketError> {
        let stream = self.log.jetstream().get_stream_no_info(subject::dead_letter_stream(self.log.prefix())).await;
        let message = match stream.map_err(unavailable)?.get_raw_message(sequence).await {
            Ok(message) => message,
            Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => return Ok(None),
            Err(error) => return Err(unavailable(error)),
        };
        let mark = self.marks.get(sequence).await?.map(|(mark, _)| mark);
        let bytes = message.payload.len();
        let mut letter = letter(&message.headers, at(message.time.unix_timestamp_nanos()));
        letter.payload = message.payload;
        Ok(Some(KeptLetter { sequence, letter, bytes, mark }))
    }

    /// Says what became of one. That it was retried holds over that it was dropped; otherwise what was said first holds, and is given
    /// back.
    ///
    /// # Errors
    /// Where NATS does not answer.
    pub async fn mark(&self, sequence: u64, mark: Mark) -> Result<Mark, BucketError> {
        self.marks.put(sequence, mark).await
    }

    /// The first and the last number; the last is below the first where there is none.
    async fn range(&self) -> Result<(u64, u64), BucketError> {
        let stream = self.log.jetstream().get_stream(subject::dead_letter_stream(self.log.prefix())).await;
        let stream = stream.map_err(unavailable)?;
        let state = &stream.cached_info().state;
        Ok((state.first_sequence.max(1), state.last_sequence))
    }

    /// Those from `begin` to before `end` that are meant, in order.
    async fn window(&self, selection: &Selection, begin: u64, end: u64) -> Result<Vec<KeptLetter>, BucketError> {
        let read = tokio::time::timeout(WITHIN, self.read(begin, end)).await;
        let read = read.map_err(|_| unavailable("the dead letters did not come in time"))??;
        let meant = read.into_iter().filter(|(_, letter, _)| selection.means(letter));
        let marked = futures_util::stream::iter(meant).map(async |(sequence, letter, bytes)| {
            let mark = self.marks.get(sequence).await?.map(|(mark, _)| mark);
            Ok::<_, BucketError>(KeptLetter { sequence, letter, bytes, mark })
        });
        let marked: Vec<KeptLetter> = marked.buffered(AT_ONCE).try_collect().await?;
        Ok(marked.into_iter().filter(|kept| selection.state.is_of(kept.mark.as_ref())).collect())
    }

    /// What is said of those from `begin` to before `end`, without their bytes: of those only how many there are.
    async fn read(&self, begin: u64, end: u64) -> Result<Vec<(u64, DeadLetter, usize)>, BucketError> {
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: begin },
            ack_policy: AckPolicy::None,
            replay_policy: ReplayPolicy::Instant,
            inactive_threshold: Duration::from_secs(10),
            headers_only: true,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let stream = subject::dead_letter_stream(self.log.prefix());
        let consumer: Consumer<pull::Config> =
            self.log.jetstream().create_consumer_on_stream(config, stream).await.map_err(unavailable)?;
        let wanted = (end - begin) as usize;
        let mut messages = consumer.fetch().max_messages(wanted).messages().await.map_err(unavailable)?;
        let mut read = Vec::with_capacity(wanted);
        let mut left = consumer.cached_info().num_pending;
        while let Some(message) = messages.next().await {
            let message = message.map_err(unavailable)?;
            let info = message.info().map_err(unavailable)?;
            left = if info.stream_sequence + 1 >= end { 0 } else { info.pending };
            if info.stream_sequence >= end {
                break;
            }
            let stored_at = at(info.published.unix_timestamp_nanos());
            let headers = message.headers.as_ref().cloned().unwrap_or_default();
            let bytes = said(&headers, "Nats-Msg-Size").and_then(|bytes| bytes.parse().ok()).unwrap_or(0);
            read.push((info.stream_sequence, letter(&headers, stored_at), bytes));
        }
        // A list must not be short without saying so.
        if left == 0 { Ok(read) } else { Err(unavailable("the dead letters did not all come: try again")) }
    }
}

impl Selection {
    fn means(&self, letter: &DeadLetter) -> bool {
        let is = |wanted: &Option<String>, value: &str| wanted.as_ref().is_none_or(|wanted| wanted == value);
        is(&self.source, &letter.source)
            && is(&self.kind, &letter.kind)
            && self.since.is_none_or(|since| letter.received_at >= since)
            && self.until.is_none_or(|until| letter.received_at < until)
    }
}

impl State {
    fn is_of(self, mark: Option<&Mark>) -> bool {
        match self {
            Self::Any => true,
            Self::Waiting => mark.is_none(),
            Self::Retried => mark.is_some_and(|mark| mark.fate == Fate::Retried),
            Self::Dropped => mark.is_some_and(|mark| mark.fate == Fate::Dropped),
        }
    }
}

fn said(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| value.as_str().to_owned())
}

fn at(ns: i128) -> Timestamp {
    Timestamp::from_ms((ns / 1_000_000) as i64).unwrap_or(Timestamp::EPOCH)
}

/// A dead letter as its headers tell of it, without its bytes. One that an older version kept says less.
fn letter(headers: &HeaderMap, stored_at: Timestamp) -> DeadLetter {
    let text = |name: &str| said(headers, name).unwrap_or_default();
    DeadLetter {
        payload: bytes::Bytes::new(),
        source: text("nexusflow-source"),
        kind: text("nexusflow-kind"),
        headers: serde_json::from_str(&text("nexusflow-headers")).unwrap_or_default(),
        received_at: text("nexusflow-received").parse().unwrap_or(stored_at),
        reject: Reject::new(text("nexusflow-field"), text("nexusflow-reason")),
    }
}
