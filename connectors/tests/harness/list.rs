//! The list of connectors is as it must be, and what it says of itself is true.

use crate::fixture::{arrival, named, now, open, samples};
use nexusflow_connectors::source::{CONNECTORS, Connector};
use nexusflow_model::cloudevents::{decode_structured, encode};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn pages() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/connect")
}

#[test]
fn kinds_are_unique_and_have_their_page() {
    let mut kinds = BTreeSet::new();
    for connector in CONNECTORS {
        let kind = connector.kind;
        assert!(kinds.insert(kind), "{kind} is there twice");
        assert!(kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{kind}");
        assert!(!connector.about.is_empty() && !connector.about.contains('\n'), "{kind}: about is a line");
        let page = std::fs::read_to_string(pages().join(format!("{kind}.md"))).unwrap_or_default();
        assert_eq!(page, connector.page, "{kind}: its page is docs/connect/{kind}.md");
    }
}

#[test]
fn the_list_of_pages_is_complete() {
    let list = std::fs::read_to_string(pages().join("README.md")).unwrap();
    for connector in CONNECTORS {
        let link = format!("({}.md)", connector.kind);
        assert!(list.contains(&link), "docs/connect/README.md does not name {}", connector.kind);
    }
}

/// The keys that a kind takes: what it says when it is given one that it does not.
fn keys(connector: &Connector) -> Vec<String> {
    let mut settings: toml::Table = connector.example.parse().unwrap();
    settings.insert("no_such_key".into(), true.into());
    let why = (connector.open)(&named(connector.kind), settings).map(drop);
    let why = why.expect_err(&format!("{}: a misspelt key is taken without a word", connector.kind));
    let (_, expected) = why.split_once("expected").unwrap_or_else(|| panic!("{}: {why}", connector.kind));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn pages_name_every_setting() {
    for connector in CONNECTORS {
        for key in keys(connector) {
            let is_named = connector.page.contains(&format!("`{key}`"));
            assert!(is_named, "docs/connect/{}.md does not name `{key}`", connector.kind);
        }
    }
}

#[test]
fn samples_become_what_they_say() {
    for connector in CONNECTORS {
        assert!(!connector.samples.is_empty(), "{} has no sample", connector.kind);
    }
    for (connector, sample) in samples() {
        let events = open(connector).decoder.decode(&arrival(sample, now()));
        let whole = |why: &dyn std::fmt::Display| format!("{}: {}: {why}", connector.kind, sample.what);
        let mut ids = BTreeSet::new();
        let mut kinds = Vec::new();
        for incoming in &events {
            let envelope = incoming.event.as_ref().unwrap_or_else(|reject| panic!("{}", whole(reject)));
            kinds.push(envelope.event.kind().as_str());
            assert!(ids.insert(envelope.id.clone()), "{}", whole(&"an id is there twice"));
            assert!(!envelope.event.kind().is_control(), "{}", whole(&"no source may say that"));
            assert_eq!(envelope.source, named(connector.kind).uri, "{}", whole(&"the source is ours to say"));
            assert_eq!(decode_structured(&encode(envelope), now()).as_ref(), Ok(envelope), "{}", whole(&"survives"));
            assert!(!incoming.original.is_empty(), "{}", whole(&"its bytes are kept"));
        }
        assert_eq!(kinds, sample.becomes, "{}", whole(&"becomes"));
    }
}

/// No two samples of a kind are the same event, unless they are the same message.
#[test]
fn ids_are_unique_within_a_source() {
    for connector in CONNECTORS {
        let opened = open(connector);
        let mut seen = std::collections::BTreeMap::new();
        for sample in connector.samples {
            for incoming in opened.decoder.decode(&arrival(sample, now())) {
                let envelope = incoming.event.unwrap();
                let before = seen.insert(envelope.id.clone(), envelope.clone());
                let is_same = before.is_none_or(|before| before == envelope);
                assert!(is_same, "{}: {}: another event has the id {}", connector.kind, sample.what, envelope.id);
            }
        }
    }
}
