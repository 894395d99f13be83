//! Viewers that read far too slowly: they may fall behind and be cut off, and nobody else may notice.

use crate::LoadtestError;
use crate::latency::{Latency, Quantiles};
use crate::target::Target;
use crate::viewer::Viewer;
use serde::Serialize;
use serde_json::json;
use std::fmt;
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// They read one frame in that time, of some twenty that come.
const READS_EVERY: Duration = Duration::from_secs(1);
/// As often as the gateway tells anything.
const RATE: Duration = Duration::from_millis(50);
/// How long one that reads all it has been sent may take to find out whether it is still connected.
const CAUGHT_UP_WITHIN: Duration = Duration::from_secs(15);
/// Others are delayed where their p99 is more than twice what it was before, and by more than that.
const NOISE: Duration = Duration::from_millis(20);

/// Slow viewers, connected.
pub(crate) struct Slow {
    viewers: Vec<JoinHandle<Result<Fate, LoadtestError>>>,
    pace: watch::Sender<Pace>,
}

#[derive(Debug, Clone, Copy)]
enum Pace {
    AsOthers,
    SlowFrom(Instant),
    CatchUp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    CutOff,
    Kept,
    /// It had so much to read that it can't be told.
    StillReading,
}

/// What became of viewers that read far too slowly, and of the one that measures meanwhile.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SlowViewers {
    /// How many there were.
    pub viewers: usize,
    /// Those the gateway closed.
    pub cut_off: usize,
    /// Those that were still connected when they had read what was left. Of the others, which were still reading, nothing is known.
    pub kept: usize,
    /// From accepted to the screen of the viewer that measures, in the first third of the time, while they read as others do.
    pub others_before: Quantiles,
    /// The same in the rest of the time, while they were slow.
    pub others_meanwhile: Quantiles,
}

impl SlowViewers {
    /// Whether others had to wait because of them.
    pub fn delayed_others(&self) -> bool {
        let (before, meanwhile) = (self.others_before.p99_us, self.others_meanwhile.p99_us);
        meanwhile > before * 2 && meanwhile > before + NOISE.as_micros() as u64
    }
}

/// A line for people.
impl fmt::Display for SlowViewers {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |quantiles: &Quantiles| quantiles.p99_us as f64 / 1e3;
        write!(out, "{} of {} viewers were cut off, {} caught up; ", self.cut_off, self.viewers, self.kept)?;
        out.write_str(if self.delayed_others() { "OTHERS WERE DELAYED" } else { "nobody else was delayed" })?;
        let (before, meanwhile) = (ms(&self.others_before), ms(&self.others_meanwhile));
        write!(out, ": accepted -> screen p99 {before:.2} ms before, {meanwhile:.2} ms meanwhile")
    }
}

impl Slow {
    /// Opens `count` viewers, which read as others do at first.
    pub(crate) async fn open(target: &Target, count: usize) -> Result<Self, LoadtestError> {
        let (pace, told) = watch::channel(Pace::AsOthers);
        let mut viewers = Vec::with_capacity(count);
        for _ in 0..count {
            let mut viewer = Viewer::open_narrow(target).await?;
            viewer.look_at("figures", &json!({"period": "all"}), RATE).await?;
            viewer.look_at("activity", &json!({}), RATE).await?;
            viewers.push(tokio::spawn(endure(viewer, told.clone())));
        }
        Ok(Self { viewers, pace })
    }

    /// Tells them from when on to be slow.
    pub(crate) fn slow_from(&self, at: Instant) {
        self.pace.send_replace(Pace::SlowFrom(at));
    }

    /// Lets them read what is left, and says what became of them; `seen` is when what others saw was accepted, and how long it took.
    pub(crate) async fn close(
        self,
        slow_from: Instant,
        seen: &[(Instant, Duration)],
    ) -> Result<Option<SlowViewers>, LoadtestError> {
        self.pace.send_replace(Pace::CatchUp);
        let mut fates = Vec::with_capacity(self.viewers.len());
        for viewer in self.viewers {
            fates.push(viewer.await??);
        }
        let quantiles = |is_meanwhile| {
            let part = seen.iter().filter(|(at, _)| (*at >= slow_from) == is_meanwhile);
            Latency::of(part.map(|(_, time)| *time)).quantiles()
        };
        let count = |wanted| fates.iter().filter(|fate| **fate == wanted).count();
        Ok((!fates.is_empty()).then(|| SlowViewers {
            viewers: fates.len(),
            cut_off: count(Fate::CutOff),
            kept: count(Fate::Kept),
            others_before: quantiles(false),
            others_meanwhile: quantiles(true),
        }))
    }
}

async fn endure(mut viewer: Viewer, mut pace: watch::Receiver<Pace>) -> Result<Fate, LoadtestError> {
    loop {
        let now = *pace.borrow_and_update();
        match now {
            Pace::CatchUp => return Ok(fate(viewer).await),
            Pace::SlowFrom(at) if at <= Instant::now() => {
                tokio::select! {
                    _ = pace.changed() => continue,
                    () = tokio::time::sleep(READS_EVERY) => {}
                }
            }
            Pace::SlowFrom(_) | Pace::AsOthers => {}
        }
        tokio::select! {
            _ = pace.changed() => {}
            read = viewer.next_text() => match (read, now) {
                (Ok(_), _) => {}
                // Who is cut off without having been slow is no slow viewer's fate, but a fault.
                (Err(error), Pace::AsOthers) => return Err(error),
                (Err(_), _) => return Ok(Fate::CutOff),
            }
        }
    }
}

/// Whether it is still connected: what was on its way when it was closed has to be read first.
async fn fate(mut viewer: Viewer) -> Fate {
    let asked = async {
        viewer.ping().await?;
        while !viewer.next_text().await?.1.contains("\"type\":\"pong\"") {}
        Ok::<(), LoadtestError>(())
    };
    match tokio::time::timeout(CAUGHT_UP_WITHIN, asked).await {
        Ok(Ok(())) => Fate::Kept,
        Ok(Err(_)) => Fate::CutOff,
        Err(_) => Fate::StillReading,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_are_delayed_when_they_wait_twice_as_long_and_it_can_be_felt() {
        let quantiles = |p99_us| Quantiles { p99_us, ..Quantiles::default() };
        let delayed = |before, meanwhile| {
            let (others_before, others_meanwhile) = (quantiles(before), quantiles(meanwhile));
            SlowViewers { viewers: 1, cut_off: 1, kept: 0, others_before, others_meanwhile }.delayed_others()
        };
        assert!(!delayed(10_000, 10_000) && !delayed(5_000, 20_000) && !delayed(100_000, 190_000));
        assert!(delayed(10_000, 40_000) && delayed(100_000, 210_000));
    }
}
