use super::book::Book;
use super::list::Change;
use super::*;
use nexusflow_domain::alert::card::{AlertCard, Card};
use nexusflow_domain::alert::config::Inhibition;
use nexusflow_domain::alert::{AlertKind, Labels, Severity, SilenceCard, State};
use nexusflow_engine::CardKey;
use nexusflow_model::{Id, Label, Timestamp};
use serde_json::{Value, json};

/// What consoles show of a book: rows by key.
#[derive(Default)]
struct Shown {
    book: Book,
    rows: BTreeMap<String, Vec<Value>>,
    /// How many rows were told last.
    told: usize,
}

fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

fn key(customer: &str, kind: AlertKind) -> CardKey {
    (Id::new(customer).unwrap(), format!("{}:{customer}:x", kind.as_str()))
}

fn alert(kind: AlertKind, group: &str, carrier: Option<&str>) -> AlertCard {
    let at: Timestamp = "2026-01-05T10:00:00Z".parse().unwrap();
    AlertCard {
        kind,
        severity: Severity::S2,
        state: State::Triggered,
        revision: 1,
        count: 1,
        raised_at: at,
        changed_at: at,
        due_at: None,
        snoozed_until: None,
        owner: None,
        level: 0,
        name: None,
        labels: Labels { carrier: carrier.map(label), ..Labels::default() },
        why: "because".into(),
        value: None,
        health_milli: None,
        group: group.into(),
        cause: None,
        action: None,
        place: None,
    }
}

impl Shown {
    fn take(&mut self, changes: Vec<(CardKey, Option<Card>)>, rules: &[Inhibition]) {
        self.book.take(changes, rules);
        let changes = self.book.settle(|_| false);
        self.told = 0;
        for (key, row) in changes.alerts {
            let before = self.rows.remove(&*key);
            let row: Option<Vec<Value>> = row.map(|row| serde_json::from_str(&row).unwrap());
            self.told += usize::from(before != row);
            if let Some(row) = row {
                self.rows.insert(key.to_string(), row);
            }
        }
    }

    fn put(&mut self, key: &CardKey, card: &AlertCard, rules: &[Inhibition]) {
        self.take(vec![(key.clone(), Some(Card::Alert(Box::new(card.clone()))))], rules);
    }

    fn cell(&self, key: &[&str], col: &str) -> Value {
        let at = alerts::COLS.iter().position(|own| *own == col).unwrap();
        self.rows[&json!(key).to_string()][at].clone()
    }

    fn held_by(&self, key: &CardKey) -> Value {
        self.cell(&[key.0.as_str(), &key.1], "held_by")
    }
}

#[test]
fn from_the_sixth_open_alert_on_a_group_is_one_row_until_there_are_five() {
    let mut shown = Shown::default();
    let keys: Vec<CardKey> = (0..7).map(|n| key(&format!("c-{n}"), AlertKind::Delay)).collect();
    let mut card = alert(AlertKind::Delay, "delay:carrier:DHL", Some("DHL"));
    for key in &keys[..5] {
        shown.put(key, &card, &[]);
    }
    assert_eq!(shown.rows.len(), 5);
    card.severity = Severity::S1;
    card.why = "worse".into();
    shown.put(&keys[5], &card, &[]);
    assert_eq!(shown.rows.len(), 1);
    let group = ["", "delay:carrier:DHL"];
    let cell = |shown: &Shown, col: &str| shown.cell(&group, col);
    assert_eq!((cell(&shown, "members"), cell(&shown, "severity")), (json!(6), json!("S1")));
    assert_eq!((cell(&shown, "why"), cell(&shown, "state")), (json!("worse"), json!("triggered")));
    assert_eq!(cell(&shown, "severities"), json!({"S1": 1, "S2": 5}));
    // What is over is shown by itself, and the group is rid of it.
    shown.put(&keys[5], &AlertCard { state: State::Resolved, ..card.clone() }, &[]);
    assert_eq!(shown.rows.len(), 6);
    assert_eq!(shown.cell(&[keys[5].0.as_str(), &keys[5].1], "state"), json!("resolved"));
    shown.put(&keys[5], &card, &[]);
    assert_eq!(shown.rows.len(), 1);
    // Another group: the first shrinks below.
    card.group = "customer:c-5".into();
    shown.put(&keys[5], &card, &[]);
    assert_eq!(shown.rows.len(), 6);
    shown.take(keys.iter().map(|key| (key.clone(), None)).collect(), &[]);
    assert!(shown.rows.is_empty());
}

#[test]
fn a_change_in_a_group_of_ten_thousand_makes_one_row() {
    let mut shown = Shown::default();
    let card = alert(AlertKind::Delay, "delay:carrier:DHL", Some("DHL"));
    let all =
        (0..10_000).map(|n| (key(&format!("c-{n}"), AlertKind::Delay), Some(Card::Alert(Box::new(card.clone())))));
    shown.take(all.collect(), &[]);
    assert_eq!(shown.rows.len(), 1);
    shown.book.take(
        vec![(key("c-7", AlertKind::Delay), Some(Card::Alert(Box::new(AlertCard { revision: 2, ..card }))))],
        &[],
    );
    let changes = shown.book.settle(|_| false);
    let made: Vec<&Change> = changes.alerts.iter().filter(|(_, row)| row.is_some()).collect();
    assert!(changes.alerts.len() <= 2 && made.len() == 1, "{} rows", changes.alerts.len());
}

#[test]
fn an_open_alert_holds_back_others_with_the_same_labels_and_never_itself() {
    let by = |by, holds: &[AlertKind], equal: &[&str]| Inhibition {
        by,
        holds: holds.to_vec(),
        equal: equal.iter().map(|name| label(name)).collect(),
    };
    let rules = [by(AlertKind::PromiseSlip, &[AlertKind::Delay, AlertKind::PromiseSlip], &["carrier"])];
    let mut shown = Shown::default();
    let (dhl, ups, slip) =
        (key("c-1", AlertKind::Delay), key("c-2", AlertKind::Delay), key("c-3", AlertKind::PromiseSlip));
    shown.put(&dhl, &alert(AlertKind::Delay, "a", Some("DHL")), &rules);
    shown.put(&ups, &alert(AlertKind::Delay, "b", Some("UPS")), &rules);
    let holding = alert(AlertKind::PromiseSlip, "c", Some("DHL"));
    shown.put(&slip, &holding, &rules);
    assert_eq!(shown.held_by(&dhl), json!(slip.1));
    assert_eq!((shown.held_by(&ups), shown.held_by(&slip)), (Value::Null, Value::Null));
    shown.put(&slip, &AlertCard { state: State::Resolved, ..holding.clone() }, &rules);
    assert_eq!(shown.held_by(&dhl), Value::Null);
    shown.put(&slip, &holding, &[]);
    assert_eq!(shown.held_by(&dhl), Value::Null, "the rule is gone");
    shown.take(Vec::new(), &rules);
    assert_eq!(shown.held_by(&dhl), json!(slip.1), "and holds again");
}

#[test]
fn a_silence_holds_back_what_it_matches_while_it_is_there() {
    let mut shown = Shown::default();
    let (dhl, ups) = (key("c-1", AlertKind::Delay), key("c-2", AlertKind::Delay));
    shown.put(&dhl, &alert(AlertKind::Delay, "a", Some("DHL")), &[]);
    shown.put(&ups, &alert(AlertKind::Delay, "b", Some("UPS")), &[]);
    let until: Timestamp = "2026-01-05T11:00:00Z".parse().unwrap();
    let silence = |matches: &str| {
        let card = SilenceCard { matches: label(matches), until, actor: label("Ana"), reason: None };
        ((Id::new("S-1").unwrap(), "silence".to_owned()), Some(Card::Silence(card)))
    };
    shown.take(vec![silence("kind=delay,carrier!=DHL")], &[]);
    assert_eq!((shown.held_by(&dhl), shown.held_by(&ups)), (Value::Null, json!("silence S-1")));
    assert_eq!(shown.told, 1, "only what changed is told");
    shown.take(vec![silence("carrier=DHL")], &[]);
    assert_eq!((shown.held_by(&dhl), shown.held_by(&ups)), (json!("silence S-1"), Value::Null));
    shown.take(vec![(silence("carrier=DHL").0, None)], &[]);
    assert_eq!((shown.held_by(&dhl), shown.held_by(&ups)), (Value::Null, Value::Null));
}

#[test]
fn what_was_quiet_goes_at_once_and_a_flood_every_twenty_milliseconds() {
    let mut now = Instant::now();
    let mut pace = Pace::new(now);
    assert!((0..AT_ONCE).all(|_| pace.wait(now).is_zero()));
    let mut flushes = 0;
    let end = now + Duration::from_secs(1);
    while now < end {
        now += pace.wait(now).max(Duration::from_micros(10));
        flushes += 1;
    }
    assert!((48..=52).contains(&flushes), "{flushes}");
    now += Duration::from_secs(1);
    assert!(pace.wait(now).is_zero());
}
