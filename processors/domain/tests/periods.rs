//! Any period in any time zone: what the topic `sentiment` serves, and how finely it says it does.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use nexusflow_domain::alert::Card;
use nexusflow_domain::config::{Identity, Zone};
use nexusflow_domain::views::{self, Params};
use nexusflow_domain::{Activity, Business, Commerce, Rollup};
use nexusflow_engine::contribution::{Assembly, Standing};
use nexusflow_engine::{Contribution, Domain, Merged, Partition};
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::{Envelope, Event, Id, Kind, Source, Timestamp};
use serde_json::{Value, json};

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A business in Madrid whose customers write at these times, one text an hour from the first to the last.
fn written(first: &str, last: &str) -> Partition<Commerce> {
    let business = Business {
        business: Identity { time_zone: Zone::named("Europe/Madrid").unwrap(), ..Identity::default() },
        ..Business::default()
    };
    let mut partition = Partition::new(0);
    let content = serde_json::to_value(&business).unwrap();
    let configuration = ConfigChanged::envelope("v1", "a test", content, at(first)).unwrap();
    partition.fold(1, vec![Ok(configuration)]);
    let hours = at(last).ms_since(at(first)) / 3_600_000;
    for n in 0..=hours {
        let data = json!({"message": format!("m-{n}"), "direction": "inbound", "text": "Great, thank you"});
        let event = Event::from_json(Kind::ChatMessage, &data.to_string()).unwrap();
        let when = at(first).plus_ms(n * 3_600_000);
        let (id, source, subject) =
            (Id::new(&format!("e-{n}")).unwrap(), Source::new("/test").unwrap(), Id::new("c").unwrap());
        let envelope = Envelope { id, source, subject, occurred_at: when, recorded_at: when, forwarded: 0, event };
        partition.fold(partition.sequence() + 1, vec![Ok(envelope)]);
    }
    partition
}

/// (from, to, resolution, texts) of each row.
fn rows(
    partition: &Partition<Commerce>,
    params: &[(&str, &str)],
) -> Result<Vec<(String, String, String, i64)>, String> {
    let mut merged: Merged<Rollup, Card> = Merged::default();
    let panes = partition.rollups().panes().iter().map(|(pane, rollup)| (*pane, Some(rollup.clone())));
    let contribution: Contribution<Rollup, Activity, Card> = Contribution {
        format: Commerce::VERSION,
        partition: 0,
        epoch: 1,
        from: 0,
        version: 1,
        part: (0, 1),
        panes: panes.collect(),
        cards: Vec::new(),
        config: None,
        effects: Vec::new(),
        standing: Standing { clock_ms: partition.clock().as_ms(), ..Standing::default() },
    };
    merged.absorb(Assembly::default().take(contribution).unwrap());
    merged.settle();
    let scene = views::Scene { merged: &merged, business: partition.config(), clock: partition.clock() };
    let params: Params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let topic = views::topic("sentiment").unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let row = |row: Vec<Value>| (text(&row[0]), text(&row[1]), text(&row[2]), row[4].as_i64().unwrap());
    (topic.render)(&scene, &params).map(|rows| rows.into_iter().map(row).collect())
}

#[test]
fn a_short_period_is_served_by_hours_in_the_zone_that_is_asked_for() {
    let partition = written("2026-03-01T00:00:00Z", "2026-03-10T12:00:00Z");
    let asked = [("from", "2026-03-10"), ("to", "2026-03-10T03:00:00-05:00"), ("zone", "America/New_York")];
    let rows = rows(&partition, &asked).unwrap();
    let first = &rows[0];
    assert_eq!((first.0.as_str(), first.2.as_str()), ("2026-03-10T00:00:00-04:00", "hour"));
    assert_eq!(rows.len(), 4, "New York has summer time by then: {rows:?}");
    assert!(rows.iter().all(|row| row.3 == 1), "{rows:?}");
}

#[test]
fn a_long_period_is_of_business_days_and_of_hours_where_it_begins_or_ends_within_one() {
    let partition = written("2026-03-01T00:00:00Z", "2026-03-10T12:00:00Z");
    // Tokyo is eight hours ahead of Madrid: its days begin at 16:00 there.
    let asked = [("from", "2026-03-03"), ("to", "2026-03-10"), ("zone", "Asia/Tokyo")];
    let rows = rows(&partition, &asked).unwrap();
    let (first, last) = (&rows[0], rows.last().unwrap());
    // The hours of the first day are gone: the row is of the whole day, and says so.
    assert_eq!((first.0.as_str(), first.2.as_str(), first.3), ("2026-03-02T08:00:00+09:00", "business day", 24));
    // Those of the last day are there.
    assert_eq!((last.0.as_str(), last.1.as_str()), ("2026-03-09T08:00:00+09:00", "2026-03-10T00:00:00+09:00"));
    assert_eq!((last.2.as_str(), last.3), ("hour", 16));
    assert_eq!(rows.len(), 8);
}

#[test]
fn all_together_is_one_row_and_the_sum_is_right_over_a_change_of_clocks() {
    // Clocks went forward in Madrid on 29 March.
    let partition = written("2026-03-27T23:00:00Z", "2026-03-30T21:59:00Z");
    let asked = [("from", "2026-03-28"), ("to", "2026-03-31"), ("step", "all")];
    let whole = rows(&partition, &asked).unwrap();
    assert_eq!(
        whole,
        [("2026-03-28T00:00:00+01:00".into(), "2026-03-31T00:00:00+02:00".into(), "as asked".into(), 71)]
    );
    let by_hour = rows(&partition, &[("from", "2026-03-29"), ("to", "2026-03-30"), ("step", "hour")]).unwrap();
    assert_eq!((by_hour.len(), by_hour.iter().map(|row| row.3).sum::<i64>()), (23, 23));
}

#[test]
fn what_can_not_be_meant_is_told() {
    let partition = written("2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z");
    let said = |params: &[(&str, &str)]| rows(&partition, params).unwrap_err();
    assert!(said(&[("zone", "Europe/Madird")]).contains("Madird"));
    assert!(said(&[("from", "yesterday")]).contains("2026-01-31"));
    assert!(said(&[("from", "2026-03-02"), ("to", "2026-03-02")]).contains("before"));
    assert!(said(&[("days", "3"), ("to", "2026-03-02")]).contains("not both"));
    assert!(said(&[("days", "0")]).contains("366"));
    assert!(said(&[("step", "week")]).contains("hour, day or all"));
    assert!(said(&[("by", "mood")]).contains("channel"));
    assert!(said(&[("period", "7d")]).contains("period"));
    assert!(rows(&partition, &[("from", "1950-01-01"), ("step", "hour")]).is_ok(), "nothing was counted then");
}
