//! Who asks on the subject is answered when the log has what they said, in the words of HTTP. Nothing else keeps it: without an answer
//! nobody knows, and saying it again is safe.

use super::{Nats, arrival, origin};
use crate::arrival::Decoder;
use crate::http::answer::told;
use crate::intake::Outcome;
use crate::source::Site;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use nexusflow_log::{async_nats, raised};
use std::time::Duration;

/// Requests that are stored at a time; more wait in the client, which forgets those that it has no room for.
const AT_ONCE: usize = 256;
/// How long the log may take before who asks is told to come back.
const PATIENCE: Duration = Duration::from_secs(5);
/// The header that says what HTTP says by its status.
const STATUS: &str = "nexusflow-status";

/// Answers until it is to stop, and then those who have asked.
pub(super) async fn run(
    nats: &Nats,
    site: &Site,
    decoder: &dyn Decoder,
    client: &async_nats::Client,
) -> Result<(), String> {
    let group = format!("{}-{}", site.log.prefix(), site.named.name);
    let asked = client.queue_subscribe(nats.subject.clone(), group).await;
    let mut asked = asked.map_err(|error| error.to_string())?;
    tracing::info!(source = %site.named.name, "answers on a subject of NATS");
    let (mut stop, mut is_stopping) = (site.shutdown.clone(), false);
    let mut under_way = FuturesUnordered::new();
    loop {
        tokio::select! {
            Some(()) = under_way.next(), if !under_way.is_empty() => {}
            message = asked.next(), if under_way.len() < AT_ONCE => match message {
                Some(message) => under_way.push(answer(site, decoder, client, message)),
                None => break,
            },
            () = raised(&mut stop), if !is_stopping => {
                is_stopping = true;
                asked.drain().await.map_err(|error| error.to_string())?;
            }
        }
    }
    while under_way.next().await.is_some() {}
    if is_stopping { Ok(()) } else { Err("the subscription ended".into()) }
}

async fn answer(site: &Site, decoder: &dyn Decoder, client: &async_nats::Client, message: async_nats::Message) {
    let arrival = arrival(site, &message, None);
    let events = decoder.decode(&arrival);
    let is_single = events.len() == 1 && !arrival.body.trim_ascii_start().starts_with(b"[");
    let outcome: Outcome = site.intake.store(&origin(site, &arrival), events, PATIENCE).await;
    let Some(reply) = message.reply else {
        if !outcome.unstored.is_empty() {
            tracing::warn!(source = %site.named.name, "events were not stored, and nobody asked to be told");
        }
        return;
    };
    // Who asks names where the answer goes: it must not be a way to write where only we may.
    if !may_be_answered(&reply, site.log.prefix()) {
        tracing::warn!(source = %site.named.name, "an answer was asked for where none may go");
        return;
    }
    let (status, body, _) = told(&outcome, is_single);
    let mut headers = async_nats::HeaderMap::new();
    headers.insert(STATUS, status.as_str());
    if let Err(error) = client.publish_with_headers(reply, headers, body.to_string().into()).await {
        tracing::debug!(%error, "an answer did not leave");
    }
}

fn may_be_answered(reply: &str, prefix: &str) -> bool {
    let first = reply.split('.').next().unwrap_or_default();
    first != prefix && !first.starts_with('$')
}

#[cfg(test)]
mod tests {
    #[test]
    fn no_answer_goes_where_only_we_write() {
        for (reply, may) in [
            ("_INBOX.abc.1", true),
            ("_R_.xyz", true),
            ("shop.answers", true),
            ("nexusflow.log.0", false),
            ("nexusflow", false),
            ("$JS.API.STREAM.DELETE.NEXUSFLOW_LOG_000", false),
            ("$KV.nexusflow-layout.layout", false),
        ] {
            assert_eq!(super::may_be_answered(reply, "nexusflow"), may, "{reply}");
        }
    }
}
