//! Answering questions about a partition.

use crate::live::{Live, with};
use crate::timeline;
use crate::worker::{Shared, WorkerError};
use futures_util::StreamExt;
use nexusflow_domain::query::{Query, Which, search};
use nexusflow_domain::retention::ranking::Asked;
use nexusflow_domain::subject::Subject;
use nexusflow_domain::views::deals::list;
use nexusflow_domain::views::{self, alerts, customer};
use nexusflow_log::async_nats::Message;
use nexusflow_model::event::alert::AlertKey;
use nexusflow_model::{Id, subject};
use serde_json::json;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{Semaphore, watch};

/// Questions about one partition that are worked on at once; more wait.
const AT_ONCE: usize = 8;
/// How long a decision may take: who asks has given up by then.
const DECIDED_WITHIN: Duration = Duration::from_secs(15);

/// Answers until `shutdown`, then also what was asked before that.
pub(crate) async fn run(
    shared: Arc<Shared>,
    live: Arc<Mutex<Live>>,
    mut shutdown: watch::Receiver<bool>,
) -> Result<(), WorkerError> {
    let partition = with(&live, |live| live.partition.id());
    let subject = subject::query(shared.log.prefix(), partition);
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut is_ending = false;
    loop {
        let mut questions = match shared.log.client().subscribe(subject.clone()).await {
            Ok(questions) => questions,
            Err(error) => {
                tracing::warn!(partition, %error, "can't listen for questions, trying again");
                tokio::select! {
                    () = nexusflow_log::raised(&mut shutdown) => return Ok(()),
                    () = tokio::time::sleep(Duration::from_millis(500)) => continue,
                }
            }
        };
        loop {
            tokio::select! {
                () = nexusflow_log::raised(&mut shutdown), if !is_ending => {
                    is_ending = true;
                    if questions.drain().await.is_err() {
                        return Ok(());
                    }
                }
                question = questions.next() => {
                    let question = match question {
                        Some(question) => question,
                        None if is_ending => return Ok(()),
                        None => break,
                    };
                    let (shared, live) = (Arc::clone(&shared), Arc::clone(&live));
                    let query = serde_json::from_slice(&question.payload);
                    // Who waits for a decision costs nothing meanwhile.
                    if let Ok(Query::Decision { identity, sequence }) = query {
                        tokio::spawn(async move { decided(&shared, &live, question, identity, sequence).await });
                        continue;
                    }
                    let Ok(place) = Arc::clone(&places).acquire_owned().await else { return Ok(()) };
                    tokio::spawn(async move {
                        answer(&shared, &live, question, query).await;
                        drop(place);
                    });
                }
            }
        }
    }
}

/// Answers what was decided about a command, once its record is folded; `null` where nothing is known of it.
async fn decided(shared: &Shared, live: &Mutex<Live>, question: Message, identity: u64, sequence: u64) {
    // Who was away for longer than its lease does not know whether the partition is still its own: the owner answers.
    let Some(reply) = question.reply.filter(|_| shared.pulse.is_good()) else { return };
    let mut progress = with(live, |live| live.progress());
    let is_folded = async { progress.wait_for(|folded| *folded >= sequence).await.is_ok() };
    if tokio::time::timeout(DECIDED_WITHIN, is_folded).await != Ok(true) {
        return;
    }
    let decision = with(live, |live| live.partition.decision(identity).cloned());
    let answer = serde_json::to_vec(&decision).unwrap_or_default();
    if let Err(error) = shared.log.client().publish(reply, answer.into()).await {
        tracing::debug!(%error, "could not answer");
    }
}

async fn answer(shared: &Shared, live: &Mutex<Live>, question: Message, query: Result<Query, serde_json::Error>) {
    let Some(reply) = question.reply.filter(|_| shared.pulse.is_good()) else { return };
    let answers: Vec<Vec<u8>> = match query {
        Ok(Query::Contribution) => {
            let parts = with(live, Live::everything).split();
            parts.iter().filter_map(|part| postcard::to_stdvec(part).ok()).collect()
        }
        Ok(Query::Standing) => vec![serde_json::to_vec(&with(live, |live| live.standing())).unwrap_or_default()],
        Ok(Query::Search { text, limit }) => {
            let found = with(live, |live| search(&live.partition, &text, limit.min(100)));
            vec![serde_json::to_vec(&found).unwrap_or_default()]
        }
        Ok(Query::Ranking(asked)) => vec![ranking(live, &asked).await],
        Ok(Query::Deals { wanted, limit }) => {
            let found = with(live, |live| list::find(&live.partition, &wanted, limit.min(500)));
            vec![serde_json::to_vec(&found).unwrap_or_default()]
        }
        Ok(Query::Alert { subject, alert }) => vec![one_alert(shared, live, &subject, &alert).await],
        Ok(Query::Customer(id)) => vec![customer(shared, live, &id).await],
        Ok(Query::Models) => vec![with(live, |live| {
            let told = views::texts::models(&live.partition.shared().models, live.partition.config());
            serde_json::to_vec(&told).unwrap_or_default()
        })],
        Ok(Query::Texts { which, limit }) => vec![texts(shared, live, &which, limit.min(100)).await],
        Ok(Query::Decision { .. }) => return,
        Err(error) => vec![json!({"error": error.to_string()}).to_string().into_bytes()],
    };
    for answer in answers {
        if let Err(error) = shared.log.client().publish(reply.clone(), answer.into()).await {
            tracing::debug!(%error, "could not answer");
        }
    }
}

/// The first of a ranking as JSON. Chunk by chunk, so that the fold goes on in between.
async fn ranking(live: &Mutex<Live>, asked: &Asked) -> Vec<u8> {
    let mut ranked = Vec::new();
    for chunk in 0..with(live, |live| live.partition.chunks()) {
        with(live, |live| asked.look(&live.partition, chunk, &mut ranked));
        tokio::task::yield_now().await;
    }
    serde_json::to_vec(&asked.first(ranked)).unwrap_or_default()
}

/// The customer 360 as JSON; `null` where the customer isn't known.
async fn customer(shared: &Shared, live: &Mutex<Live>, id: &Id) -> Vec<u8> {
    // The profile is copied out, so that the fold goes on while the timeline's events are fetched.
    let found = with(live, |live| {
        let slot = live.partition.profile(Subject::Customer as u8, id)?;
        let place = (live.partition.id(), live.partition.sequence());
        let version = live.partition.config_version().to_owned();
        let models = live.partition.shared().models.clone();
        Some((slot.profile.clone(), live.partition.config().clone(), version, live.partition.clock(), place, models))
    });
    let Some((profile, business, version, clock, (partition, sequence), models)) = found else {
        return b"null".to_vec();
    };
    let events =
        timeline::fetch(&shared.log, partition, profile.timeline.entries().map(|entry| (entry.sequence, entry.index)))
            .await;
    let mut whole = customer::whole(&business, id, &profile, (partition, clock), &events);
    whole["timeline"] = views::texts::explained(&models, &business, &profile, whole["timeline"].take());
    whole["health"]["config"] = json!(version);
    whole["as_of"] = json!(clock);
    whole["place"] = json!(format!("{partition}:{sequence}"));
    serde_json::to_vec(&whole).unwrap_or_default()
}

/// Texts of customers as JSON, with the words that carried their scores.
async fn texts(shared: &Shared, live: &Mutex<Live>, which: &Which, limit: usize) -> Vec<u8> {
    let (spots, models, business, partition) = with(live, |live| {
        let (heard, config) = (live.partition.shared(), live.partition.config());
        let spots = views::texts::which(heard, config, live.partition.clock(), which, limit);
        (spots, heard.models.clone(), config.clone(), live.partition.id())
    });
    let places = spots.iter().map(|spot| (spot.sequence, spot.index));
    let events = timeline::fetch(&shared.log, partition, places).await;
    let rows = views::texts::rows(&models, &business, partition, &spots, &events);
    serde_json::to_vec(&rows).unwrap_or_default()
}

/// An alert with its history and the events behind it as JSON; `null` where it isn't known.
async fn one_alert(shared: &Shared, live: &Mutex<Live>, subject: &Id, key: &AlertKey) -> Vec<u8> {
    let unknown = || b"null".to_vec();
    let Some(keyspace) = alerts::keyspace(key) else { return unknown() };
    // As for a customer: the fold goes on meanwhile.
    let found = with(live, |live| {
        let slot = live.partition.profile(keyspace, subject)?;
        Some((slot.profile.clone(), live.partition.config().clone(), live.partition.clock(), live.partition.id()))
    });
    let Some((profile, business, clock, partition)) = found else { return unknown() };
    let Some(evidence) = alerts::evidence(&profile, key) else { return unknown() };
    let places = evidence.iter().map(|evidence| (evidence.sequence, evidence.index));
    let events = timeline::fetch(&shared.log, partition, places).await;
    let whole = alerts::whole(&business, subject, &profile, key, clock, &events);
    serde_json::to_vec(&whole).unwrap_or_default()
}
