use super::*;
use crate::arrival::Headers;
use bytes::Bytes;
use nexusflow_model::Timestamp;
use proptest::prelude::*;

const SAID: &[Said] = &[
    Said { column: "$topic", header: "topic", parted_by: Some('/') },
    Said { column: "$key", header: "key", parted_by: None },
];

const MAPPING: &str = r#"
[source]
uri = "/trackers"
[[file]]
name = "positions"
path = "-"
format = "jsonl"
[[event]]
type = "delivery.delivered"
from = "positions"
id = "{$topic.1}:{ts}"
subject = "$key"
time = { column = "ts", format = "unix" }
data.order = "$topic.1"
"#;

fn source() -> Source {
    Source::new("/sources/vans").unwrap()
}

fn mapped() -> Message {
    Message { body: Body::Mapped(Mapping::parse("trackers", MAPPING).unwrap(), source()), said: SAID }
}

fn arrival(headers: &[(&str, &str)], body: &[u8]) -> Arrival {
    let headers: Headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Arrival { headers, body: Bytes::copy_from_slice(body), at: Timestamp::from_ms(1_767_000_000_000).unwrap() }
}

#[test]
fn what_a_broker_says_about_a_message_is_a_column() {
    let said = [("topic", "parcels/o-7/delivered"), ("key", "c-1")];
    let events = mapped().decode(&arrival(&said, br#"{"ts":1766990000,"$topic":["forged","x"]}"#));
    let [Incoming { event: Ok(event), original }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((event.id.as_str(), event.subject.as_str()), ("o-7:1766990000", "c-1"));
    assert_eq!(event.source, source());
    assert!(original.starts_with(br#"{"ts""#), "the original is what came");
    assert_eq!(mapped().decode(&arrival(&said, br#"[{"ts":1},{"ts":2}]"#)).len(), 2);
}

#[test]
fn attributes_in_headers_make_an_event_of_the_body() {
    let message = Message { body: Body::CloudEvents(source()), said: SAID };
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-id", "1"),
        ("ce-source", "/elsewhere"),
        ("ce-type", "delivery.delivered"),
        ("ce-subject", "c-1"),
    ];
    let events = message.decode(&arrival(&headers, br#"{"order":"o-7"}"#));
    let [Incoming { event: Ok(event), .. }] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((event.event.kind().as_str(), &event.source), ("delivery.delivered", &source()));
    let events = message.decode(&arrival(&headers[..1], b"{}"));
    assert_eq!(events[0].event.as_ref().unwrap_err().field, "id");
}

#[test]
fn what_is_too_large_is_refused_and_kept_as_far_as_it_can_be() {
    let body = format!("[{}]", " ".repeat(RECORD_BYTES_MAX));
    let events = mapped().decode(&arrival(&[("topic", "a")], body.as_bytes()));
    let [Incoming { event: Err(reject), original }] = events.as_slice() else { panic!("{events:?}") };
    assert!(reject.reason.contains("524288") && original.len() == RECORD_BYTES_MAX, "{reject:?}");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(
        body in prop::collection::vec(any::<u8>(), 0..200),
        topic in ".{0,40}",
        ce in prop::option::of(".{0,20}"),
    ) {
        let mut headers = vec![("topic", topic.as_str())];
        headers.extend(ce.as_deref().map(|id| ("ce-id", id)));
        let arrival = arrival(&headers, &body);
        for message in [mapped(), Message { body: Body::CloudEvents(source()), said: SAID }] {
            prop_assert_eq!(message.decode(&arrival), message.decode(&arrival));
        }
    }

    #[test]
    fn any_json_is_read_or_refused(text in r#"[\[\{]?(("[a-z$]{0,3}":|)(\[|\{|"x"|1|null|\]|\}|,)){0,12}"#) {
        mapped().decode(&arrival(&[("topic", "a/b")], text.as_bytes()));
    }
}

#[test]
fn a_password_comes_from_one_place() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("p"), "secret\n").unwrap();
    assert_eq!(password(folder.path(), Some(Path::new("p")), None), Ok(Some("secret".into())));
    assert_eq!(password(folder.path(), None, None), Ok(None));
    assert!(password(folder.path(), Some(Path::new("q")), None).unwrap_err().contains("password_file: can't read"));
    assert!(password(folder.path(), Some(Path::new("p")), Some("P")).unwrap_err().contains("set one"));
}
