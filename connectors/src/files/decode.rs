//! From a row to an event: the pure heart of the connector. What comes out went through the vocabulary's own validation.

use super::error::Rejection;
use super::evaluate;
use super::mapping::{CurrencyFrom, EventMap, Field, FieldKind, Inner, Node};
use super::spec::RowSpec;
use super::tables::{At, Tables};
use super::times;
use nexusflow_model::limits::{EVENT_BYTES_MAX, LABEL_BYTES_MAX, TEXT_BYTES_MAX};
use nexusflow_model::{Currency, Envelope, Event, Id, Reject, Timestamp};

/// Rows of one instant that are put apart: a minute has as many milliseconds, and some more.
const SAME_INSTANT_MAX: usize = 1_000;

/// Whether an event is made of the row at `rank` in the order of its file.
pub(super) fn applies(mapping: &Inner, tables: &Tables, event: &EventMap, rank: u32) -> bool {
    let (first, last) = tables.ends_of_group(event.file, rank);
    let chosen = match event.row {
        RowSpec::Each => true,
        RowSpec::First => first,
        RowSpec::Last => last,
    };
    let at = tables.at_rank(event.file, rank);
    let holds = |condition| evaluate::holds(tables, mapping.comma, at, condition);
    chosen && event.when.iter().all(holds) && !event.unless.iter().any(holds)
}

/// When it happened. Where the mapping asks for it, rows of a group that name the same instant are put a millisecond apart, in
/// the order of the group: else nobody could tell later which of two changes was the last.
pub(super) fn time(mapping: &Inner, tables: &Tables, event: &EventMap, at: At) -> Result<Timestamp, Rejection> {
    let missing = || "is missing: none of its columns has a value".to_owned();
    let time = evaluate::time(tables, at, &event.time)
        .and_then(|time| time.ok_or_else(missing))
        .map_err(|reason| reject(tables, event, at, Reject::new("time", reason)))?;
    let is_apart = mapping.files[event.file].group.as_ref().is_some_and(|group| group.apart);
    if !is_apart || event.row != RowSpec::Each {
        return Ok(time);
    }
    let is_same = |row: &At| evaluate::time(tables, *row, &event.time) == Ok(Some(time));
    let before = std::iter::successors(tables.previous(at), |row| tables.previous(*row)).take(SAME_INSTANT_MAX);
    Ok(time.plus_ms(before.take_while(is_same).count() as i64))
}

/// The id of the event.
pub(super) fn id(tables: &Tables, event: &EventMap, at: At) -> Result<Id, Rejection> {
    let id =
        evaluate::template(tables, at, &event.id).ok_or_else(|| "is missing: one of its columns is empty".to_owned());
    id.and_then(|id| Id::new(&id).map_err(|error| error.to_string()))
        .map_err(|reason| reject(tables, event, at, Reject::new("id", reason)))
}

/// The whole event.
pub(super) fn envelope(mapping: &Inner, tables: &Tables, event: &EventMap, at: At) -> Result<Envelope, Rejection> {
    let occurred_at = time(mapping, tables, event, at)?;
    let id = id(tables, event, at)?;
    let rest = subject(tables, event, at).and_then(|subject| Ok((subject, data(mapping, tables, event, at)?)));
    let (subject, event) = rest.map_err(|error| reject(tables, event, at, error))?;
    // A replay behaves as it did then: what happened was known when it happened.
    Ok(Envelope {
        id,
        source: mapping.source.clone(),
        subject,
        occurred_at,
        recorded_at: occurred_at,
        forwarded: 0,
        event,
    })
}

pub(super) fn reject(tables: &Tables, event: &EventMap, at: At, reject: Reject) -> Rejection {
    let (file, line) = tables.place(at);
    Rejection::of_event(file, line, event.kind.as_str(), reject)
}

fn subject(tables: &Tables, event: &EventMap, at: At) -> Result<Id, Reject> {
    let text = evaluate::text(tables, at, &event.subject);
    let text = text.ok_or_else(|| Reject::new("subject", "is missing: none of its columns has a value"))?;
    Id::new(text.trim()).map_err(|error| Reject::new("subject", error.to_string()))
}

fn data(mapping: &Inner, tables: &Tables, event: &EventMap, at: At) -> Result<Event, Reject> {
    let mut writer = Writer { comma: mapping.comma, tables, json: Vec::with_capacity(256), path: "data".to_owned() };
    writer.object(at, &event.data)?;
    if writer.json.len() > EVENT_BYTES_MAX {
        let reason = format!("an event may have {EVENT_BYTES_MAX} bytes, this one has {}", writer.json.len());
        return Err(Reject::new("data", reason));
    }
    let json = String::from_utf8(writer.json).map_err(|error| Reject::new("data", error.to_string()))?;
    Event::from_json(event.kind, &json)
}

/// Writes the data of an event as JSON.
struct Writer<'a> {
    comma: bool,
    tables: &'a Tables,
    json: Vec<u8>,
    /// Where in the data it stands, for what can't be read.
    path: String,
}

impl Writer<'_> {
    /// Whether there was anything to write.
    fn object(&mut self, at: At, fields: &[(String, Node)]) -> Result<bool, Reject> {
        self.json.push(b'{');
        let mut any = false;
        for (name, node) in fields {
            let (before, outer) = (self.json.len(), self.path.len());
            if any {
                self.json.push(b',');
            }
            self.path.push('.');
            self.path.push_str(name);
            self.value(name)?;
            self.json.push(b':');
            let written = match node {
                Node::Field(field) => self.field(at, field)?,
                Node::Object(fields) => self.object(at, fields)?,
                Node::Each(rows, fields) => {
                    let rows: Vec<At> = self.tables.rows(at, rows).collect();
                    self.list(&rows, fields)?
                }
            };
            if !written {
                self.json.truncate(before);
            }
            self.path.truncate(outer);
            any |= written;
        }
        self.json.push(b'}');
        Ok(any)
    }

    fn list(&mut self, rows: &[At], fields: &[(String, Node)]) -> Result<bool, Reject> {
        self.json.push(b'[');
        for (index, at) in rows.iter().enumerate() {
            if index > 0 {
                self.json.push(b',');
            }
            let outer = self.path.len();
            self.path.push_str(&format!("[{index}]"));
            self.object(*at, fields)?;
            self.path.truncate(outer);
        }
        self.json.push(b']');
        Ok(!rows.is_empty())
    }

    fn field(&mut self, at: At, field: &Field) -> Result<bool, Reject> {
        let (tables, comma) = (self.tables, self.comma);
        match &field.kind {
            FieldKind::Label { truncate } => {
                let Some(text) = evaluate::text(tables, at, field) else { return Ok(false) };
                let line = times::one_line(&text);
                let line = if *truncate { cut(&line, LABEL_BYTES_MAX).trim_end() } else { &line };
                if line.is_empty() { Ok(false) } else { self.value(line) }
            }
            FieldKind::Text { truncate } => {
                let Some(text) = evaluate::text(tables, at, field) else { return Ok(false) };
                self.value(if *truncate { cut(&text, TEXT_BYTES_MAX) } else { &text })
            }
            FieldKind::Integer { negate, round } => {
                let number = evaluate::number(tables, comma, at, field).map_err(|reason| self.reject(reason))?;
                let Some(number) = number else { return Ok(false) };
                let number = if *negate { number.negated() } else { number };
                self.value(number.integer(*round).map_err(|reason| self.reject(reason))?)
            }
            FieldKind::Bool => {
                let Some(text) = evaluate::text(tables, at, field) else { return Ok(false) };
                match text.trim().to_ascii_lowercase().as_str() {
                    "true" | "1" => self.value(true),
                    "false" | "0" => self.value(false),
                    _ => Err(self.reject("must be true or false, or be made so by a `map`")),
                }
            }
            FieldKind::Money { currency, negate, round } => {
                let number = evaluate::number(tables, comma, at, field).map_err(|reason| self.reject(reason))?;
                let Some(number) = number else { return Ok(false) };
                let currency = self.currency(at, currency)?;
                let number = if *negate { number.negated() } else { number };
                self.value(number.money(currency, *round).map_err(|reason| self.reject(reason))?)
            }
            FieldKind::Time(_) => {
                let time = evaluate::time(tables, at, field).map_err(|reason| self.reject(reason))?;
                time.map_or(Ok(false), |time| self.value(time))
            }
            FieldKind::Duration { unit_ms } => {
                let Some(text) = evaluate::text(tables, at, field) else { return Ok(false) };
                self.value(times::seconds(text.trim(), *unit_ms, comma).map_err(|reason| self.reject(reason))?)
            }
        }
    }

    fn currency(&self, at: At, from: &CurrencyFrom) -> Result<Currency, Reject> {
        match from {
            CurrencyFrom::Fixed(currency) => Ok(*currency),
            CurrencyFrom::Column(column) => {
                let code = self.tables.cell(at, column).ok_or_else(|| self.reject("has no currency"))?;
                Currency::new(code.trim()).map_err(|error| self.reject(error.to_string()))
            }
        }
    }

    fn value(&mut self, value: impl serde::Serialize) -> Result<bool, Reject> {
        serde_json::to_writer(&mut self.json, &value).map_err(|error| self.reject(error.to_string()))?;
        Ok(true)
    }

    fn reject(&self, reason: impl Into<String>) -> Reject {
        Reject::new(self.path.clone(), reason)
    }
}

/// The start of `text` that fits, in whole characters.
fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}
