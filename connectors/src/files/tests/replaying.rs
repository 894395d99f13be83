//! Replaying into something that behaves like the log, and misbehaves like it.

use super::super::{Destination, Options, Progress, Speed, Summary, replay};
use super::{Plan, plan};
use nexusflow_log::AppendError;
use nexusflow_model::{Envelope, Place};
use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::time::Duration;
use tokio::sync::watch;

/// Keeps the ids it was given. Which sendings fail is said by their number, from 0.
#[derive(Default)]
struct Fake {
    stored: Mutex<Vec<String>>,
    sent: Mutex<usize>,
    unconfirmed: Vec<usize>,
    busy: Vec<usize>,
    /// Tells it to stop when that many were stored.
    stop_at: Option<(usize, watch::Sender<bool>)>,
}

impl Destination for Fake {
    type Receipt = Ready<Result<Place, AppendError>>;

    async fn append(&self, envelope: &Envelope) -> Result<Self::Receipt, AppendError> {
        let number = {
            let mut sent = self.sent.lock().unwrap();
            *sent += 1;
            *sent - 1
        };
        if self.busy.contains(&number) {
            return Err(AppendError::Busy);
        }
        if self.unconfirmed.contains(&number) {
            return Ok(ready(Err(AppendError::Unconfirmed { cause: "gone".into() })));
        }
        let mut stored = self.stored.lock().unwrap();
        stored.push(envelope.id.to_string());
        if let Some((at, stop)) = &self.stop_at
            && stored.len() == *at
        {
            stop.send_replace(true);
        }
        Ok(ready(Ok(Place { partition: 0, sequence: stored.len() as u64, index: 0 })))
    }
}

impl Fake {
    fn stored(&self) -> Vec<String> {
        self.stored.lock().unwrap().clone()
    }
}

/// `count` tickets, one an hour; each tenth of them has a priority that can't be.
fn tickets(count: usize) -> Plan {
    let mapping = "[source]\nuri = \"/t\"\ntime_format = \"unix\"\n[[file]]\nname = \"t\"\npath = \"t.csv\"\n[[event]]\n\
                   type = \"ticket.opened\"\nfrom = \"t\"\nid = \"{id}\"\nsubject = \"id\"\ntime = \"at\"\n\
                   data.ticket = \"id\"\ndata.priority = \"p\"\n";
    let long = "x".repeat(300);
    let row = |id: usize| format!("{id},{},{}\n", id * 3_600, if id % 10 == 9 { &long } else { "low" });
    let csv: String = std::iter::once("id,at,p\n".to_owned()).chain((0..count).map(row)).collect();
    plan(mapping, &[("t.csv", &csv)])
}

fn good(from: usize, to: usize) -> Vec<String> {
    (from..to).filter(|id| id % 10 != 9).map(|id| id.to_string()).collect()
}

async fn run(plan: &Plan, log: &Fake, options: &Options) -> (Summary, Vec<Progress>) {
    let (_keep, stop) = watch::channel(false);
    let stop = log.stop_at.as_ref().map_or(stop, |(_, stop)| stop.subscribe());
    let mut told = Vec::new();
    let mut progress = |progress: &Progress| told.push(progress.clone());
    let summary = replay(plan, log, options, &mut progress, stop).await.unwrap();
    (summary, told)
}

#[tokio::test]
async fn everything_is_published_once_in_order_and_what_is_wrong_is_told() {
    let (plan, log) = (tickets(200), Fake::default());
    let (summary, told) = run(&plan, &log, &Options::default()).await;
    assert_eq!(log.stored(), good(0, 200));
    assert_eq!((summary.read, summary.published, summary.rejected, summary.remaining), (200, 180, 20, 0));
    assert_eq!(summary.reasons.len(), 10);
    assert_eq!(summary.reasons[0].line, 11);
    let last = told.last().unwrap();
    assert_eq!((last.done, last.total, last.waiting.as_deref()), (200, 200, None));
}

#[tokio::test]
async fn one_that_was_stopped_goes_on_where_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let plan = tickets(100);
    let options = Options { resume: true, state_dir: Some(folder.path().join("state")), ..Options::default() };
    let (stop, _) = watch::channel(false);
    let first = Fake { stop_at: Some((40, stop)), ..Fake::default() };
    let (summary, _) = run(&plan, &first, &options).await;
    assert_eq!((summary.published, summary.remaining > 0), (40, true));

    let second = Fake::default();
    let (rest, _) = run(&plan, &second, &options).await;
    assert_eq!([first.stored(), second.stored()].concat(), good(0, 100));
    assert_eq!(
        (rest.resumed + (summary.published + summary.rejected)) as usize,
        2 * (100 - summary.remaining as usize)
    );
    assert_eq!(rest.remaining, 0);

    let (nothing, _) = run(&plan, &Fake::default(), &options).await;
    assert_eq!((nothing.published, nothing.resumed), (0, 100));
    // Without `resume`, or with other options, it begins anew.
    let again = Options { resume: false, ..options.clone() };
    assert_eq!(run(&plan, &Fake::default(), &again).await.0.published, 90);
    let part = Options { from: Some(plan.time(50)), ..options };
    assert_eq!(run(&plan, &Fake::default(), &part).await.0.published, 45);
}

#[tokio::test(start_paused = true)]
async fn an_outage_of_the_log_is_waited_for_and_nothing_is_lost() {
    let plan = tickets(100);
    let log = Fake { unconfirmed: vec![30, 31, 95, 96, 97], busy: vec![60], ..Fake::default() };
    let (summary, told) = run(&plan, &log, &Options::default()).await;
    assert_eq!(log.stored().into_iter().collect::<BTreeSet<_>>(), good(0, 100).into_iter().collect());
    assert_eq!((summary.published, summary.rejected, summary.remaining), (90, 10, 0));
    let waited: BTreeSet<&str> = told.iter().filter_map(|progress| progress.waiting.as_deref()).collect();
    assert!(waited.iter().any(|cause| cause.contains("gone")) && waited.iter().any(|cause| cause.contains("slower")));
}

#[tokio::test]
async fn a_seed_is_an_order_and_some_are_sent_twice() {
    let plan = tickets(100);
    let options = Options { shuffle_seed: Some(1), repeat_every: NonZeroU32::new(10), ..Options::default() };
    let log = Fake::default();
    let (summary, _) = run(&plan, &log, &options).await;
    assert_eq!((summary.published, summary.repeated, summary.rejected), (90, 0, 10), "each tenth can't be sent at all");
    assert_ne!(log.stored(), good(0, 100));

    let options = Options { repeat_every: NonZeroU32::new(3), ..options };
    let log = Fake::default();
    let (summary, _) = run(&plan, &log, &options).await;
    assert_eq!((summary.published, summary.repeated, summary.rejected), (90, 30, 10));
    assert_eq!(log.stored().len(), 120);
}

#[tokio::test(start_paused = true)]
async fn a_speed_is_a_factor_of_time() {
    let plan = tickets(9);
    let options = Options { speed: "3600x".parse().unwrap(), ..Options::default() };
    let started = tokio::time::Instant::now();
    let (summary, told) = run(&plan, &Fake::default(), &options).await;
    // Eight hours at one hour a second.
    assert!((Duration::from_secs(8)..Duration::from_millis(8_500)).contains(&started.elapsed()), "{:?}", summary.took);
    let halfway = told.iter().find(|progress| progress.done == 4).unwrap();
    assert_eq!(halfway.left, Some(Duration::from_secs(4)));

    let both = Options { shuffle_seed: Some(1), ..options };
    let (_keep, stop) = watch::channel(false);
    assert!(replay(&plan, &Fake::default(), &both, &mut |_| {}, stop).await.is_err());
    assert_eq!("max".parse(), Ok(Speed::Max));
    assert!("fast".parse::<Speed>().is_err() && "0x".parse::<Speed>().is_err());
}
