//! A mapping, checked and ready: every column, join and format resolved.

use super::compile;
use super::decimal::Decimal;
use super::error::MappingError;
use super::spec::{Encoding, Format, RowSpec};
use super::times::TimeFormat;
use nexusflow_model::{Currency, Kind, Source};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// How the files of a data set become events.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub(super) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(super) struct Inner {
    pub name: String,
    pub about: String,
    pub source: Source,
    /// XXH3 of the text it was made from.
    pub hash: u64,
    /// Whether numbers have their fraction behind a comma.
    pub comma: bool,
    pub files: Vec<FileMap>,
    pub events: Vec<EventMap>,
}

impl Mapping {
    /// Reads a mapping from a TOML file.
    ///
    /// # Errors
    /// The line and key at fault, and why.
    pub fn load(path: &Path) -> Result<Self, MappingError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| MappingError {
            mapping: shown.clone(),
            line: 0,
            key: String::new(),
            reason: error.to_string(),
        })?;
        let name = path.file_stem().map_or_else(|| shown.clone(), |stem| stem.to_string_lossy().into_owned());
        Self::parse_as(&name, &shown, &text)
    }

    /// Makes a mapping called `name` of TOML.
    ///
    /// # Errors
    /// The line and key at fault, and why.
    pub fn parse(name: &str, toml: &str) -> Result<Self, MappingError> {
        Self::parse_as(name, name, toml)
    }

    pub(super) fn parse_as(name: &str, shown: &str, toml: &str) -> Result<Self, MappingError> {
        let inner = compile::mapping(name, toml).map_err(|fault| {
            let line = toml[..fault.at.min(toml.len())].bytes().filter(|b| *b == b'\n').count() + 1;
            MappingError { mapping: shown.to_owned(), line, key: fault.key, reason: fault.reason }
        })?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Its name: that of its file, without the ending.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// One line about the data it is for.
    pub fn about(&self) -> &str {
        &self.inner.about
    }

    /// The CloudEvents source of its events.
    pub fn source(&self) -> &Source {
        &self.inner.source
    }
}

/// A file and what is known of it.
#[derive(Debug)]
pub(super) struct FileMap {
    pub name: String,
    pub paths: Vec<String>,
    pub format: Format,
    pub delimiter: u8,
    pub encoding: Encoding,
    pub nulls: Vec<String>,
    pub optional: bool,
    /// Where the rows are objects of a list in each row of another file: that file, and the path of the list.
    pub list: Option<(usize, String)>,
    /// The columns that something uses; nothing else of the file is kept.
    pub columns: Vec<Column>,
    pub group: Option<Group>,
    pub joins: Vec<Join>,
}

/// The name of the column that every row has without it being written: which row of its file it is, or is within.
pub(super) const ROW: &str = "\u{0}row";

#[derive(Debug)]
pub(super) struct Column {
    pub name: String,
    /// Which of several columns of that name, from 0.
    pub nth: usize,
    pub strip_prefix: String,
    pub strip_suffix: String,
    pub map: BTreeMap<String, String>,
}

#[derive(Debug)]
pub(super) struct Group {
    pub by: Ref,
    pub order: Vec<Field>,
    pub apart: bool,
}

#[derive(Debug)]
pub(super) struct Join {
    /// Column of the own file.
    pub by: usize,
    /// The other file.
    pub file: usize,
    /// Its column.
    pub to: usize,
}

/// A step from a row to another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// The first row that this join of the file finds.
    Join(usize),
    /// The row before in the group.
    Previous,
    /// The first of the group.
    First,
    /// The last of the group.
    Last,
}

/// A column, seen from a row: some steps to another row, then a column there.
#[derive(Debug, Clone)]
pub(super) struct Ref {
    pub steps: Vec<Step>,
    pub column: usize,
}

/// Several rows, seen from one.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    pub steps: Vec<Step>,
    pub last: Many,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Many {
    /// All rows that this join finds.
    Join(usize),
    /// All rows of the group.
    Group,
}

#[derive(Debug)]
pub(super) struct EventMap {
    pub kind: Kind,
    pub file: usize,
    pub row: RowSpec,
    pub id: Vec<Part>,
    pub subject: Field,
    pub time: Field,
    pub when: Vec<Condition>,
    pub unless: Vec<Condition>,
    pub data: Vec<(String, Node)>,
}

/// A piece of a template.
#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    Column(Ref),
}

#[derive(Debug)]
pub(super) struct Condition {
    pub over: Option<Rows>,
    pub columns: Vec<Ref>,
    pub test: Test,
}

#[derive(Debug)]
pub(super) enum Test {
    Is(Vec<String>),
    StartsWith(Vec<String>),
    Present(bool),
    Changed(bool),
    Above(Decimal),
    Below(Decimal),
}

/// A place in the data of an event.
#[derive(Debug)]
pub(super) enum Node {
    Field(Field),
    Object(Vec<(String, Node)>),
    /// A list with an object for each row.
    Each(Rows, Vec<(String, Node)>),
}

#[derive(Debug)]
pub(super) struct Field {
    pub value: Value,
    pub map: BTreeMap<String, String>,
    pub other: Option<String>,
    pub kind: FieldKind,
}

#[derive(Debug)]
pub(super) enum Value {
    /// The first that is there.
    Columns(Vec<Ref>),
    /// All or nothing.
    Template(Vec<Part>),
    Constant(String),
    /// The sum of products of columns, over rows or over the one row.
    Sum(Option<Rows>, Vec<Vec<Ref>>),
}

#[derive(Debug)]
pub(super) enum FieldKind {
    /// One line of text.
    Label {
        truncate: bool,
    },
    /// Text as it is.
    Text {
        truncate: bool,
    },
    Integer {
        negate: bool,
        round: bool,
    },
    Bool,
    Money {
        currency: CurrencyFrom,
        negate: bool,
        round: bool,
    },
    Time(TimeFormat),
    Duration {
        unit_ms: i64,
    },
}

#[derive(Debug)]
pub(super) enum CurrencyFrom {
    Fixed(Currency),
    Column(Ref),
}
