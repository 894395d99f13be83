//! A file is one idea: past 400 lines it is usually two, and past 70 a function usually is. Where it is not, a line
//! `// tidy: long because ...` in the file gives the reason.

use crate::text::says_why;
use crate::tree::{expect_none, sources};

const FILE_LINES_MAX: usize = 400;
const FUNCTION_LINES_MAX: usize = 70;
const SOURCE: [&str; 8] = [".rs", ".ts", ".tsx", ".mjs", ".js", ".css", ".py", ".sh"];

/// The functions of rustfmt's Rust: the name, the line it starts at, and how many lines it has. The end of a function is
/// the next line that is a closing brace at the indentation of its first line.
fn functions(text: &str) -> Vec<(&str, usize, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let of = |at: usize| {
        let name = function_name(lines[at])?;
        let indent = lines[at].len() - lines[at].trim_start().len();
        let end = lines[at..].iter().position(|line| line.trim_end() == format!("{}}}", &lines[at][..indent]))?;
        Some((name, at + 1, end + 1))
    };
    (0..lines.len()).filter_map(of).collect()
}

/// The name of the function with a body of its own lines that starts on `line`.
fn function_name(line: &str) -> Option<&str> {
    if line.trim_end().ends_with(['}', ';']) {
        return None;
    }
    let (before, after) = line.trim_start().split_once("fn ")?;
    let is_qualifier = |word: &str| {
        matches!(word, "const" | "async" | "extern" | "\"C\"") || word.starts_with("pub") || word.ends_with(')')
    };
    let name = after.split(['(', '<']).next()?;
    before.split_whitespace().all(is_qualifier).then_some(name)
}

#[test]
fn files_and_functions_are_short() {
    let mut findings = Vec::new();
    for source in sources("").iter().filter(|source| source.ends_with_any(&SOURCE) && !says_why(&source.text, "long")) {
        let lines = source.text.lines().count();
        if lines > FILE_LINES_MAX {
            findings.push(format!("{} has {lines} lines", source.path));
        }
        // Biome counts those of TypeScript.
        if source.path.ends_with(".rs") {
            for (name, at, lines) in functions(&source.text).into_iter().filter(|found| found.2 > FUNCTION_LINES_MAX) {
                findings.push(format!("{}:{at}: fn {name} has {lines} lines", source.path));
            }
        }
    }
    expect_none("At most 400 lines a file and 70 a function (or say `// tidy: long because ...`)", &findings);
}

#[test]
fn functions_are_measured() {
    let text = "\
impl A {
    pub(crate) const fn one(&self) -> u8 {
        if x {
        }
    }
    fn short() {}
    fn declared();
    async fn two<T>(
        a: T,
    ) where
        T: B,
    {
        a
    }
}
let f: fn (u8);
";
    assert_eq!(functions(text), [("one", 2, 4), ("two", 8, 7)]);
}
