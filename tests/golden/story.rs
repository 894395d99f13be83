//! The log of a golden checkpoint: a week of a few customers, and one of everything that a state can hold.

use nexusflow_connectors::demo::{Company, Profile};
use nexusflow_domain::{Business, Commerce};
use nexusflow_engine::{Emission, Partition};
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::{Envelope, Timestamp, cloudevents};

const HOUR_MS: i64 = 3_600_000;

/// A structured event of a story: what it is, whom it is about, how many hours after the beginning it happened and was recorded.
fn event(n: usize, kind: &str, subject: &str, hours: (i64, i64), data: &str) -> Envelope {
    let (occurred_at, recorded_at) = (start().plus_ms(hours.0 * HOUR_MS), start().plus_ms(hours.1 * HOUR_MS));
    let json = format!(
        r#"{{"specversion":"1.0","id":"golden-{n}","source":"/golden","type":"{kind}","subject":"{subject}","time":"{occurred_at}","data":{data}}}"#
    );
    cloudevents::decode_structured(json.as_bytes(), recorded_at).unwrap()
}

fn start() -> Timestamp {
    "2026-01-05T00:00:00Z".parse().unwrap()
}

/// Stock that is counted, asked for, refused and given back; promises that are kept, broken and renewed; what comes late, what
/// comes too late to act on, what comes twice.
fn more() -> Vec<Envelope> {
    let promise = |order: &str, hours: i64| {
        format!(r#"{{"order":"{order}","promised_at":"{}"}}"#, start().plus_ms(hours * HOUR_MS))
    };
    let request = |reservation: &str, quantity: i64| {
        format!(r#"{{"reservation":"{reservation}","quantity":{quantity},"customer":"c-00003"}}"#)
    };
    let release = r#"{"reservation":"r-1","quantity":4}"#;
    let told: Vec<(&str, &str, (i64, i64), String)> = vec![
        ("inventory.level_set", "sku-1", (1, 1), r#"{"site":"Porto","on_hand":6}"#.into()),
        ("inventory.requested", "sku-1", (2, 2), request("r-1", 4)),
        ("inventory.requested", "sku-1", (3, 3), request("r-2", 4)),
        ("inventory.released", "sku-1", (30, 30), release.into()),
        ("inventory.requested", "sku-1", (31, 31), request("r-3", 5)),
        ("delivery.promised", "c-00001", (4, 4), promise("g-1", 20)),
        ("delivery.promised", "c-00001", (26, 26), promise("g-1", 100)),
        ("delivery.promised", "c-00002", (5, 5), promise("g-2", 40)),
        ("delivery.delivered", "c-00002", (50, 50), r#"{"order":"g-2"}"#.into()),
        ("delivery.promised", "c-00004", (6, 60), promise("g-3", 10)),
        ("delivery.promised", "c-00005", (140, 140), promise("g-4", 900)),
        ("page.viewed", "c-00006", (1, 150), r#"{"page":"/late"}"#.into()),
        ("page.viewed", "device~d-7", (7, 7), r#"{"page":"/who"}"#.into()),
        ("page.viewed", "device~d-8", (8, 8), r#"{"page":"/nobody"}"#.into()),
        ("customer.identified", "c-00007", (9, 40), r#"{"anonymous_id":"d-7","email":"same@example.org"}"#.into()),
        ("page.viewed", "device~d-7", (41, 41), r#"{"page":"/again"}"#.into()),
        ("customer.identified", "c-00008", (42, 42), r#"{"email":"same@example.org"}"#.into()),
        ("page.viewed", "c-00008", (43, 43), r#"{"page":"/one"}"#.into()),
        ("customer.merged", "c-00009", (44, 44), r#"{"merged":"c-00010","by":"Ana"}"#.into()),
        ("customer.unmerged", "c-00009", (60, 60), r#"{"unmerged":"c-00010"}"#.into()),
        ("page.viewed", "c-00010", (50, 50), r#"{"page":"/merged"}"#.into()),
        ("page.viewed", "c-00010", (61, 61), r#"{"page":"/own"}"#.into()),
        ("source.heartbeat", "till", (10, 10), "{}".into()),
    ];
    let mut events: Vec<Envelope> =
        (0..).zip(told).map(|(n, (kind, subject, hours, data))| event(n, kind, subject, hours, &data)).collect();
    events.push(events[1].clone());
    for hours in [20, 21, 90] {
        let at = start().plus_ms(hours * HOUR_MS);
        let data = format!(
            r#"{{"kind":"standard","stored":{hours},"rejected":2,"turned_away":0,"window_ms":10000,"heard_at":"{at}","newest_at":"{at}"}}"#
        );
        events.push(event(1_000 + hours as usize, "source.counted", "shop", (hours, hours), &data));
    }
    events
}

/// The log, a record a line.
pub(crate) fn log() -> Vec<u8> {
    let mut business = crate::shown::business();
    let config = |version: &str, business: &Business, hours: i64| {
        let content = serde_json::to_value(business).unwrap();
        ConfigChanged::envelope(version, "a test", content, start().plus_ms(hours * HOUR_MS)).unwrap()
    };
    let mut events = vec![config("v1", &business, 0)];
    business.health.weigh("sentiment", 20);
    events.push(config("v2", &business, 48));
    let end = start().plus_ms(160 * HOUR_MS);
    events.extend(Company::new(Profile { customers: 24, ..Profile::new(start()) }).until(end));
    events.extend(more());
    events.sort_by_key(|event| event.recorded_at);
    let (mut lines, mut state) = (Vec::new(), Partition::<Commerce>::new(0));
    let mut write = |record: &[Envelope]| {
        let encoded: Vec<Vec<u8>> = record.iter().map(cloudevents::encode).collect();
        let line = cloudevents::join_record(encoded.iter().map(Vec::as_slice));
        let folded = state.fold(state.sequence() + 1, cloudevents::decode_record(&line).unwrap());
        lines.extend_from_slice(&line);
        lines.push(b'\n');
        folded.emissions
    };
    let eight_hours = |event: &Envelope| event.recorded_at.as_ms() / HOUR_MS / 8;
    for record in events.chunk_by(|one, next| eight_hours(one) == eight_hours(next)) {
        // What follows from it comes next.
        let mut next = std::collections::VecDeque::from(write(record));
        while let Some(emission) = next.pop_front() {
            if let Emission::Derived(_, event) = emission {
                next.extend(write(&[*event]));
            }
        }
    }
    lines
}
