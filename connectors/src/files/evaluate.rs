//! What columns, templates, sums and conditions come to at a row.

use super::decimal::Decimal;
use super::mapping::{Condition, Field, FieldKind, Part, Ref, Rows, Test, Value};
use super::tables::{At, Tables};
use super::times;
use nexusflow_model::Timestamp;
use std::borrow::Cow;

/// What rows of a group are ordered by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key<'a> {
    Time(Timestamp),
    Number(Decimal),
    Text(Cow<'a, str>),
}

/// The value of a field as one line of text, before it is read as anything else.
pub(super) fn text<'a>(tables: &'a Tables, at: At, field: &'a Field) -> Option<Cow<'a, str>> {
    let text: Cow<'a, str> = match &field.value {
        Value::Columns(columns) => columns.iter().find_map(|column| tables.cell(at, column))?.into(),
        Value::Template(parts) => template(tables, at, parts)?.into(),
        Value::Constant(text) => text.as_str().into(),
        Value::Sum(..) => return None,
    };
    if let Some(to) = field.map.get(&*text) {
        return Some(to.into());
    }
    Some(field.other.as_ref().map_or(text, |other| other.into()))
}

/// A template with its columns filled in; none where one of them has no value.
pub(super) fn template(tables: &Tables, at: At, parts: &[Part]) -> Option<String> {
    let mut text = String::with_capacity(64);
    for part in parts {
        text.push_str(match part {
            Part::Text(text) => text,
            Part::Column(column) => tables.cell(at, column)?,
        });
    }
    Some(text)
}

/// The value of a field as a number.
pub(super) fn number(tables: &Tables, comma: bool, at: At, field: &Field) -> Result<Option<Decimal>, String> {
    if let Value::Sum(over, terms) = &field.value {
        return sum(tables, comma, at, over.as_ref(), terms).map(Some);
    }
    let Some(text) = text(tables, at, field) else { return Ok(None) };
    Ok(Some(Decimal::parse(text.trim(), comma)?))
}

fn sum(tables: &Tables, comma: bool, at: At, over: Option<&Rows>, terms: &[Vec<Ref>]) -> Result<Decimal, String> {
    let of_row = |sum: Decimal, at: At| -> Result<Decimal, String> {
        terms.iter().try_fold(sum, |sum, factors| {
            let product = factors.iter().try_fold(Decimal::ONE, |product, column| {
                let cell = tables.cell(at, column).ok_or("a column of the sum is empty")?;
                product.times(Decimal::parse(cell.trim(), comma)?).map_err(str::to_owned)
            })?;
            Ok(sum.plus(product)?)
        })
    };
    match over {
        None => of_row(Decimal::ZERO, at),
        Some(rows) => tables.rows(at, rows).try_fold(Decimal::ZERO, of_row),
    }
}

/// The value of a field as a time.
pub(super) fn time(tables: &Tables, at: At, field: &Field) -> Result<Option<Timestamp>, String> {
    let FieldKind::Time(format) = &field.kind else { return Err("is no time".to_owned()) };
    let Some(text) = text(tables, at, field) else { return Ok(None) };
    format.parse(text.trim()).map(Some)
}

/// The value of a field as what its group is ordered by. What can't be read comes first, like what isn't there; the event made
/// of the row says what is wrong with it.
pub(super) fn key<'a>(tables: &'a Tables, comma: bool, at: At, field: &'a Field) -> Option<Key<'a>> {
    match &field.kind {
        FieldKind::Time(_) => time(tables, at, field).ok()?.map(Key::Time),
        FieldKind::Integer { .. } | FieldKind::Money { .. } => number(tables, comma, at, field).ok()?.map(Key::Number),
        FieldKind::Duration { unit_ms } => {
            let seconds = times::seconds(text(tables, at, field)?.trim(), *unit_ms, comma).ok()?;
            Some(Key::Number(Decimal::whole(seconds)))
        }
        FieldKind::Label { .. } | FieldKind::Text { .. } | FieldKind::Bool => text(tables, at, field).map(Key::Text),
    }
}

/// Whether a condition holds at a row.
pub(super) fn holds(tables: &Tables, comma: bool, at: At, condition: &Condition) -> bool {
    let of_row = |at: At| condition.columns.iter().any(|column| holds_for(tables, comma, at, column, &condition.test));
    match &condition.over {
        None => of_row(at),
        Some(rows) => tables.rows(at, rows).any(of_row),
    }
}

fn holds_for(tables: &Tables, comma: bool, at: At, column: &Ref, test: &Test) -> bool {
    let cell = tables.cell(at, column);
    let compared = |bound: &Decimal| Some(Decimal::parse(cell?.trim(), comma).ok()?.cmp(bound));
    match test {
        Test::Is(texts) => cell.is_some_and(|cell| texts.iter().any(|text| text == cell)),
        Test::StartsWith(texts) => cell.is_some_and(|cell| texts.iter().any(|text| cell.starts_with(text.as_str()))),
        Test::Present(present) => cell.is_some() == *present,
        // The first row of a group has nothing that it could differ from.
        Test::Changed(changed) => {
            tables.previous(at).is_some_and(|previous| (tables.cell(previous, column) != cell) == *changed)
        }
        Test::Above(bound) => compared(bound).is_some_and(std::cmp::Ordering::is_gt),
        Test::Below(bound) => compared(bound).is_some_and(std::cmp::Ordering::is_lt),
    }
}
