//! What publishers send, and what they are told when it is wrong.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use nexusflow_model::cloudevents::{
    Attributes, decode_binary, decode_record, decode_structured, encode, join_record, split_batch,
};
use nexusflow_model::{Reject, Timestamp};
use serde_json::{Value, json};

fn now() -> Timestamp {
    "2026-01-31T12:00:00Z".parse().unwrap()
}

fn order() -> Value {
    json!({
        "specversion": "1.0", "id": "o-1", "source": "/shop", "type": "order.placed", "subject": "c-1",
        "time": "2026-01-31T10:00:00+01:00",
        "data": {"order": "1", "total": {"minor": 1250, "currency": "EUR"},
                 "lines": [{"sku": "A", "quantity": 2, "amount": {"minor": 1250, "currency": "EUR"}}]}
    })
}

fn reject(event: &Value) -> Reject {
    decode_structured(event.to_string().as_bytes(), now()).unwrap_err()
}

#[test]
fn a_structured_event_is_read_and_comes_back_from_the_log() {
    let envelope = decode_structured(order().to_string().as_bytes(), now()).unwrap();
    assert_eq!(envelope.occurred_at.to_string(), "2026-01-31T09:00:00.000Z");
    assert_eq!(envelope.recorded_at, now());
    let encoded = encode(&envelope);
    let record = join_record([encoded.as_slice(), encoded.as_slice()].into_iter());
    assert_eq!(decode_record(&record).unwrap(), vec![Ok(envelope.clone()), Ok(envelope)]);
}

#[test]
fn a_record_reads_the_same_in_whatever_order_its_attributes_stand() {
    let envelope = decode_structured(order().to_string().as_bytes(), now()).unwrap();
    let ours = String::from_utf8(encode(&envelope)).unwrap();
    let by_name = serde_json::from_str::<Value>(&ours).unwrap().to_string();
    assert!(ours.find("\"type\"") < ours.find("\"data\"") && by_name.find("\"type\"") > by_name.find("\"data\""));
    let unusual = by_name.replacen('{', r#"{"datacontenttype":"application/json","sequence":[1],"#, 1);
    for event in [ours.replacen('{', r#"{"sequence":"1","#, 1), by_name, unusual, ours] {
        assert_eq!(decode_record(format!("[{event}]").as_bytes()).unwrap(), [Ok(envelope.clone())], "{event}");
    }
}

/// The quick way and the one that names mistakes read the same: what is said of when an event was recorded and passed on is the log's
/// to say, and not a publisher's.
#[test]
fn what_publishers_send_reads_the_same_whichever_way_it_is_read() {
    let envelope = decode_structured(order().to_string().as_bytes(), now()).unwrap();
    let ours = String::from_utf8(encode(&envelope)).unwrap();
    let ours = ours.replacen(&now().to_string(), "1999-01-01T00:00:00.000Z", 1).replacen('{', r#"{"forwarded":3,"#, 1);
    let json = ours.replacen('{', r#"{"datacontenttype":"application/json; charset=utf-8","#, 1);
    let by_name = serde_json::from_str::<Value>(&json).unwrap().to_string();
    assert!(json.find("\"type\"") < json.find("\"data\":") && by_name.find("\"type\"") > by_name.find("\"data\":"));
    for event in [&ours, &json, &by_name] {
        assert!(event.contains("1999"), "{event}");
        assert_eq!(decode_structured(event.as_bytes(), now()).unwrap(), envelope, "{event}");
    }
    let no_time = json.replacen(r#""time":"2026-01-31T09:00:00.000Z","#, "", 1);
    assert_eq!(decode_structured(no_time.as_bytes(), now()).unwrap().occurred_at, now());
    for (good, bad) in [("application/json", "text/plain"), ("1999-01-01T", "1999-13-01T"), ("1.0", "0.3")] {
        let event = json.replacen(good, bad, 1);
        assert_ne!(event, json);
        decode_structured(event.as_bytes(), now()).unwrap_err();
    }
}

#[test]
fn what_is_wrong_in_a_record_stands_in_its_place() {
    let mut wrong = order();
    wrong["data"]["total"]["currency"] = "XYZ".into();
    let good = encode(&decode_structured(order().to_string().as_bytes(), now()).unwrap());
    let mut bad = order();
    bad["recordedtime"] = "2026-01-31T12:00:00Z".into();
    bad["data"]["lines"][0]["amount"]["currency"] = "USD".into();
    let record = join_record([good.as_slice(), wrong.to_string().as_bytes(), bad.to_string().as_bytes()].into_iter());
    let read = decode_record(&record).unwrap();
    assert!(read[0].is_ok());
    assert_eq!(read[1].as_ref().unwrap_err().field, "data.total.currency");
    assert_eq!(read[2].as_ref().unwrap_err().field, "data.lines[0].amount.currency");
}

#[test]
fn a_publisher_cannot_say_when_it_was_recorded() {
    let mut event = order();
    event["recordedtime"] = "1999-01-01T00:00:00Z".into();
    assert_eq!(decode_structured(event.to_string().as_bytes(), now()).unwrap().recorded_at, now());
}

#[test]
fn binary_mode_names_the_missing_header() {
    let attributes =
        Attributes { specversion: Some("1.0"), id: Some("1"), source: Some("/s"), ..Attributes::default() };
    let error = decode_binary(attributes, b"{}", now()).unwrap_err();
    insta::assert_snapshot!(error, @"type: the header ce-type is missing");
}

#[test]
fn each_mistake_is_answered_with_its_field() {
    let mut cases = Vec::new();
    let mut case = |pointer: &str, value: Value| {
        let mut event = order();
        match pointer.rsplit_once('/') {
            Some((parent, last)) if value.is_null() => {
                event.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(last);
            }
            Some((parent, last)) => event.pointer_mut(parent).unwrap()[last] = value,
            None => unreachable!(),
        }
        cases.push(reject(&event).to_string());
    };
    case("/id", Value::Null);
    case("/specversion", "0.3".into());
    case("/type", "order.place".into());
    case("/subject", Value::Null);
    case("/subject", " c-1".into());
    case("/time", "2026-02-30T00:00:00Z".into());
    case("/data/order", Value::Null);
    case("/data/ordr", "2".into());
    case("/data/total/currency", "EURO".into());
    case("/data/total/minor", 12.5.into());
    case("/data/lines/0/quantity", (-1).into());
    case("/data/lines/0/amount", json!({"minor": 1, "currency": "USD"}));
    case("/data/lines/0/sku", 7.into());
    insta::assert_snapshot!(cases.join("
"), @r#"
id: missing field `id`
specversion: must be "1.0"
type: is not one of the vocabulary; did you mean "order.placed"?
subject: is missing: it says whom the event is about (the customer's id) and decides its partition
subject: an id must not begin or end with a space
time: a time must be RFC 3339 with a zone, such as 2026-01-31T09:30:00Z
data.order: missing field `order`
data.ordr: unknown field `ordr`, expected one of `order`, `total`, `lines`, `freight`, `channel`, `site`, `status`
data.total.currency: a currency must be an active ISO 4217 code such as EUR, in capitals
data.total.minor: invalid type: floating point `12.5`, expected i64
data.lines[0].quantity: must be a whole number from 0 to 1000000000, not -1
data.lines[0].amount.currency: must be EUR, that of the total
data.lines[0].sku: invalid type: integer `7`, expected a string
"#);
}

#[test]
fn a_value_that_may_be_personal_is_not_repeated_in_the_error() {
    let event = json!({
        "specversion": "1.0", "id": "1", "source": "/crm", "type": "customer.identified", "subject": "c-1",
        "data": {"since": "Ann Example, 12 Main Street"}
    });
    assert!(!reject(&event).to_string().contains("Ann"));
    let event = json!({"specversion": "1.0", "id": "1", "source": "/crm", "type": "ticket.replied", "subject": "c-1",
        "data": {"ticket": "1", "public": "Ann Example", "author_kind": "agent"}});
    assert!(!reject(&event).to_string().contains("Ann"), "{}", reject(&event));
}

#[test]
fn a_bad_event_of_a_batch_leaves_the_good_ones() {
    let mut bad = order();
    bad["data"]["total"] = 5.into();
    let batch = json!([order(), bad, order()]).to_string();
    let read: Vec<bool> = split_batch(batch.as_bytes())
        .unwrap()
        .into_iter()
        .map(|event| decode_structured(event, now()).is_ok())
        .collect();
    assert_eq!(read, [true, false, true]);
}
