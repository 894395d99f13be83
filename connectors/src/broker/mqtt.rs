//! MQTT 5, for what delivers: topics of a broker, with a session that the broker keeps while nobody reads. A message is acknowledged
//! when its events are stored.

use super::{Message, Said, password, read};
use crate::arrival::{Arrival, Decoder, Headers};
use crate::intake::{Origin, Stopping};
use crate::source::{Body, Connector, Named, Opened, Read, Running, Sample, Site, Way};
use crate::tls;
use futures_util::future::join_all;
use nexusflow_log::raised;
use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{Filter, Packet, Publish, RetainForwardRule, SubscribeReasonCode};
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use rumqttc::{TlsConfiguration, Transport};
use serde::Deserialize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};
use url::Url;

/// Messages that may be unacknowledged at a time: no more are sent to us, so that this is what is held in memory.
const IN_FLIGHT: u16 = 64;
/// Acknowledgements that may wait to be sent: as many as there are packet ids, so that storing never waits for the one who listens, who
/// waits for what is stored. mosquitto 2.0.11 sends more than the receive maximum once a session is taken up again.
const REQUESTS: usize = u16::MAX as usize;
/// The largest message that is taken, in bytes; the broker does not send us larger ones.
const PACKET_BYTES_MAX: u32 = 1024 * 1024;
/// How often the broker hears of us when there is nothing to say.
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "mqtt",
    about: "Topics of an MQTT 5 broker: JSON by a mapping, or CloudEvents",
    open,
    page: include_str!("../../../docs/connect/mqtt.md"),
    example: "url = \"mqtt://127.0.0.1:1883\"\ntopics = [\"parcels/+/events\"]",
    samples: &[Sample {
        what: "a delivery, as a CloudEvent",
        headers: &[("mqtt-topic", "parcels/1/events"), ("mqtt-retained", "false")],
        body: r#"{"specversion":"1.0","id":"parcel-1:delivered","source":"/vans","type":"delivery.delivered","subject":"customer-1","time":"2026-01-06T10:00:00Z","data":{"order":"1"}}"#,
        becomes: &["delivery.delivered"],
    }],
};

/// What mappings may use beside the body.
const SAID: &[Said] = &[
    Said { column: "$topic", header: TOPIC, parted_by: Some('/') },
    Said { column: "$retained", header: RETAINED, parted_by: None },
];
const TOPIC: &str = "mqtt-topic";
const RETAINED: &str = "mqtt-retained";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    url: String,
    topics: Vec<String>,
    client_id: Option<String>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    password_env: Option<String>,
    tls_ca_file: Option<PathBuf>,
    mapping: Option<String>,
}

/// Topics that are read.
struct Mqtt {
    host: String,
    port: u16,
    tls: Option<Arc<rustls::ClientConfig>>,
    topics: Vec<String>,
    client_id: Option<String>,
    credentials: Option<(String, String)>,
}

impl std::fmt::Debug for Mqtt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mqtt").field("host", &self.host).field("topics", &self.topics).finish_non_exhaustive()
    }
}

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let settings: Settings = table.try_into().map_err(|e| e.to_string())?;
    let url = Url::parse(&settings.url).map_err(|error| format!("url can't be read: {error}"))?;
    let is_secure = match url.scheme() {
        "mqtt" => false,
        "mqtts" => true,
        _ => return Err("url must begin with mqtt:// or mqtts://".into()),
    };
    if !url.username().is_empty() || url.password().is_some() {
        return Err("url must be without user and password: set user and password_file".into());
    }
    let host = url.host_str().ok_or("url names no host")?.to_owned();
    if settings.topics.is_empty() {
        return Err("topics must name a topic at least".into());
    }
    if let Some(bad) = settings.topics.iter().find(|topic| !rumqttc::valid_filter(topic)) {
        return Err(format!("topics: {bad:?} is none: + stands for a whole level, # for all at the end"));
    }
    let folder = &named.folder;
    let password = password(folder, settings.password_file.as_deref(), settings.password_env.as_deref())?;
    let credentials = match (settings.user, password) {
        (Some(user), Some(password)) => Some((user, password)),
        (None, None) => None,
        (Some(_), None) => return Err("user needs password_file, or password_env".into()),
        (None, Some(_)) => return Err("a password needs user".into()),
    };
    let authority = settings.tls_ca_file.as_deref().map(|path| read(folder, "tls_ca_file", path)).transpose()?;
    let tls = match (is_secure, authority) {
        (true, authority) => Some(tls::client(authority.as_deref())?),
        (false, Some(_)) => return Err("tls_ca_file needs an url that begins with mqtts://".into()),
        (false, None) => None,
    };
    let port = url.port().unwrap_or(if is_secure { 8883 } else { 1883 });
    let (topics, client_id) = (settings.topics, settings.client_id);
    let body = Body::new(settings.mapping.as_deref(), folder, &named.uri)?;
    let reader = Mqtt { host, port, tls, topics, client_id, credentials };
    Ok(Opened { decoder: Arc::new(Message { body, said: SAID }), way: Way::Read(Box::new(reader)) })
}

impl Mqtt {
    fn options(&self, site: &Site) -> MqttOptions {
        let usual = || format!("{}-{}", site.log.prefix(), site.named.name);
        let id = self.client_id.clone().unwrap_or_else(usual);
        let mut options = MqttOptions::new(id, &self.host, self.port);
        // The session is the broker's to keep, for as long as it will, and nothing in it is acknowledged without being told.
        options.set_clean_start(false).set_session_expiry_interval(Some(u32::MAX)).set_manual_acks(true);
        options.set_receive_maximum(Some(IN_FLIGHT)).set_max_packet_size(Some(PACKET_BYTES_MAX));
        options.set_keep_alive(KEEP_ALIVE);
        if let Some((user, password)) = &self.credentials {
            options.set_credentials(user, password);
        }
        if let Some(tls) = &self.tls {
            options.set_transport(Transport::tls_with_config(TlsConfiguration::Rustls(Arc::clone(tls))));
        }
        options
    }

    /// What was retained comes once, when the topic is first subscribed to, and not at every connection.
    fn filters(&self) -> Vec<Filter> {
        let filter = |topic: &String| {
            let mut filter = Filter::new(topic, QoS::AtLeastOnce);
            filter.retain_forward_rule = RetainForwardRule::OnNewSubscribe;
            filter
        };
        self.topics.iter().map(filter).collect()
    }

    /// One connection: what is under way when it ends is given again by the broker, so that an acknowledgement never meets another
    /// connection than its message's.
    async fn connect(&self, site: &Site, decoder: &dyn Decoder) -> Result<(), String> {
        let (client, events) = AsyncClient::new(self.options(site), REQUESTS);
        client.subscribe_many(self.filters()).await.map_err(|error| error.to_string())?;
        let (arrived, waiting) = mpsc::channel(IN_FLIGHT.into());
        let mut stop = site.shutdown.clone();
        tokio::select! {
            ended = self.listen(events, arrived, site) => ended,
            ended = store(waiting, &client, site, decoder) => ended,
            () = raised(&mut stop) => Ok(()),
        }
    }

    /// Speaks with the broker. Where messages that nobody acknowledges (QoS 0) come faster than they are stored, it stops reading.
    async fn listen(&self, mut events: EventLoop, arrived: mpsc::Sender<Publish>, site: &Site) -> Result<(), String> {
        loop {
            let event = events.poll().await.map_err(|error| format!("{}:{}: {error}", self.host, self.port))?;
            match event {
                Event::Incoming(Packet::Publish(message)) => {
                    let taken = arrived.send(message).await;
                    if taken.is_err() {
                        return Ok(());
                    }
                }
                Event::Incoming(Packet::ConnAck(answer)) => {
                    tracing::info!(source = %site.named.name, session = answer.session_present, "reads topics of MQTT");
                }
                Event::Incoming(Packet::SubAck(answer)) => {
                    let is_refused = |code: &SubscribeReasonCode| !matches!(code, SubscribeReasonCode::Success(_));
                    if let Some(at) = answer.return_codes.iter().position(is_refused) {
                        let topic = self.topics.get(at).map_or("", String::as_str);
                        return Err(format!("the broker refuses the topic {topic}: may this user read it?"));
                    }
                }
                _ => {}
            }
        }
    }
}

impl Read for Mqtt {
    fn run<'a>(&'a self, site: &'a Site, decoder: &'a dyn Decoder) -> Running<'a> {
        Box::pin(self.connect(site, decoder))
    }
}

/// Stores what arrives, several at a time, and acknowledges it in its order.
async fn store(
    mut waiting: mpsc::Receiver<Publish>,
    client: &AsyncClient,
    site: &Site,
    decoder: &dyn Decoder,
) -> Result<(), String> {
    let mut messages = Vec::with_capacity(IN_FLIGHT.into());
    while waiting.recv_many(&mut messages, IN_FLIGHT.into()).await > 0 {
        let bring = messages.iter().map(|message| {
            let arrival = arrival(message, site);
            let events = decoder.decode(&arrival);
            let source = Arc::clone(&site.named.name);
            let origin = Origin { source, kind: site.kind, headers: arrival.headers, at: arrival.at };
            let mut shutdown: watch::Receiver<bool> = site.shutdown.clone();
            async move { site.intake.bring(&origin, events, &mut shutdown).await }
        });
        let stored: Result<(), Stopping> = join_all(bring).await.into_iter().collect();
        if stored.is_err() {
            return Ok(());
        }
        for message in messages.drain(..) {
            client.ack(&message).await.map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// A message as it came. Its user properties are the attributes of a CloudEvent where they say so.
fn arrival(message: &Publish, site: &Site) -> Arrival {
    let mut headers = Headers::from([
        (TOPIC.to_owned(), String::from_utf8_lossy(&message.topic).into_owned()),
        (RETAINED.to_owned(), message.retain.to_string()),
    ]);
    if let Some(properties) = &message.properties {
        headers.extend(properties.content_type.clone().map(|kind| ("content-type".to_owned(), kind)));
        let said = &properties.user_properties;
        if said.iter().any(|(name, _)| name == "specversion") {
            let attributes = ["specversion", "id", "source", "type", "subject", "time"];
            let said = said.iter().filter(|(name, _)| attributes.contains(&name.as_str()));
            headers.extend(said.map(|(name, value)| (format!("{}{name}", super::ATTRIBUTE), value.clone())));
        }
    }
    Arrival { headers, body: message.payload.clone(), at: (site.now)() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_told_by_its_key() {
        let named = Named {
            name: "vans".into(),
            uri: nexusflow_model::Source::new("/sources/vans").unwrap(),
            folder: PathBuf::new(),
        };
        for (settings, told) in [
            ("topics = [\"a\"]", "missing field `url`"),
            ("url = \"http://h\"\ntopics = [\"a\"]", "mqtt:// or mqtts://"),
            ("url = \"mqtt://u:p@h\"\ntopics = [\"a\"]", "without user and password"),
            ("url = \"mqtt://h\"\ntopics = []", "topics must name"),
            ("url = \"mqtt://h\"\ntopics = [\"a/#/b\"]", "topics: \"a/#/b\" is none"),
            ("url = \"mqtt://h\"\ntopics = [\"a\"]\nuser = \"u\"", "user needs password_file"),
            ("url = \"mqtt://h\"\ntopics = [\"a\"]\ntls_ca_file = \"none\"", "tls_ca_file: can't read none"),
            ("url = \"mqtt://h\"\ntopics = [\"a\"]\nqos = 1", "unknown field `qos`"),
        ] {
            let error = open(&named, settings.parse().unwrap()).err().unwrap_or_default();
            assert!(error.contains(told), "{settings}: {error}");
        }
        assert!(open(&named, CONNECTOR.example.parse().unwrap()).is_ok());
    }
}
