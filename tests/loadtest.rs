//! The load test finds everything it published, once, and says so.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::Nexusflow;
use serde_json::Value;

fn report(nexusflow: &Nexusflow, arguments: &[&str]) -> Value {
    let load = ["loadtest", "--seconds", "3", "--warmup", "1", "--json", "out.json"];
    let said = nexusflow.run_well(&[&load, arguments].concat());
    assert!(said.contains("Everything that was accepted is visible, once."), "{said}");
    serde_json::from_slice(&std::fs::read(nexusflow.folder().join("out.json")).unwrap()).unwrap()
}

/// Single events are followed to the ticker, batches are counted; a second run is told apart from the first.
#[test]
fn what_is_accepted_is_visible() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let up = nexusflow.up(&[]);
    let single = report(&nexusflow, &["--rate", "200", "--html", "out.html", "--server-pid", &up.id().to_string()]);
    assert_eq!((&single["accepted"], &single["visible"]), (&800.into(), &800.into()), "{single}");
    assert_eq!(single["orders_accepted"], single["orders_visible"], "{single}");
    assert_eq!(single["news_accepted"], single["news_seen"], "{single}");
    assert_eq!(single["latencies"]["due_to_accepted"]["n"], 600, "{single}");
    for latency in ["accepted_to_ticker", "due_to_ticker", "accepted_to_figure"] {
        assert!(single["latencies"][latency]["n"].as_u64().unwrap() > 0, "{latency}: {single}");
    }
    assert!(single["server_memory"]["resident_kib"].as_u64().unwrap() > 0, "{single}");

    let html = std::fs::read_to_string(nexusflow.folder().join("out.html")).unwrap();
    let machine = single["machine"]["system"].as_str().unwrap();
    let version = format!("NexusFlow {}</dd>", single["gateway_version"].as_str().unwrap());
    assert!(html.contains(machine) && html.contains(&version) && html.matches("<svg").count() == 2, "{html}");

    let batch = report(&nexusflow, &["--rate", "1000", "--batch", "20", "--viewers", "2"]);
    assert_eq!((&batch["accepted"], &batch["visible"]), (&4_000.into(), &4_000.into()), "{batch}");
    assert_eq!((&batch["viewers"], &batch["unknown"]), (&3.into(), &0.into()), "{batch}");
}

/// Every alert that is raised is looked for on every console, once.
#[test]
fn every_alert_is_on_every_console() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let report = report(&nexusflow, &["--rate", "200", "--consoles", "5", "--alerts-per-s", "20"]);
    let alerts = &report["alerts"];
    assert_eq!((&alerts["consoles"], &alerts["raised"]), (&5.into(), &80.into()), "{report}");
    assert_eq!((&alerts["lost"], &alerts["twice"]), (&0.into(), &0.into()), "{report}");
    assert_eq!(alerts["accepted_to_console"]["n"], 300, "{report}");
    assert_eq!(alerts["accepted_to_every_console"]["n"], 60, "{report}");
}

/// A search goes up to where it may, and down to where the bound holds; it says why it ends there.
#[test]
fn a_search_says_which_rate_is_sustained_and_why_not_more() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let search = ["loadtest", "--search", "--seconds", "1", "--warmup", "0", "--json", "out.json"];
    let found =
        || -> Value { serde_json::from_slice(&std::fs::read(nexusflow.folder().join("out.json")).unwrap()).unwrap() };

    let said = nexusflow.run_well(&[&search[..], &["--rate", "60", "--rate-max", "120", "--p99-ms", "5000"]].concat());
    assert!(said.contains("Sustained: 120 events/s, p99 within 5000 ms. Not more, as no more than 120/s"), "{said}");
    let up_to_the_highest = found();
    let rates: Vec<f64> =
        up_to_the_highest["steps"].as_array().unwrap().iter().filter_map(|step| step["rate"].as_f64()).collect();
    assert_eq!((rates, &up_to_the_highest["sustainable_per_s"]), (vec![60.0, 120.0], &120.0.into()));

    // Nothing is stored, folded and on a screen within a millisecond.
    let output = nexusflow.run(&[&search[..], &["--rate", "1", "--p99-ms", "1"]].concat());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("NOTHING SUSTAINED"), "{output:?}");
}

/// Viewers that hardly read are cut off or kept, and the one that measures notices neither; a burst arrives as the rest does.
#[test]
fn slow_viewers_and_bursts_are_told_of() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let slow = report(&nexusflow, &["--rate", "200", "--slow-viewers", "3"]);
    let count = |key: &str| slow["slow_viewers"][key]["n"].as_u64().unwrap();
    assert_eq!(slow["slow_viewers"]["viewers"], 3, "{slow}");
    // In two seconds nobody is cut off.
    assert_eq!((&slow["slow_viewers"]["cut_off"], &slow["slow_viewers"]["kept"]), (&0.into(), &3.into()), "{slow}");
    assert!(count("others_before") > 0 && count("others_meanwhile") > count("others_before"), "{slow}");

    // A second of warm-up, three seconds with a tenth of them at ten times the rate.
    let burst = report(&nexusflow, &["--rate", "100", "--shape", "burst"]);
    assert_eq!((&burst["shape"], &burst["accepted"]), (&"burst".into(), &670.into()), "{burst}");
}
