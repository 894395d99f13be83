//! A mapping as it stands in TOML. Nothing is checked here beyond its form; [`compile`](super::compile) does that.

use serde::de::{MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer, value::SeqAccessDeserializer};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;

pub(super) type Map<T> = BTreeMap<String, Spanned<T>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MappingSpec {
    pub source: Spanned<SourceSpec>,
    #[serde(rename = "file")]
    pub files: Vec<Spanned<FileSpec>>,
    #[serde(rename = "event")]
    pub events: Vec<Spanned<EventSpec>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SourceSpec {
    /// The CloudEvents `source` of every event.
    pub uri: String,
    /// One line about the data.
    #[serde(default)]
    pub about: String,
    /// The time zone of times that don't say one.
    #[serde(default = "utc")]
    pub zone: String,
    /// How times are written, unless a field says otherwise.
    #[serde(default = "iso")]
    pub time_format: String,
    /// The currency of money, unless a field says otherwise.
    pub currency: Option<String>,
    /// What stands before the fraction of a number.
    #[serde(default)]
    pub decimal: DecimalMark,
}

fn utc() -> String {
    "UTC".to_owned()
}

fn iso() -> String {
    "iso".to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(super) enum DecimalMark {
    #[default]
    #[serde(rename = ".")]
    Point,
    #[serde(rename = ",")]
    Comma,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FileSpec {
    pub name: String,
    /// Where it stands under the data folder; the first that is there. A `*` in the name stands for any characters.
    pub path: Option<OneOrMany>,
    /// Instead of a path: the file whose rows have a list each, of which the objects are the rows ...
    pub within: Option<String>,
    /// ... and where in them the list stands.
    pub list: Option<String>,
    #[serde(default)]
    pub format: Format,
    #[serde(default = "comma")]
    pub delimiter: char,
    #[serde(default)]
    pub encoding: Encoding,
    /// What stands for "nothing" besides an empty cell.
    #[serde(default)]
    pub null: Vec<String>,
    /// Whether the data may come without it.
    #[serde(default)]
    pub optional: bool,
    /// Cleaning of cells, before anything else sees them.
    #[serde(default)]
    pub columns: Map<ColumnSpec>,
    pub group: Option<Spanned<GroupSpec>>,
    #[serde(default)]
    pub joins: Map<JoinSpec>,
}

fn comma() -> char {
    ','
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    #[default]
    Csv,
    Jsonl,
    Parquet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub(crate) enum Encoding {
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    #[serde(rename = "latin-1")]
    Latin1,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnSpec {
    #[serde(default)]
    pub strip_prefix: String,
    #[serde(default)]
    pub strip_suffix: String,
    #[serde(default)]
    pub map: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GroupSpec {
    /// Rows with the same value here belong together.
    pub by: String,
    /// Their order within the group; that of the file where these are equal.
    #[serde(default)]
    pub order: Vec<FieldSpec>,
    /// Whether rows that name the same instant happened one after the other: their events are put a millisecond apart.
    #[serde(default)]
    pub apart: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JoinSpec {
    pub file: String,
    /// A column of this file ...
    pub by: String,
    /// ... that equals this column of the other one; of the same name unless given.
    pub to: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EventSpec {
    #[serde(rename = "type")]
    pub kind: String,
    pub from: String,
    #[serde(default)]
    pub row: RowSpec,
    pub id: String,
    pub subject: Spanned<FieldSpec>,
    pub time: Spanned<FieldSpec>,
    /// All of these must hold ...
    #[serde(default)]
    pub when: Vec<Spanned<ConditionSpec>>,
    /// ... and none of these.
    #[serde(default)]
    pub unless: Vec<Spanned<ConditionSpec>>,
    #[serde(default)]
    pub data: Map<FieldSpec>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum RowSpec {
    /// Every row.
    #[default]
    Each,
    /// The first row of each group.
    First,
    /// The last row of each group.
    Last,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ConditionSpec {
    /// Holds if it holds for one of these columns ...
    pub column: OneOrMany,
    /// ... in one of these rows.
    pub over: Option<String>,
    pub is: Option<OneOrMany>,
    pub starts_with: Option<OneOrMany>,
    pub present: Option<bool>,
    pub changed: Option<bool>,
    pub above: Option<Scalar>,
    pub below: Option<Scalar>,
}

/// What a field of an event is made of. In TOML a table; a bare string is a column, a list of strings columns of which the
/// first with a value counts, a bare number or boolean is itself.
#[derive(Debug, Default)]
pub(super) struct FieldSpec(pub FieldTable);

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldTable {
    pub column: Option<OneOrMany>,
    pub template: Option<String>,
    pub value: Option<Scalar>,
    pub sum: Option<OneOrMany>,
    pub over: Option<String>,
    pub each: Option<String>,
    pub fields: Option<Map<FieldSpec>>,
    #[serde(rename = "type")]
    pub kind: Option<TypeSpec>,
    pub map: Option<BTreeMap<String, Scalar>>,
    /// What values become that `map` does not name.
    pub other: Option<Scalar>,
    #[serde(default)]
    pub truncate: bool,
    #[serde(default)]
    pub negate: bool,
    #[serde(default)]
    pub round: bool,
    pub currency: Option<String>,
    pub currency_column: Option<String>,
    pub format: Option<String>,
    pub zone: Option<String>,
    pub unit: Option<UnitSpec>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum TypeSpec {
    Label,
    Id,
    Text,
    Integer,
    Bool,
    Money,
    Time,
    Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub(super) enum UnitSpec {
    #[serde(rename = "ms")]
    Milliseconds,
    #[serde(rename = "s")]
    Seconds,
    #[serde(rename = "min")]
    Minutes,
    #[serde(rename = "h")]
    Hours,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a string, a whole number, or true or false")]
pub(super) enum Scalar {
    Bool(bool),
    Integer(i64),
    Text(String),
}

impl fmt::Display for Scalar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(it) => it.fmt(f),
            Self::Integer(it) => it.fmt(f),
            Self::Text(it) => it.fmt(f),
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a string or a list of strings")]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    pub(super) fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

impl<'de> Deserialize<'de> for FieldSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Forms;
        let column = |column| FieldSpec(FieldTable { column: Some(column), ..FieldTable::default() });
        let value = |value| FieldSpec(FieldTable { value: Some(value), ..FieldTable::default() });
        impl<'de> Visitor<'de> for Forms {
            type Value = Either;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column, a list of columns, a number, a boolean, or a table")
            }
            fn visit_str<E>(self, text: &str) -> Result<Either, E> {
                Ok(Either::Column(OneOrMany::One(text.to_owned())))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Either, E> {
                Ok(Either::Value(Scalar::Integer(number)))
            }
            fn visit_bool<E>(self, is: bool) -> Result<Either, E> {
                Ok(Either::Value(Scalar::Bool(is)))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Either, A::Error> {
                let columns = Vec::<String>::deserialize(SeqAccessDeserializer::new(seq))?;
                Ok(Either::Column(OneOrMany::Many(columns)))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Either, A::Error> {
                FieldTable::deserialize(MapAccessDeserializer::new(map)).map(|table| Either::Table(Box::new(table)))
            }
        }
        enum Either {
            Column(OneOrMany),
            Value(Scalar),
            Table(Box<FieldTable>),
        }
        Ok(match deserializer.deserialize_any(Forms)? {
            Either::Column(it) => column(it),
            Either::Value(it) => value(it),
            Either::Table(table) => FieldSpec(*table),
        })
    }
}
