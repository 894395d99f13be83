//! Who may see whom. `model <- engine <- domain <- runtime`, `model <- connectors`, and the gateway sees the domain and
//! never the runtime. Model, engine and domain know nothing of IO, threads, clocks or chance, by any road.

use crate::tree::{ROOT, expect_none};
use std::collections::BTreeMap;
use std::process::Command;

/// A crate and the crates of this workspace that it may depend on. The root sees everything.
const MAY_SEE: [(&str, &[&str]); 11] = [
    ("model", &[]),
    ("engine", &["model"]),
    ("learn", &[]),
    ("domain", &["model", "engine", "learn"]),
    ("evaluate", &["model", "engine", "domain", "learn"]),
    ("log", &["model"]),
    ("runtime", &["model", "engine", "domain", "log"]),
    ("connectors", &["model", "log"]),
    ("gateway", &["model", "engine", "domain", "log"]),
    ("loadtest", &["model", "engine", "domain", "log", "connectors"]),
    ("peers", &["model", "engine", "domain"]),
];

/// The crates whose results depend on their input alone.
pub(crate) const PURE: [&str; 4] = ["model", "engine", "learn", "domain"];

/// What does IO, starts threads, reads a clock or rolls dice. A name stands for its family: `tokio` for `tokio-util` too.
const IMPURE: [&str; 45] = [
    "async",
    "axum",
    "chrono",
    "crossbeam",
    "curl",
    "fastrand",
    "fs2",
    "fs4",
    "futures",
    "getrandom",
    "h2",
    "http",
    "hyper",
    "isahc",
    "memmap2",
    "metrics",
    "mio",
    "nats",
    "native-tls",
    "nkeys",
    "notify",
    "nuid",
    "object_store",
    "openssl",
    "parking_lot",
    "polling",
    "quinn",
    "rand",
    "rayon",
    "reqwest",
    "ring",
    "rustix",
    "rustls",
    "signal-hook",
    "smol",
    "socket2",
    "tempfile",
    "time",
    "tokio",
    "tower",
    "tungstenite",
    "ureq",
    "uuid",
    "walkdir",
    "web-time",
];

/// A dependency as a manifest declares it.
pub(crate) struct Declared {
    pub(crate) name: String,
    /// None for what the crate itself is built with, else `dev` or `build`.
    pub(crate) kind: Option<String>,
    /// The name the code knows it by.
    pub(crate) known_as: String,
}

/// A crate of the workspace.
pub(crate) struct Member {
    pub(crate) manifest: String,
    pub(crate) dependencies: Vec<Declared>,
}

/// The crates of the workspace by name, from `cargo metadata`.
pub(crate) fn members() -> BTreeMap<String, Member> {
    let metadata = cargo(&["metadata", "--no-deps", "--offline", "--format-version", "1"]);
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    let text = |value: &serde_json::Value| value.as_str().map(str::to_owned);
    let declared = |value: &serde_json::Value| {
        let name = text(&value["name"]).unwrap();
        let known_as = text(&value["rename"]).unwrap_or_else(|| name.clone()).replace('-', "_");
        Declared { name, kind: text(&value["kind"]), known_as }
    };
    let member = |package: &serde_json::Value| {
        let dependencies = package["dependencies"].as_array().unwrap().iter().map(declared).collect();
        (text(&package["name"]).unwrap(), Member { manifest: text(&package["manifest_path"]).unwrap(), dependencies })
    };
    metadata["packages"].as_array().unwrap().iter().map(member).collect()
}

fn cargo(arguments: &[&str]) -> String {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).args(arguments).current_dir(ROOT).output().unwrap();
    assert!(output.status.success(), "cargo {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn is_impure(name: &str) -> bool {
    let is_of =
        |family: &&str| name.strip_prefix(*family).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']));
    IMPURE.iter().any(is_of)
}

#[test]
fn every_crate_sees_only_what_it_may() {
    let members = members();
    let mut findings = Vec::new();
    for (name, member) in members.iter().filter(|(name, _)| *name != "nexusflow") {
        let short = name.trim_start_matches("nexusflow-");
        let Some((_, may_see)) = MAY_SEE.iter().find(|(layer, _)| *layer == short) else {
            findings.push(format!("{name}: say in tests/tidy/layers.rs what it may see"));
            continue;
        };
        // What a crate's tests use does not reach what is built of it.
        for dependency in member.dependencies.iter().filter(|dependency| dependency.kind.as_deref() != Some("dev")) {
            let Some(seen) = dependency.name.strip_prefix("nexusflow-") else { continue };
            if !may_see.contains(&seen) {
                findings.push(format!("{name} must not see {}", dependency.name));
            }
        }
    }
    for (layer, _) in MAY_SEE {
        assert!(members.contains_key(&format!("nexusflow-{layer}")), "there is no crate nexusflow-{layer} any more");
    }
    expect_none("Layers", &findings);
}

#[test]
fn the_pure_crates_are_pure_all_the_way_down() {
    let mut findings = Vec::new();
    for layer in PURE {
        let package = format!("nexusflow-{layer}");
        let edges = "normal,no-proc-macro";
        let tree =
            cargo(&["tree", "--locked", "--offline", "-p", &package, "-e", edges, "--prefix", "none", "-f", "{p}"]);
        let names: Vec<&str> = tree.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(names.first(), Some(&package.as_str()), "cargo tree no longer starts with the crate asked for");
        for name in names.into_iter().filter(|name| is_impure(name)) {
            findings.push(format!("{package} reaches {name}: see `cargo tree -p {package} -e normal -i {name}`"));
        }
    }
    findings.dedup();
    expect_none("What does IO, or knows the time, or rolls dice, stays out of model, engine and domain", &findings);
}

#[test]
fn the_list_of_impure_crates_knows_the_ones_we_use() {
    for name in ["tokio", "async-nats", "axum", "hyper", "mio", "rand", "rand_core", "getrandom", "tokio-tungstenite"] {
        assert!(is_impure(name), "{name}");
    }
    for name in ["serde", "jiff", "rustc-hash", "timsort", "postcard", "httparse", "randomized"] {
        assert!(!is_impure(name), "{name}");
    }
}
