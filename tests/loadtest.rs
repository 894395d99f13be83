//! The load test finds everything it published, once, and says so.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::{Nexusflow, SOON, eventually};
use serde_json::Value;

fn report(nexusflow: &Nexusflow, arguments: &[&str]) -> Value {
    let load = ["loadtest", "--seconds", "3", "--warmup", "1", "--json", "out.json"];
    let said = nexusflow.run_well(&[&load, arguments].concat());
    assert!(said.contains("Everything that was accepted is visible, once."), "{said}");
    serde_json::from_slice(&std::fs::read(nexusflow.folder().join("out.json")).unwrap()).unwrap()
}

/// Every measured event was seen at every stage, and none at a later one before an earlier one.
fn has_every_stage(report: &Value, events: u64) {
    let stage = |name: &str, of: &str| report["latencies"][name][of].as_u64().unwrap();
    for name in ["due_to_log", "due_to_accepted", "due_to_folded"] {
        assert_eq!(stage(name, "n"), events, "{name}: {report}");
    }
    // Of the gateway and of the screen it is known of what is on the ticker.
    assert!(
        stage("due_to_gateway", "n") > 0 && stage("due_to_gateway", "n") == stage("due_to_ticker", "n"),
        "{report}"
    );
    // By NATS it is kept before it is in the log.
    let door =
        if report["via"] == "HTTP" { ("due_to_log", "due_to_accepted") } else { ("due_to_accepted", "due_to_log") };
    for (earlier, later) in [door, ("due_to_log", "due_to_folded"), ("due_to_gateway", "due_to_ticker")] {
        assert!(stage(earlier, "p50_us") <= stage(later, "p50_us"), "{earlier}, {later}: {report}");
    }
    assert!(report["nats_version"].as_str().unwrap().starts_with("2."), "{report}");
    assert!(report["configuration"].as_str().unwrap().contains("partitions = 4"), "{report}");
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
    has_every_stage(&single, 600);

    let html = std::fs::read_to_string(nexusflow.folder().join("out.html")).unwrap();
    let machine = single["machine"]["system"].as_str().unwrap();
    let version = format!("NexusFlow {}</dd>", single["gateway_version"].as_str().unwrap());
    assert!(html.contains(machine) && html.contains(&version) && html.matches("<svg").count() == 2, "{html}");

    let batch = report(&nexusflow, &["--rate", "1000", "--batch", "20", "--viewers", "2"]);
    assert_eq!((&batch["accepted"], &batch["visible"]), (&4_000.into(), &4_000.into()), "{batch}");
    assert_eq!((&batch["viewers"], &batch["unknown"]), (&3.into(), &0.into()), "{batch}");
    has_every_stage(&batch, 3_000);
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

    // Of one event a second either nothing is seen, or it was not on a screen within a millisecond.
    let output = nexusflow.run(&[&search[..], &["--rate", "1", "--p99-ms", "1"]].concat());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success() && said.contains("NOTHING SUSTAINED"), "{output:?}");
}

/// A load of which nothing is taken has shown nothing, and says why.
#[test]
fn a_load_that_is_refused_has_not_gone_well() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("ACCESS__PUBLISH_TOKEN", "the-token-of-the-gateway");
    let _up = nexusflow.up(&[]);
    nexusflow.set("ACCESS__PUBLISH_TOKEN", "the-token-of-somebody-else");
    let output = nexusflow.run(&["loadtest", "--rate", "20", "--seconds", "1", "--warmup", "0"]);
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "{out}\n{err}");
    assert!(out.contains("refused    20,") && out.contains("said first: "), "{out}");
    assert!(err.contains("nothing was accepted"), "{err}");
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

/// Plays a scenario that must end well, and gives its runs. Nothing of its own system is left behind.
fn played(arguments: &[&str]) -> Vec<Value> {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let place = nexusflow.folder().join("place");
    std::fs::create_dir(&place).unwrap();
    nexusflow.set_outside("TMPDIR", place.to_str().unwrap());
    let load = ["loadtest", "--rate", "100", "--warmup", "0", "--json", "out.json", "--html", "out.html", "--scenario"];
    let said = nexusflow.run_well(&[&load, arguments].concat());
    assert!(said.contains("everything that was accepted is visible, once."), "{said}");
    assert_eq!(std::fs::read_dir(&place).unwrap().count(), 0, "{said}");
    let html = std::fs::read_to_string(nexusflow.folder().join("out.html")).unwrap();
    assert!(html.contains(&format!("<h1>{}</h1>", arguments[0])), "{html}");
    let found: Value = serde_json::from_slice(&std::fs::read(nexusflow.folder().join("out.json")).unwrap()).unwrap();
    assert_eq!(found["scenario"], arguments[0]);
    let parts = found["parts"].as_array().unwrap().clone();
    for part in &parts {
        let report = &part["report"];
        assert_eq!((&report["unknown"], &report["visible"]), (&0.into(), &report["accepted"]), "{part}");
    }
    parts
}

fn incidents(part: &Value) -> Vec<&str> {
    part["incidents"].as_array().unwrap().iter().filter_map(|incident| incident["what"].as_str()).collect()
}

/// A worker dies and comes again, and its partitions are looked after all the time.
#[test]
fn a_worker_may_be_killed_under_load() {
    let parts = played(&["worker-killed", "--seconds", "6"]);
    assert_eq!(
        incidents(&parts[0]),
        [
            "worker-1 was killed with SIGKILL",
            "worker-2 owns all partitions",
            "worker-1 was started again",
            "both own partitions"
        ]
    );
    assert_eq!(parts[0]["report"]["accepted"], 600, "{}", parts[0]);
}

/// Publishers are told that nobody knows, send it again, and it counts once.
#[test]
fn nats_may_be_restarted_under_load() {
    let parts = played(&["nats-restarted", "--seconds", "6"]);
    assert_eq!(
        incidents(&parts[0]),
        ["NATS was stopped", "NATS was started again", "every partition is looked after and caught up"]
    );
    let report = &parts[0]["report"];
    assert!(report["accepted"] == 600 && report["repeated"].as_u64().unwrap() > 0, "{report}");
}

/// Old events have to arrive as live ones do; latency is that of the live ones, without and with them.
#[test]
fn live_latency_is_told_without_and_with_old_events() {
    let parts = played(&["backfill", "--seconds", "3"]);
    let figure = |key: &str| parts.iter().map(|part| part["report"][key].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(figure("accepted"), [300, 1_800]);
    for part in &parts {
        has_every_stage(&part["report"], 300);
    }
    assert!(figure("orders_accepted")[1] > figure("orders_accepted")[0] * 2, "{parts:?}");
}

/// Customers are known before the load begins, which is about some of them again and again.
#[test]
fn customers_are_introduced_and_met() {
    let parts = played(&["million", "--customers", "700", "--seconds", "3"]);
    let report = &parts[0]["report"];
    assert_eq!((&report["customers"], &report["introduced"]["customers"]), (&700.into(), &700.into()), "{report}");
    assert_eq!(report["accepted"], 1_000, "{report}");
}

/// A soak is run after run on the same system.
#[test]
fn a_soak_goes_on_run_after_run() {
    let parts = played(&["soak", "--seconds", "2"]);
    let names: Vec<&str> = parts.iter().filter_map(|part| part["name"].as_str()).collect();
    assert_eq!(names, ["run 1 of 2", "run 2 of 2"]);
    assert!(parts.iter().all(|part| part["report"]["accepted"] == 100), "{parts:?}");
}

/// Who interrupts a scenario finds no process of it any more, and what its processes said.
#[test]
fn a_scenario_that_is_interrupted_stops_its_system() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let place = nexusflow.folder().join("place");
    std::fs::create_dir(&place).unwrap();
    nexusflow.set_outside("TMPDIR", place.to_str().unwrap());
    let load = nexusflow.spawn("load", &["loadtest", "--scenario", "soak"]);
    let own = place.join(format!("nexusflow-loadtest-{}", load.id()));
    let processes = || {
        let found = std::process::Command::new("pgrep").args(["-f", own.to_str().unwrap()]).output().unwrap();
        String::from_utf8(found.stdout).unwrap().lines().count()
    };
    // NATS with its server, a worker, a gateway.
    let said = || std::fs::read_to_string(own.join("gateway.log")).unwrap_or_default();
    eventually(SOON, "its system runs", || match processes() {
        4 if said().contains("gateway on http://") => Ok(()),
        running => Err(format!("{running} processes\n{}\n{}", said(), nexusflow.logs())),
    });
    assert!(!load.interrupt().success());
    assert_eq!(processes(), 0);
    assert!(nexusflow.logs().contains("interrupted before the scenario was over"), "{}", nexusflow.logs());
    assert!(said().contains("gateway on http://"), "what it said is kept");
}

/// A publisher of the configuration publishes on NATS, and what JetStream keeps of it arrives.
#[test]
fn load_may_come_by_nats() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    std::fs::create_dir(nexusflow.folder().join("config")).unwrap();
    let toml = "[[own_nats.publisher]]\nname = \"load\"\nsubject = \"load.>\"\npassword_file = \"load.txt\"\n\
                [[source]]\nname = \"load\"\nkind = \"nats\"\nsubject = \"load.>\"\n";
    std::fs::write(nexusflow.folder().join("config/nexusflow.toml"), toml).unwrap();
    std::fs::write(nexusflow.folder().join("load.txt"), "secret of a test\n").unwrap();
    let _up = nexusflow.up(&[]);
    // The source makes its stream when it first reads.
    eventually(SOON, "the source reads", || {
        let said = nexusflow.view("sources").get("load").cloned();
        said.map(|_| ()).ok_or_else(|| nexusflow.logs())
    });
    let report = report(&nexusflow, &["--rate", "100", "--batch", "5", "--nats-publisher", "load"]);
    assert_eq!((&report["accepted"], &report["unknown"]), (&400.into(), &0.into()), "{report}");
    assert_eq!(report["via"], "NATS, load.loadtest");
    has_every_stage(&report, 300);

    let output = nexusflow.run(&["loadtest", "--nats-publisher", "nobody"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("[[own_nats.publisher]] \"nobody\""), "{said}");
}
