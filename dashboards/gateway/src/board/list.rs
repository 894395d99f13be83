//! A topic whose rows are told one by one as they change: rows that are JSON already, and what changed since when.

use axum::extract::ws::Utf8Bytes;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// Rows of one frame, in bytes: a larger topic comes in several.
const FRAME_BYTES: usize = 256 * 1024;
/// Of how many rows that are gone is remembered that they are.
const GONE_KEPT: usize = 10_000;
/// Frames that are kept for the next viewer who needs the same.
const FRAMES_KEPT: usize = 16;

/// Rows by key, both JSON arrays, and what changed since when.
#[derive(Default)]
struct List {
    /// Grows with every change; 0 until the rows are known.
    seq: u64,
    as_of: String,
    /// With the number of the change that put each there.
    rows: BTreeMap<Arc<str>, (Arc<str>, u64)>,
    gone: BTreeMap<Arc<str>, u64>,
    changed: BTreeSet<(u64, Arc<str>)>,
    /// What changed before this is forgotten.
    floor: u64,
    frames: VecDeque<(FrameKey, Vec<Utf8Bytes>)>,
}

/// Which frames: the subscription's id, and what its viewer had, if anything.
type FrameKey = (String, Option<u64>);

/// What becomes of a row: another one, or gone.
pub(crate) type Change = (Arc<str>, Option<Arc<str>>);

/// A topic that viewers subscribe to.
pub(crate) struct Channel {
    pub(crate) key: &'static [&'static str],
    pub(crate) cols: &'static [&'static str],
    list: Mutex<List>,
}

impl Channel {
    pub(crate) fn new(key: &'static [&'static str], cols: &'static [&'static str]) -> Arc<Self> {
        Arc::new(Self { key, cols, list: Mutex::default() })
    }

    fn with<R>(&self, look: impl FnOnce(&mut List) -> R) -> R {
        look(&mut self.list.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes changes in, as of a time in the log; `seq` gives the number of the change. False where nothing changed.
    pub(crate) fn change(
        &self,
        changes: impl IntoIterator<Item = Change>,
        as_of: String,
        seq: impl FnOnce() -> u64,
    ) -> bool {
        self.with(|list| {
            let mark = list.seq + 1;
            let mut is_changed = list.seq == 0;
            for (key, row) in changes {
                is_changed |= list.put(key, row, mark);
            }
            if is_changed {
                let is_first = list.seq == 0;
                (list.seq, list.as_of) = (seq(), as_of);
                // What a list of this name had before, in an earlier life, is not known.
                list.floor = if is_first { list.seq } else { list.floor };
                list.frames.clear();
            }
            is_changed
        })
    }

    /// The keys of all rows.
    pub(crate) fn keys(&self) -> Vec<Arc<str>> {
        self.with(|list| list.rows.keys().cloned().collect())
    }

    /// How far the rows have come; 0 until they are known.
    pub(crate) fn seq(&self) -> u64 {
        self.with(|list| list.seq)
    }

    /// All rows with the number of their last change and as of when they are.
    pub(crate) fn rows(&self) -> (u64, String, Vec<Arc<str>>) {
        self.with(|list| (list.seq, list.as_of.clone(), list.rows.values().map(|(row, _)| Arc::clone(row)).collect()))
    }

    /// What a viewer who has the rows as of `had` must be told under the name `id`: what changed, or everything where that is not
    /// known; and the number they are at then. None where they have it all.
    pub(crate) fn frames(&self, id: &str, epoch: &str, had: Option<u64>) -> Option<(u64, Vec<Utf8Bytes>)> {
        self.with(|list| {
            if list.seq == 0 || had == Some(list.seq) {
                return None;
            }
            let had = had.filter(|had| (list.floor..list.seq).contains(had));
            if let Some((_, frames)) = list.frames.iter().find(|((own, from), _)| own == id && *from == had) {
                return Some((list.seq, frames.clone()));
            }
            let frames: Vec<Utf8Bytes> = match had {
                Some(had) => vec![list.delta(id, epoch, had).into()],
                None => list.snapshot(id, epoch, self.key, self.cols),
            };
            if list.frames.len() >= FRAMES_KEPT {
                list.frames.pop_front();
            }
            list.frames.push_back(((id.to_owned(), had), frames.clone()));
            Some((list.seq, frames))
        })
    }
}

impl List {
    fn put(&mut self, key: Arc<str>, row: Option<Arc<str>>, mark: u64) -> bool {
        match row {
            Some(row) => {
                let before = self.rows.get(&key);
                if before.is_some_and(|(own, _)| *own == row) {
                    return false;
                }
                let last = before.map(|(_, at)| *at).or_else(|| self.gone.remove(&key));
                self.forget(last, &key);
                self.changed.insert((mark, Arc::clone(&key)));
                self.rows.insert(key, (row, mark));
            }
            None => {
                let Some((_, at)) = self.rows.remove(&key) else { return false };
                self.forget(Some(at), &key);
                self.changed.insert((mark, Arc::clone(&key)));
                self.gone.insert(key, mark);
                self.bury();
            }
        }
        true
    }

    fn forget(&mut self, at: Option<u64>, key: &Arc<str>) {
        if let Some(at) = at {
            self.changed.remove(&(at, Arc::clone(key)));
        }
    }

    /// Forgets what was gone first, and with it how to get from there to now.
    fn bury(&mut self) {
        if self.gone.len() <= GONE_KEPT {
            return;
        }
        let mut oldest: Vec<u64> = self.gone.values().copied().collect();
        oldest.sort_unstable();
        let until = oldest[GONE_KEPT / 2];
        self.gone.retain(|_, at| *at > until);
        let rows = &self.rows;
        self.changed.retain(|(at, key)| *at > until || rows.contains_key(key));
        self.floor = self.floor.max(until);
    }

    fn delta(&self, id: &str, epoch: &str, had: u64) -> String {
        let changed = self.changed.range((had + 1, Arc::from(""))..);
        let (mut up, mut gone) = (Vec::new(), Vec::new());
        for (_, key) in changed {
            match self.rows.get(key) {
                Some((row, _)) => up.push(&**row),
                None => gone.push(&**key),
            }
        }
        format!(
            r#"{{"type":"delta","id":{},"epoch":"{epoch}","prev":{had},"seq":{},"as_of":"{}","up":[{}],"rm":[{}]}}"#,
            json!(id),
            self.seq,
            self.as_of,
            up.join(","),
            gone.join(",")
        )
    }

    fn snapshot(&self, id: &str, epoch: &str, key: &[&str], cols: &[&str]) -> Vec<Utf8Bytes> {
        let mut chunks: Vec<Vec<&str>> = vec![Vec::new()];
        let mut bytes = 0;
        for (row, _) in self.rows.values() {
            if bytes + row.len() > FRAME_BYTES && bytes > 0 {
                chunks.push(Vec::new());
                bytes = 0;
            }
            bytes += row.len();
            if let Some(chunk) = chunks.last_mut() {
                chunk.push(row);
            }
        }
        let last = chunks.len() - 1;
        let frame = |(at, rows): (usize, Vec<&str>)| -> Utf8Bytes {
            format!(
                r#"{{"type":"snap","id":{},"epoch":"{epoch}","seq":{},"as_of":"{}","key":{},"cols":{},"rows":[{}],"last":{}}}"#,
                json!(id),
                self.seq,
                self.as_of,
                json!(key),
                json!(cols),
                rows.join(","),
                at == last
            )
            .into()
        };
        chunks.into_iter().enumerate().map(frame).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn change(channel: &Channel, seq: u64, rows: &[(&str, Option<&str>)]) -> bool {
        let rows = rows.iter().map(|(key, row)| (Arc::from(*key), row.map(Arc::from)));
        channel.change(rows.collect::<Vec<_>>(), "now".into(), || seq)
    }

    fn told(channel: &Channel, had: Option<u64>) -> Vec<Value> {
        let (_, frames) = channel.frames("a", "e", had).unwrap();
        frames.iter().map(|frame| serde_json::from_str(frame).unwrap()).collect()
    }

    #[test]
    fn a_viewer_is_told_what_changed_since_what_they_had_and_everything_where_that_is_not_known() {
        let channel = Channel::new(&["k"], &["k", "v"]);
        assert!(channel.frames("a", "e", None).is_none(), "nothing is known yet");
        assert!(change(&channel, 7, &[]), "that there is nothing is known from now on");
        assert_eq!(told(&channel, None)[0]["rows"], json!([]));
        assert!(change(&channel, 9, &[("[1]", Some("[1,1]")), ("[2]", Some("[2,1]"))]));
        assert!(!change(&channel, 10, &[("[1]", Some("[1,1]")), ("[3]", None)]), "nothing of that is new");
        assert!(change(&channel, 12, &[("[1]", Some("[1,2]")), ("[2]", None)]));
        let delta = &told(&channel, Some(9))[0];
        assert_eq!((&delta["prev"], &delta["seq"]), (&json!(9), &json!(12)));
        assert_eq!((&delta["up"], &delta["rm"]), (&json!([[1, 2]]), &json!([[2]])));
        assert_eq!(told(&channel, Some(7))[0]["up"], json!([[1, 2]]));
        assert!(channel.frames("a", "e", Some(12)).is_none());
        for unknown in [None, Some(3), Some(99)] {
            let snap = &told(&channel, unknown)[0];
            assert_eq!((&snap["type"], &snap["rows"]), (&json!("snap"), &json!([[1, 2]])), "{unknown:?}");
        }
    }

    #[test]
    fn what_was_gone_long_ago_is_forgotten_and_then_everything_is_told() {
        let channel = Channel::new(&["k"], &["k"]);
        change(&channel, 1, &[]);
        for seq in 2..(2 * GONE_KEPT as u64 + 10) {
            let key = format!("[{}]", seq / 2);
            let row = (seq % 2 == 0).then_some(key.as_str());
            change(&channel, seq, &[(key.as_str(), row)]);
        }
        assert_eq!(told(&channel, Some(2))[0]["type"], "snap");
        let end = channel.seq();
        let delta = &told(&channel, Some(end - 4))[0];
        assert_eq!((&delta["type"], delta["rm"].as_array().unwrap().len()), (&json!("delta"), 2));
    }
}
