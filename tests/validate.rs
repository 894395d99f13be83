//! `nexusflow validate`, on the files that upstream systems would bring.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::Nexusflow;
use nexusflow_model::{Kind, Timestamp, example};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Stdio;

fn at() -> Timestamp {
    "2026-01-31T09:30:00Z".parse().unwrap()
}

/// Runs it over a file of that text; whether all is well, and what it said.
fn validate(text: &str, more: &[&str]) -> (bool, String) {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    std::fs::write(nexusflow.folder().join("events.json"), text).unwrap();
    let output = nexusflow.run(&[&["validate", "events.json"], more].concat());
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn good_files_of_every_form_are_good() {
    let events: Vec<Value> =
        Kind::ALL.iter().filter(|kind| !kind.is_control()).map(|kind| example::event(*kind, 1, at())).collect();
    let lines: String = events.iter().fold(String::new(), |mut text, event| {
        writeln!(text, "{event}").unwrap();
        text
    });
    let good = format!("{} good events, 0 mistakes", events.len());
    let array = Value::from(events.clone());
    for text in [lines.clone(), array.to_string(), format!("{array:#}")] {
        let (is_good, said) = validate(&text, &[]);
        assert!(is_good && said.starts_with(&good), "{said}");
    }
    let (is_good, said) = validate(&format!("{:#}\n", events[0]), &[]);
    assert!(is_good && said.starts_with("1 good event, 0 mistakes"), "{said}");
    let (is_good, said) = validate(&format!("{lines}{lines}"), &[]);
    assert!(is_good && said.contains(&format!("{} repeated (they count once)", events.len())), "{said}");
}

#[test]
fn each_mistake_is_told_with_its_place_and_how_to_mend_it() {
    let order = |id: &str| {
        json!({"specversion": "1.0", "id": id, "source": "/shop", "type": "order.placed", "subject": "c-1", "time": "2026-01-31T09:30:00Z",
               "data": {"order": "1", "total": {"minor": 100, "currency": "EUR"}}})
    };
    let with = |pointer: &str, value: Value| {
        let mut event = order(pointer);
        *event.pointer_mut(pointer).unwrap() = value;
        event.to_string()
    };
    let mut no_subject = order("no-subject");
    no_subject.as_object_mut().unwrap().remove("subject");
    let mut other = order("one");
    other["data"]["order"] = "2".into();
    let lines = [
        order("one").to_string(),
        with("/data/total/currency", "secret@example.org".into()),
        with("/type", "order.place".into()),
        no_subject.to_string(),
        order("cut").to_string()[..60].to_owned(),
        other.to_string(),
        order("two").to_string(),
        with("/type", "config.changed".into()),
        with("/time", "yesterday".into()),
    ];
    let (is_good, said) = validate(&lines.join("\n"), &[]);
    assert!(!is_good);
    assert!(!said.contains("secret@example.org"), "{said}");
    let column = lines[1].find("\"secret").unwrap() + 1;
    for expected in [
        format!("events.json:2:{column}: order.placed: data.total.currency: a currency must be"),
        format!(
            "events.json:3:{}: type: is not one of the vocabulary; did you mean \"order.placed\"?",
            lines[2].find("\"order.place\"").unwrap() + 1
        ),
        "events.json:4:1: order.placed: subject: is missing".into(),
        "events.json:5:60: EOF while parsing".into(),
        "order.placed: id: is that of the event in line 1, which says something else".into(),
        "events.json:9:".into(),
        "write it as 2026-01-31T09:30:00Z".into(),
        "2 good events, 7 mistakes".into(),
        "        2  order.placed".into(),
    ] {
        assert!(said.contains(&expected), "{expected}\n---\n{said}");
    }

    let (_, said) = validate(&lines.join("\n"), &["--json"]);
    let said: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(said.len(), 8);
    assert_eq!(said[0]["mistake"]["line"], 2);
    assert_eq!(said[0]["mistake"]["column"], column);
    assert_eq!(said[7]["summary"], json!({"events": 2, "repeated": 0, "mistakes": 7, "types": {"order.placed": 2}}));
}

#[test]
fn standard_input_is_read_and_memory_does_not_grow_with_the_file() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let mut command = nexusflow.command(&["validate", "-", "--json"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // One event, 64 MB of another that never ends, one event.
    let event = example::event(Kind::OrderPlaced, 1, at()).to_string();
    writeln!(input, "{event}").unwrap();
    write!(input, "{{\"id\": \"").unwrap();
    let part = "x".repeat(1 << 20);
    for _ in 0..64 {
        input.write_all(part.as_bytes()).unwrap();
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    write!(input, "\"}}\n{}", event.replace("example-order.placed-1", "another")).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(
        said.contains("\"events\":2") && said.contains("\"mistakes\":1") && said.contains("is longer than"),
        "{said}"
    );
    // What it has beside the program itself, which is mapped from its file.
    let own = status
        .lines()
        .find_map(|line| line.strip_prefix("RssAnon:")?.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    assert!(own.is_none_or(|kb| kb < 40_000), "{own:?} kB");
}

#[test]
fn a_table_is_read_by_its_mapping() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let data = nexusflow.folder().join("data");
    std::fs::create_dir(&data).unwrap();
    std::fs::write(
        nexusflow.folder().join("shop.toml"),
        r#"
            [source]
            uri = "/files/shop"
            about = "Orders of a shop"
            currency = "EUR"

            [[file]]
            name = "orders"
            path = "orders.csv"

            [[event]]
            type = "order.placed"
            from = "orders"
            id = "{number}:placed"
            subject = "customer"
            time = "at"
            [event.data]
            order = "number"
            total = { column = "total", type = "money" }
        "#,
    )
    .unwrap();
    std::fs::write(
        data.join("orders.csv"),
        "number,customer,at,total\n1,c-1,2026-01-31T09:30:00Z,12.50\n2,c-1,2026-01-31T09:31:00Z,twelve\n",
    )
    .unwrap();
    let output = nexusflow.run(&["validate", "--mapping", "./shop.toml", "data"]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(!output.status.success(), "{out}{err}");
    assert!(out.contains("orders.csv:3: order.placed: ") && out.contains("1 good event, 1 mistake"), "{out}{err}");
}
