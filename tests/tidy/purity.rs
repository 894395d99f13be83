//! What the sources of model, engine and domain never name: clocks, files, threads, the environment, chance; and no
//! float in what is merged. The same log must give the same state on every machine, in every year.

use crate::layers::PURE;
use crate::text::{code_lines, has_word, names_std, says_why};
use crate::tree::{Source, expect_none, sources};

const STD_MODULES: [&str; 6] = ["env", "fs", "io", "net", "process", "thread"];

const NAMES: [&str; 11] = [
    "SystemTime",
    "Instant",
    "RandomState",
    "thread_local",
    "tokio",
    "async_nats",
    "async",
    "await",
    "Timestamp::now",
    "Zoned::now",
    "TimeZone::system",
];

/// The sources of the pure crates, without the files that hold tests only.
fn pure_sources() -> Vec<Source> {
    let all = PURE.iter().flat_map(|layer| sources(&format!("processors/{layer}/src")));
    all.filter(|source| source.path.ends_with(".rs") && !source.path.ends_with("/tests.rs")).collect()
}

/// What a pure source names that it must not.
fn impurities(text: &str) -> Vec<String> {
    let lines = code_lines(text);
    let code: String = lines.iter().map(|(_, line)| format!("{line}\n")).collect();
    let modules =
        STD_MODULES.iter().filter(|module| names_std(&code, module)).map(|module| format!("names std::{module}"));
    let at = |name: &&str| {
        let line = lines.iter().find(|(_, line)| has_word(line, name))?.0;
        Some(format!("line {line} names {name}"))
    };
    modules.chain(NAMES.iter().filter_map(at)).collect()
}

/// Whether a source holds what is merged: a rollup, or anything with a `fn merge`.
fn is_merged(source: &Source) -> bool {
    source.path.contains("rollup") || code_lines(&source.text).iter().any(|(_, line)| line.contains("fn merge("))
}

#[test]
fn the_fold_names_no_clock_no_file_no_thread_no_chance() {
    let of = |source: &Source| {
        let path = source.path.clone();
        impurities(&source.text).into_iter().map(move |what| format!("{path}: {what}"))
    };
    let findings: Vec<String> = pure_sources().iter().flat_map(of).collect();
    expect_none("Time, chance and the outside come into the fold as events", &findings);
}

#[test]
fn what_is_merged_is_whole_numbers() {
    let mut findings = Vec::new();
    for source in pure_sources().iter().filter(|source| is_merged(source) && !says_why(&source.text, "float")) {
        for (line, code) in code_lines(&source.text) {
            if has_word(code, "f64") || has_word(code, "f32") {
                findings.push(format!("{}:{line}: {}", source.path, code.trim()));
            }
        }
    }
    expect_none("A sum of floats depends on its order (or say `// tidy: float because ...`)", &findings);
}

#[test]
fn impurities_are_noticed() {
    assert_eq!(
        impurities("use std::{env, fmt};\nlet at = Instant::now();\n"),
        ["names std::env", "line 2 names Instant"]
    );
    assert!(impurities("// Instant, std::fs\nuse std::fmt;\n\n#[cfg(test)]\nmod tests { use std::fs; }\n").is_empty());
    assert!(pure_sources().iter().any(|source| source.path == "processors/model/src/time.rs"));
}
