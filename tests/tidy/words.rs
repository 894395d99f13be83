//! Words, names and paths that never appear. The words are put together here, so that this file may be searched too.

use crate::text::has_word;
use crate::tree::{Source, expect_none, sources};

const CODE: [&str; 14] = [
    ".rs", ".ts", ".tsx", ".mjs", ".js", ".css", ".html", ".md", ".toml", ".yml", ".yaml", ".py", "Makefile", ".ci/run",
];
const WEB: [&str; 4] = [".ts", ".tsx", ".mjs", ".js"];

/// Words for work that is left undone. What is left to do has its place outside the code.
const UNDONE: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Names that say nothing of what is inside.
const SAYS_NOTHING: [&str; 6] = ["manager", "managers", "helper", "helpers", "util", "utils"];

/// Places on somebody's machine.
const MACHINE_PATHS: [&str; 4] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/Us", "ers/")];

/// What would send a build to a package registry of somebody's own.
const OWN_REGISTRY: [&str; 6] = [
    concat!("index", "-url"),
    concat!("find", "-links"),
    concat!("replace", "-with"),
    concat!("_auth", "Token"),
    concat!("CARGO_REGIS", "TRIES_"),
    concat!("npm_config_", "registry"),
];

/// Where a lock file may say that a package comes from.
const NPM: &str = "https://registry.npmjs.org/";
const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every line for which `is_wrong` gives the wrong word.
fn lines_with(sources: &[Source], is_wrong: impl Fn(&Source, &str) -> Option<String>) -> Vec<String> {
    let of = |source: &Source| -> Vec<String> {
        let wrong =
            |(at, line): (usize, &str)| Some(format!("{}:{}: {}", source.path, at + 1, is_wrong(source, line)?));
        source.text.lines().enumerate().filter_map(wrong).collect()
    };
    sources.iter().flat_map(of).collect()
}

/// Whether `line` holds the absolute path `start...`, rather than a part of a longer path or of an address.
fn has_path(line: &str, start: &str) -> bool {
    let continues = |c: char| c.is_alphanumeric() || "._-/}~*".contains(c);
    line.match_indices(start).any(|(at, _)| !line[..at].chars().next_back().is_some_and(continues))
}

/// Whether a test of the front end is left out, or leaves the others out.
fn leaves_tests_out(line: &str) -> bool {
    let calls = ["it", "test", "describe", "suite", "bench"];
    let ways = ["only", "skip", "todo", "fails"];
    let is_call = |call: &&str, way: &&str| {
        has_word(line, &format!("{call}.{way}")) || has_word(line, &format!("{call}.concurrent.{way}"))
    };
    calls.iter().any(|call| ways.iter().any(|way| is_call(call, way)))
}

#[test]
fn nothing_is_left_undone() {
    let code: Vec<Source> = sources("").into_iter().filter(|source| source.ends_with_any(&CODE)).collect();
    let undone = |_: &Source, line: &str| UNDONE.iter().find(|word| has_word(line, word)).map(ToString::to_string);
    expect_none("What is left to do is not kept in the code", &lines_with(&code, undone));
}

#[test]
fn no_test_is_left_out() {
    let ignored = concat!("#[ign", "ore");
    let left_out = |source: &Source, line: &str| {
        let rust = source.path.ends_with(".rs") && line.contains(ignored);
        (rust || (source.ends_with_any(&WEB) && leaves_tests_out(line))).then(|| line.trim().to_owned())
    };
    expect_none("A test that does not run is not a test", &lines_with(&sources(""), left_out));
}

#[test]
fn no_place_on_a_machine_and_no_registry_of_ones_own() {
    let own = |_: &Source, line: &str| {
        let path = MACHINE_PATHS.iter().find(|path| has_path(line, path));
        path.or_else(|| OWN_REGISTRY.iter().find(|word| line.contains(**word))).map(ToString::to_string)
    };
    expect_none("It must build and run anywhere", &lines_with(&sources(""), own));
}

#[test]
fn lock_files_name_the_public_registries() {
    let elsewhere = |source: &Source, line: &str| {
        let (key, home) = match source.path.rsplit('/').next()? {
            "package-lock.json" => ("\"resolved\": \"", NPM),
            "Cargo.lock" => ("source = \"", CRATES),
            _ => return None,
        };
        let place = line.trim().strip_prefix(key)?;
        (!place.starts_with(home)).then(|| "another registry".to_owned())
    };
    expect_none("Packages come from where everyone gets them", &lines_with(&sources(""), elsewhere));
}

#[test]
fn names_say_what_is_inside() {
    let mut findings = Vec::new();
    let is_empty = |name: &str| name.split(['/', '.', '-', '_']).any(|word| SAYS_NOTHING.contains(&word));
    for source in sources("") {
        if is_empty(&source.path) {
            findings.push(source.path.clone());
        }
        for line in source.text.lines().filter(|_| source.path.ends_with(".rs")) {
            let module =
                line.trim_start().trim_start_matches("pub(crate) ").trim_start_matches("pub ").strip_prefix("mod ");
            if module.is_some_and(|name| is_empty(name.trim_end_matches([';', '{', ' ']))) {
                findings.push(format!("{}: {}", source.path, line.trim()));
            }
        }
    }
    expect_none("A file or module is named after what it holds", &findings);
}

#[test]
fn what_is_forbidden_is_noticed() {
    let (root, home) = (MACHINE_PATHS[1], MACHINE_PATHS[2]);
    assert!(has_path(&format!("read {root}x"), root) && has_path(&format!("{home}me"), home));
    assert!(!has_path(&format!("https://example.org{home}"), home) && !has_path(&format!("a{root}"), root));
    assert!(leaves_tests_out("  it.only(\"x\", () => {") && leaves_tests_out("describe.skip('x')"));
    assert!(!leaves_tests_out("rows.iter().skip(1)") && !leaves_tests_out("it(\"skips\", () => {"));
}
