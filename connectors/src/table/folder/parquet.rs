//! Parquet files: a page of each column at a time, and every value exactly.

use super::batch::{Batches, Ended};
use bytes::Bytes;
use jiff::Timestamp;
use parquet::basic::{LogicalType, TimeUnit};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::Type;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;

/// What the reader of rows does not say of a time: whether it is UTC, and whether it is in nanoseconds.
#[derive(Debug, Clone, Copy)]
struct Time {
    is_utc: bool,
    is_nanos: bool,
}

/// The rows of a Parquet file; as their lines they have their numbers, from 1.
pub(super) fn rows(file: File, to: &mut Batches) -> Result<(), Ended> {
    let reader = SerializedFileReader::new(file).map_err(|error| of_parquet(error, 0))?;
    let times = times(reader.metadata().file_metadata().schema());
    let rows = reader.get_row_iter(None).map_err(|error| of_parquet(error, 0))?;
    for (number, row) in (1..).zip(rows) {
        let row = row.map_err(|error| of_parquet(error, number))?;
        let columns = row.into_columns();
        let mut bytes = 0;
        let cell = |(name, field): (String, Field)| {
            let value = match times.get(&name) {
                Some(time) => in_time(field, *time),
                None => value(field),
            };
            bytes += name.len() + size(&value);
            (name, value)
        };
        let row: Map<String, Value> = columns.into_iter().map(cell).collect();
        to.row(number, row, bytes)?;
    }
    Ok(())
}

fn of_parquet(error: ParquetError, row: u64) -> Ended {
    match error {
        ParquetError::External(error) if error.is::<std::io::Error>() => Ended::Unreadable(error.to_string()),
        // What the library says may repeat what stands in the file.
        _ if row == 0 => Ended::Refused("is no Parquet file that can be read".into(), Bytes::new()),
        _ => Ended::Refused(format!("is damaged, or of a type that can't be read, at row {row}"), Bytes::new()),
    }
}

/// The columns that are times and need to be told so.
fn times(schema: &Type) -> BTreeMap<String, Time> {
    let time = |column: &std::sync::Arc<Type>| match column.get_basic_info().logical_type_ref() {
        Some(LogicalType::Timestamp(time)) => {
            let time = Time { is_utc: time.is_adjusted_to_u_t_c, is_nanos: matches!(time.unit, TimeUnit::NANOS) };
            Some((column.name().to_owned(), time))
        }
        _ => None,
    };
    schema.get_fields().iter().filter_map(time).collect()
}

/// A time; one without a zone is written without, so that the mapping's zone counts.
fn in_time(field: Field, time: Time) -> Value {
    let value = match field {
        Field::Long(nanos) if time.is_nanos => instant(Timestamp::from_nanosecond(nanos.into())),
        field => value(field),
    };
    match value {
        Value::String(text) if !time.is_utc => Value::from(text.trim_end_matches('Z')),
        value => value,
    }
}

fn instant(time: Result<Timestamp, jiff::Error>) -> Value {
    time.map_or(Value::Null, |time| Value::from(time.to_string()))
}

fn value(field: Field) -> Value {
    match field {
        Field::Null => Value::Null,
        Field::Bool(value) => value.into(),
        Field::Byte(value) => value.into(),
        Field::Short(value) => value.into(),
        Field::Int(value) => value.into(),
        Field::Long(value) => value.into(),
        Field::UByte(value) => value.into(),
        Field::UShort(value) => value.into(),
        Field::UInt(value) => value.into(),
        Field::ULong(value) => value.into(),
        Field::Float16(value) => decimal(value.to_f32().to_string()),
        Field::Float(value) => decimal(value.to_string()),
        Field::Double(value) => decimal(value.to_string()),
        // Its digits, however many.
        decimal @ Field::Decimal(_) => Value::from(decimal.to_string()),
        Field::Str(text) => text.into(),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => text.into(),
            Err(_) => bytes.data().iter().map(|byte| format!("{byte:02x}")).collect::<String>().into(),
        },
        Field::Date(days) => {
            let day = jiff::Span::new().try_days(days).and_then(|days| jiff::civil::date(1970, 1, 1).checked_add(days));
            day.map_or(Value::Null, |day| Value::from(day.to_string()))
        }
        Field::TimeMillis(ms) => time_of_day(i64::from(ms) * 1_000),
        Field::TimeMicros(us) => time_of_day(us),
        Field::TimestampMillis(ms) => instant(Timestamp::from_millisecond(ms)),
        Field::TimestampMicros(us) => instant(Timestamp::from_microsecond(us)),
        Field::Group(row) => row.into_columns().into_iter().map(|(name, field)| (name, value(field))).collect(),
        Field::ListInternal(list) => list.elements().iter().cloned().map(value).collect(),
        Field::MapInternal(map) => {
            let entry = |(key, field): &(Field, Field)| {
                let key = match value(key.clone()) {
                    Value::String(text) => text,
                    other => other.to_string(),
                };
                (key, value(field.clone()))
            };
            map.entries().iter().map(entry).collect::<Map<_, _>>().into()
        }
    }
}

/// The shortest decimal that means a float of that width; what is no number is nothing.
fn decimal(text: String) -> Value {
    if text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.')) { Value::from(text) } else { Value::Null }
}

fn time_of_day(us: i64) -> Value {
    let time = jiff::civil::Time::midnight().checked_add(jiff::SignedDuration::from_micros(us));
    time.map_or(Value::Null, |time| Value::from(time.to_string()))
}

fn size(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(size).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + size(value)).sum(),
        _ => 8,
    }
}
