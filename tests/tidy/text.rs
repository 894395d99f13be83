//! Reading source text without a parser: words, comments, tests, groups of `use`.

/// Whether `text` holds `word` with no letter, digit or `_` on either side.
pub(crate) fn has_word(text: &str, word: &str) -> bool {
    let part_of_name = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(at, _)| {
        !text[..at].chars().next_back().is_some_and(part_of_name)
            && !text[at + word.len()..].chars().next().is_some_and(part_of_name)
    })
}

/// The lines of Rust that are neither comment nor unit test, each with its number from 1. Tests are a module under
/// `#[cfg(test)]` in column 0, which ends a file by custom.
pub(crate) fn code_lines(text: &str) -> Vec<(usize, &str)> {
    let end =
        ["\n#[cfg(test)]\nmod ", "\n#[cfg(test)]\npub(crate) mod "].iter().filter_map(|mark| text.find(mark)).min();
    text[..end.unwrap_or(text.len())]
        .lines()
        .enumerate()
        .map(|(at, line)| (at + 1, line.split("//").next().unwrap_or_default()))
        .filter(|(_, line)| !line.trim().is_empty())
        .collect()
}

/// Whether Rust code names the module `module` of `std`, in a path or in a group: `std::{fs, path::Path}`.
pub(crate) fn names_std(code: &str, module: &str) -> bool {
    let code: String = code.split_whitespace().collect::<Vec<_>>().join(" ").replace(":: ", "::");
    if has_word(&code, &format!("std::{module}")) {
        return true;
    }
    code.match_indices("std::{").any(|(at, start)| {
        let (mut depth, mut first) = (0_u32, true);
        for part in code[at + start.len()..].split_inclusive(['{', '}', ',']) {
            let name = part.trim().split([':', ' ', ',', '{', '}']).next().unwrap_or_default();
            if depth == 0 && first && name == module {
                return true;
            }
            match part.chars().next_back() {
                Some('{') => depth += 1,
                Some('}') if depth == 0 => return false,
                Some('}') => depth -= 1,
                _ => {}
            }
            first = depth == 0;
        }
        false
    })
}

/// Whether a file says why it may break the rule: `// tidy: RULE because REASON`, in whatever form its comments have.
pub(crate) fn says_why(text: &str, rule: &str) -> bool {
    let mark = format!("tidy: {rule} because ");
    text.lines().any(|line| line.split_once(&mark).is_some_and(|(_, reason)| reason.trim().len() >= 10))
}

#[test]
fn a_word_is_a_whole_one() {
    assert!(has_word("let x: f64 = 1.0", "f64") && has_word("f64", "f64") && has_word("(f64)", "f64"));
    assert!(!has_word("as_f64(x)", "f64") && !has_word("f640", "f64"));
}

#[test]
fn comments_and_tests_are_not_code() {
    let text = "use a; // b\n/// c\n\nfn d() {}\n#[cfg(test)]\nmod tests {}\n";
    assert_eq!(code_lines(text), [(1, "use a; "), (4, "fn d() {}")]);
}

#[test]
fn a_module_is_seen_in_paths_and_in_groups() {
    for seen in [
        "std::fs::read(x)",
        "use std::fs;",
        "use std::{fmt, fs};",
        "use std::{\n    fmt::{self, Debug},\n    fs::File,\n};",
    ] {
        assert!(names_std(seen, "fs"), "{seen}");
    }
    for unseen in ["use std::fmt;", "use std::{fmt::{fs}, io};", "my_std::fsync()", "use std::{fmt}; use own::{fs};"] {
        assert!(!names_std(unseen, "fs"), "{unseen}");
    }
}

#[test]
fn a_reason_is_more_than_a_word() {
    assert!(says_why("// tidy: long because every event type is named in one match", "long"));
    assert!(
        !says_why("// tidy: long because yes", "long")
            && !says_why("// tidy: float because it is never merged", "long")
    );
}
