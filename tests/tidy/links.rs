//! What the documentation points at is there, and the map of the house stays one that can be read.

use crate::tree::{ROOT, expect_none, sources};
use std::path::Path;

const MAP_LINES_MAX: usize = 300;

/// The targets of links and pictures in Markdown, outside of code.
fn links(text: &str) -> Vec<&str> {
    let mut is_code = false;
    let mut found = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        for part in line.split('`').step_by(2) {
            for mark in ["](", "src=\"", "href=\""] {
                let ends = [')', '"', ' '];
                found.extend(part.split(mark).skip(1).filter_map(|rest| rest.split(ends).next()));
            }
        }
    }
    found
}

#[test]
fn links_to_files_lead_to_files() {
    let mut findings = Vec::new();
    for source in sources("").iter().filter(|source| source.path.ends_with(".md")) {
        let folder = Path::new(ROOT).join(&source.path).parent().unwrap().to_owned();
        let is_local = |link: &&str| !link.contains("://") && !link.starts_with("mailto:") && !link.starts_with('#');
        for link in links(&source.text).into_iter().filter(is_local) {
            let file = link.split(['#', '?']).next().unwrap_or_default();
            if !folder.join(file).exists() {
                findings.push(format!("{}: {link}", source.path));
            }
        }
    }
    expect_none("A link leads nowhere", &findings);
}

#[test]
fn the_map_can_be_read() {
    let map = std::fs::read_to_string(Path::new(ROOT).join("ARCHITECTURE.md")).unwrap_or_default();
    let lines = map.lines().count();
    assert!(lines <= MAP_LINES_MAX, "ARCHITECTURE.md is a map of at most {MAP_LINES_MAX} lines; it has {lines}");
}

#[test]
fn links_are_found() {
    let text =
        "[a](b.md#c) ![d](e.png \"f\") `[g](h)`\n```\n[i](j)\n```\n<img src=\"k.png\" width=\"1\"> [l](https://m)";
    assert_eq!(links(text), ["b.md#c", "e.png", "https://m", "k.png"]);
}
