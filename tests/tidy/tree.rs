//! The files of the house, as they lie in the folder, without what is built, installed or recorded.

use std::path::{Path, PathBuf};

/// Where the workspace lies.
pub(crate) const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Folders that hold nothing written by hand.
const NOT_OURS: [&str; 5] = ["target", "node_modules", "dist", "gen", "__snapshots__"];

/// Names with a leading dot that are ours; every other one (.git, .tools, .nexusflow ...) is not looked into.
const DOTTED: [&str; 7] = [".ci", ".config", ".github", ".dockerignore", ".editorconfig", ".gitignore", ".typos.toml"];

/// A file with its text.
pub(crate) struct Source {
    /// From the root of the workspace, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    pub(crate) fn ends_with_any(&self, ends: &[&str]) -> bool {
        ends.iter().any(|end| self.path.ends_with(end))
    }
}

/// Every text file under `folder` (from the root; "" is the root), in the order of their paths.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(ROOT);
    let mut found = Vec::new();
    walk(&root.join(folder), &mut found);
    found.sort();
    found
        .into_iter()
        .filter_map(|path| {
            let text = String::from_utf8(std::fs::read(&path).unwrap()).ok()?;
            let path = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            Some(Source { path, text })
        })
        .collect()
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if NOT_OURS.contains(&name.as_str()) || (name.starts_with('.') && !DOTTED.contains(&name.as_str())) {
            continue;
        }
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => walk(&entry.path(), found),
            kind if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
}

/// Fails with every finding, one a line.
pub(crate) fn expect_none(rule: &str, findings: &[String]) {
    assert!(findings.is_empty(), "{rule}:\n  {}\n", findings.join("\n  "));
}

#[test]
fn the_house_is_not_empty() {
    let paths: Vec<String> = sources("").into_iter().map(|source| source.path).collect();
    for known in ["Cargo.toml", ".ci/run", "processors/model/src/lib.rs", "tests/tidy/tree.rs"] {
        assert!(paths.iter().any(|path| path == known), "{known} was not found");
    }
    assert!(!paths.iter().any(|path| path.starts_with("target/") || path.contains("node_modules/")));
}
