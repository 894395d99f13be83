//! Every crate keeps the workspace's lints, and declares no dependency that its code does not name.

use crate::layers::{Declared, Member, members};
use crate::text::has_word;
use crate::tree::{ROOT, expect_none, sources};
use std::path::Path;

/// The text of everything Rust in a crate's own folders; of `src` and `build.rs` only, unless `with_tests`.
fn rust_of(member: &Member, with_tests: bool) -> String {
    let root =
        Path::new(&member.manifest).parent().unwrap().strip_prefix(ROOT).unwrap().to_str().unwrap().replace('\\', "/");
    let folders: &[&str] = if with_tests { &["src", "tests", "benches", "examples"] } else { &["src"] };
    let at = |name: &str| if root.is_empty() { name.to_owned() } else { format!("{root}/{name}") };
    let mut text = std::fs::read_to_string(Path::new(ROOT).join(at("build.rs"))).unwrap_or_default();
    for folder in folders.iter().map(|name| at(name)).filter(|folder| Path::new(ROOT).join(folder).is_dir()) {
        for source in sources(&folder).iter().filter(|source| source.path.ends_with(".rs")) {
            text += &source.text;
        }
    }
    text
}

/// A dependency that is declared for what it brings, not for its name, says so behind its line in the manifest.
fn is_excused(manifest: &str, dependency: &Declared) -> bool {
    let of = |line: &&str| line.starts_with(&dependency.name) && line.contains("# tidy: unnamed because ");
    manifest.lines().any(|line| of(&line))
}

#[test]
fn the_lints_are_those_of_the_workspace() {
    let lax = |(name, member): (&String, &Member)| {
        let manifest: String = std::fs::read_to_string(&member.manifest).unwrap();
        (!manifest.contains("\n[lints]\nworkspace = true\n")).then(|| format!("{name}: {}", member.manifest))
    };
    expect_none(
        "Every Cargo.toml has `[lints] workspace = true`",
        &members().iter().filter_map(lax).collect::<Vec<_>>(),
    );
}

#[test]
fn every_dependency_is_named_in_the_code() {
    let mut findings = Vec::new();
    for (name, member) in members() {
        let manifest = std::fs::read_to_string(&member.manifest).unwrap();
        let (built, tested) = (rust_of(&member, false), rust_of(&member, true));
        for dependency in &member.dependencies {
            let code = if dependency.kind.as_deref() == Some("dev") { &tested } else { &built };
            if !has_word(code, &dependency.known_as) && !is_excused(&manifest, dependency) {
                findings.push(format!("{name}: {}", dependency.name));
            }
        }
    }
    expect_none("Declared and never named (or say `# tidy: unnamed because ...` behind it)", &findings);
}
