//! NATS: a subject of their own, on NexusFlow's NATS or on theirs. Either JetStream keeps what is published there until it is stored
//! ([`keep`]), or who asks on it is answered when it is ([`answer`]).

mod answer;
mod keep;

use super::{Message, Said, read};
use crate::arrival::{Arrival, Decoder, Headers};
use crate::intake::Origin;
use crate::source::{Body, Connector, Named, Opened, Read, Running, Sample, Site, Way};
use nexusflow_log::{NatsSettings, async_nats};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "nats",
    about: "A subject of NATS: CloudEvents, structured or binary, or any JSON by a mapping",
    open,
    page: include_str!("../../../../docs/connect/nats.md"),
    example: "subject = \"shop.>\"",
    samples: &[
        Sample {
            what: "an order, as a CloudEvent",
            headers: &[("nats-subject", "shop.orders")],
            body: r#"{"specversion":"1.0","id":"order-1","source":"/shop","type":"order.placed","subject":"customer-1","time":"2026-01-05T10:00:00Z","data":{"order":"1","total":{"minor":1250,"currency":"EUR"}}}"#,
            becomes: &["order.placed"],
        },
        Sample {
            what: "a delivery, as a CloudEvent whose attributes are headers",
            headers: &[
                ("nats-subject", "shop.deliveries"),
                ("ce-specversion", "1.0"),
                ("ce-id", "delivery-1"),
                ("ce-source", "/shop"),
                ("ce-type", "delivery.delivered"),
                ("ce-subject", "customer-1"),
                ("ce-time", "2026-01-06T10:00:00Z"),
            ],
            body: r#"{"order":"1"}"#,
            becomes: &["delivery.delivered"],
        },
    ],
};

/// What mappings may use beside the body.
const SAID: &[Said] = &[
    Said { column: "$subject", header: SUBJECT, parted_by: Some('.') },
    Said { column: "$sequence", header: SEQUENCE, parted_by: None },
];
const SUBJECT: &str = "nats-subject";
const SEQUENCE: &str = "nats-sequence";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    subject: String,
    #[serde(default)]
    answer: bool,
    stream: Option<String>,
    mapping: Option<String>,
    #[serde(default)]
    url: String,
    credentials_file: Option<PathBuf>,
    nkey_file: Option<PathBuf>,
    user: Option<String>,
    password_file: Option<PathBuf>,
    token_file: Option<PathBuf>,
    tls_ca_file: Option<PathBuf>,
    tls_certificate_file: Option<PathBuf>,
    tls_key_file: Option<PathBuf>,
    #[serde(default)]
    tls_required: bool,
}

/// A subject that is read.
struct Nats {
    subject: String,
    answer: bool,
    /// The stream that keeps what is published; found or made where none is named.
    stream: Option<String>,
    /// Their NATS; none: ours.
    theirs: Option<NatsSettings>,
}

impl std::fmt::Debug for Nats {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Nats").field("subject", &self.subject).finish_non_exhaustive()
    }
}

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let settings: Settings = table.try_into().map_err(|e| e.to_string())?;
    check_subject(&settings.subject).map_err(|reason| format!("subject {reason}"))?;
    if settings.answer && settings.stream.is_some() {
        return Err("stream names what keeps messages, and with answer = true nothing does: set one of them".into());
    }
    let body = Body::new(settings.mapping.as_deref(), &named.folder, &named.uri)?;
    let theirs = theirs(&named.folder, &settings)?;
    let reader = Nats { subject: settings.subject, answer: settings.answer, stream: settings.stream, theirs };
    Ok(Opened { decoder: Arc::new(Message { body, said: SAID }), way: Way::Read(Box::new(reader)) })
}

/// Whether a subject can be a source's: it begins with a word of its own, as what is NexusFlow's or the server's must be out of reach.
///
/// # Errors
/// What is wrong with it.
pub fn check_subject(subject: &str) -> Result<(), &'static str> {
    let words: Vec<&str> = subject.split('.').collect();
    let is_word = |word: &&str| {
        !word.is_empty() && !word.contains(['*', '>']) && !word.chars().any(|c| c.is_whitespace() || c.is_control())
    };
    let last = words.len() - 1;
    let is_good = |(at, word): (usize, &&str)| is_word(word) || *word == "*" || (*word == ">" && at == last);
    if !words.iter().enumerate().all(is_good) {
        return Err(
            "must be words parted by points, where * stands for a word and > at the end for any number of them",
        );
    }
    if !is_word(&words[0]) || words[0].starts_with(['$', '_']) {
        return Err("must begin with a word of its own, not with *, >, $ or _: what is the server's own begins so");
    }
    Ok(())
}

/// How to reach their NATS, the files checked; none where it is ours.
fn theirs(folder: &Path, settings: &Settings) -> Result<Option<NatsSettings>, String> {
    let files = [
        ("credentials_file", &settings.credentials_file),
        ("nkey_file", &settings.nkey_file),
        ("password_file", &settings.password_file),
        ("token_file", &settings.token_file),
        ("tls_ca_file", &settings.tls_ca_file),
        ("tls_certificate_file", &settings.tls_certificate_file),
        ("tls_key_file", &settings.tls_key_file),
    ];
    if settings.url.is_empty() {
        let (key, _) = match files.iter().find(|(_, file)| file.is_some()) {
            Some(found) => found,
            None if settings.user.is_some() => &("user", &None),
            None => return Ok(None),
        };
        return Err(format!("{key} is for another NATS, and without url the source is read from NexusFlow's own"));
    }
    if settings.url.contains('@') {
        return Err("url must be without user and password: set user and password_file".into());
    }
    if settings.user.is_some() != settings.password_file.is_some() {
        return Err("user and password_file belong together: set both".into());
    }
    if settings.tls_certificate_file.is_some() != settings.tls_key_file.is_some() {
        return Err("tls_certificate_file and tls_key_file belong together: set both".into());
    }
    for (key, file) in &files {
        if let Some(path) = file {
            read(folder, key, path)?;
        }
    }
    let at = |path: &Option<PathBuf>| path.as_ref().map(|path| folder.join(path));
    Ok(Some(NatsSettings {
        url: settings.url.clone(),
        credentials_file: at(&settings.credentials_file),
        nkey_file: at(&settings.nkey_file),
        user: settings.user.clone(),
        password_file: at(&settings.password_file),
        token_file: at(&settings.token_file),
        tls_ca_file: at(&settings.tls_ca_file),
        tls_certificate_file: at(&settings.tls_certificate_file),
        tls_key_file: at(&settings.tls_key_file),
        tls_required: settings.tls_required,
    }))
}

impl Read for Nats {
    fn run<'a>(&'a self, site: &'a Site, decoder: &'a dyn Decoder) -> Running<'a> {
        Box::pin(async move {
            if self.subject.split('.').next() == Some(site.log.prefix()) {
                return Err(format!("subject: what begins with {:?} is NexusFlow's own", site.log.prefix()));
            }
            let client = match &self.theirs {
                None => site.log.client().clone(),
                Some(theirs) => {
                    let name = format!("source {}", site.named.name);
                    nexusflow_log::connect(theirs, &name).await.map_err(|error| error.to_string())?
                }
            };
            match self.answer {
                true => answer::run(self, site, decoder, &client).await,
                false => keep::run(self, site, decoder, client).await,
            }
        })
    }
}

/// A message as it came.
fn arrival(site: &Site, message: &async_nats::Message, sequence: Option<u64>) -> Arrival {
    let mut headers = Headers::from([(SUBJECT.to_owned(), message.subject.to_string())]);
    headers.extend(sequence.map(|sequence| (SEQUENCE.to_owned(), sequence.to_string())));
    for (name, values) in message.headers.iter().flat_map(async_nats::HeaderMap::iter) {
        let name = name.to_string().to_ascii_lowercase();
        if name.starts_with(super::ATTRIBUTE) || name == "content-type" {
            headers.extend(values.first().map(|value| (name, value.to_string())));
        }
    }
    Arrival { headers, body: message.payload.clone(), at: (site.now)() }
}

fn origin(site: &Site, arrival: &Arrival) -> Origin {
    Origin { source: Arc::clone(&site.named.name), kind: site.kind, headers: arrival.headers.clone(), at: arrival.at }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(toml: &str) -> Result<Opened, String> {
        let named = Named {
            name: "shop".into(),
            uri: nexusflow_model::Source::new("/sources/shop").unwrap(),
            folder: PathBuf::new(),
        };
        open(&named, toml.parse().unwrap())
    }

    #[test]
    fn a_subject_begins_with_a_word_of_its_own() {
        for good in ["shop", "shop.>", "shop.*.orders", "shop.eu.orders"] {
            assert_eq!(check_subject(good), Ok(()), "{good}");
        }
        for bad in ["", ">", "*", "*.orders", "shop.", ".shop", "shop.>.x", "shop.a*", "sh op", "$JS.API", "_INBOX.>"] {
            assert!(check_subject(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_mistake_is_told_by_its_key() {
        for (settings, told) in [
            ("", "missing field `subject`"),
            ("subject = \">\"", "subject must begin with a word"),
            ("subject = \"a\"\ntopic = 1", "unknown field `topic`"),
            ("subject = \"a\"\nuser = \"u\"", "user is for another NATS"),
            ("subject = \"a\"\ntoken_file = \"t\"", "token_file is for another NATS"),
            ("subject = \"a\"\nurl = \"nats://u:p@h\"", "without user and password"),
            ("subject = \"a\"\nurl = \"nats://h\"\nuser = \"u\"", "set both"),
            ("subject = \"a\"\nurl = \"nats://h\"\ntoken_file = \"none\"", "token_file: can't read none"),
            ("subject = \"a\"\nanswer = true\nstream = \"S\"", "set one of them"),
        ] {
            let error = opened(settings).err().unwrap_or_default();
            assert!(error.contains(told), "{settings}: {error}");
        }
        assert!(opened("subject = \"shop.>\"").is_ok());
    }
}
