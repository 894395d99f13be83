//! Events and their fields, checked against the vocabulary.

use super::compile::{Fault, Files};
use super::decimal::Decimal;
use super::mapping::{Condition, CurrencyFrom, EventMap, Field, FieldKind, Node, Part, Test, Value};
use super::spec::{
    ConditionSpec, EventSpec, FieldSpec, FieldTable, Map, OneOrMany, RowSpec, Scalar, TypeSpec, UnitSpec,
};
use super::times::TimeFormat;
use super::vocabulary;
use nexusflow_model::{Currency, Kind};
use std::collections::BTreeMap;
use toml::Spanned;

pub(super) fn event(files: &mut Files<'_>, spec: &Spanned<EventSpec>, key: &str) -> Result<EventMap, Fault> {
    let (at, spec) = (spec.span().start, spec.get_ref());
    let fault = |name: &str, reason: String| Fault::new(at, format!("{key}.{name}"), reason);
    let kind = Kind::from_name(&spec.kind).ok_or_else(|| {
        let near = Kind::nearest(&spec.kind).as_str();
        fault("type", format!("\"{}\" is not one of the vocabulary; did you mean \"{near}\"?", spec.kind))
    })?;
    if kind.is_control() {
        return Err(fault("type", "is for the operators of NexusFlow: no file can say it".to_owned()));
    }
    let file = files.file(&spec.from).map_err(|reason| fault("from", reason))?;
    if spec.row != RowSpec::Each && !files.is_grouped(file) {
        return Err(fault("row", format!("needs the file \"{}\" to have a group", spec.from)));
    }
    let id = files.template(file, &spec.id).map_err(|reason| fault("id", reason))?;
    if !id.iter().any(|part| matches!(part, Part::Column(_))) {
        return Err(fault("id", "must name at least one column in braces: it is the event's own for ever".to_owned()));
    }
    let part = |files: &mut Files<'_>, name: &str, spec: &Spanned<FieldSpec>, kind: TypeSpec| {
        typed(files, file, &spec.get_ref().0, kind, spec.span().start, &format!("{key}.{name}"))
    };
    let subject = part(files, "subject", &spec.subject, TypeSpec::Id)?;
    let time = part(files, "time", &spec.time, TypeSpec::Time)?;
    if !matches!(time.kind, FieldKind::Time(_)) {
        return Err(fault("time", "must be of the type time".to_owned()));
    }
    let when = conditions(files, file, &spec.when, &format!("{key}.when"))?;
    let unless = conditions(files, file, &spec.unless, &format!("{key}.unless"))?;
    let data = object(files, file, &spec.data, &format!("{key}.data"))?;
    vocabulary::check(kind, &data).map_err(|(path, reason)| {
        let whole = spec.data.iter().find(|(name, _)| path == **name || path.starts_with(&format!("{name}.")));
        Fault::new(whole.map_or(at, |(_, field)| field.span().start), format!("{key}.data.{path}"), reason)
    })?;
    Ok(EventMap { kind, file, row: spec.row, id, subject, time, when, unless, data })
}

fn conditions(
    files: &mut Files<'_>,
    file: usize,
    specs: &[Spanned<ConditionSpec>],
    key: &str,
) -> Result<Vec<Condition>, Fault> {
    let one = |(index, spec): (usize, &Spanned<ConditionSpec>)| {
        let (at, spec) = (spec.span().start, spec.get_ref());
        condition(files, file, spec).map_err(|reason| Fault::new(at, format!("{key}[{}]", index + 1), reason))
    };
    specs.iter().enumerate().map(one).collect()
}

fn condition(files: &mut Files<'_>, file: usize, spec: &ConditionSpec) -> Result<Condition, String> {
    let comma = files.comma();
    let number = |it: &Scalar| Decimal::parse(&it.to_string(), comma).map_err(str::to_owned);
    let texts = |it: &OneOrMany| it.as_slice().to_vec();
    let mut tests: Vec<Test> = Vec::new();
    tests.extend(spec.is.as_ref().map(|it| Test::Is(texts(it))));
    tests.extend(spec.starts_with.as_ref().map(|it| Test::StartsWith(texts(it))));
    tests.extend(spec.present.map(Test::Present));
    tests.extend(spec.changed.map(Test::Changed));
    tests.extend(spec.above.as_ref().map(&number).transpose()?.map(Test::Above));
    tests.extend(spec.below.as_ref().map(&number).transpose()?.map(Test::Below));
    let (Some(test), true) = (tests.pop(), tests.is_empty()) else {
        return Err("must have one of: is, starts_with, present, changed, above, below".to_owned());
    };
    let (over, seen_from) = match &spec.over {
        Some(path) => files.rows(file, path).map(|(rows, reached)| (Some(rows), reached))?,
        None => (None, file),
    };
    if matches!(test, Test::Changed(_)) && !files.is_grouped(seen_from) {
        return Err("\"changed\" needs the file to have a group".to_owned());
    }
    let columns =
        spec.column.as_slice().iter().map(|path| files.reference(seen_from, path)).collect::<Result<_, _>>()?;
    Ok(Condition { over, columns, test })
}

/// The fields of an object. A key with points in it is a place further down: `"scale.min"`.
fn object(files: &mut Files<'_>, file: usize, specs: &Map<FieldSpec>, key: &str) -> Result<Vec<(String, Node)>, Fault> {
    let mut fields = Vec::new();
    for (path, spec) in specs {
        let (at, key) = (spec.span().start, format!("{key}.{path}"));
        let node = node(files, file, &spec.get_ref().0, at, &key)?;
        if !place(&mut fields, path, node) {
            return Err(Fault::new(at, key, "is there already, or within something that is no object"));
        }
    }
    Ok(fields)
}

fn place(fields: &mut Vec<(String, Node)>, path: &str, node: Node) -> bool {
    let (name, rest) = path.split_once('.').map_or((path, None), |(name, rest)| (name, Some(rest)));
    let found = fields.iter_mut().find(|(other, _)| other == name);
    match (found, rest) {
        (None, None) => fields.push((name.to_owned(), node)),
        (Some((_, Node::Object(inner))), Some(rest)) => return place(inner, rest, node),
        (None, Some(rest)) => {
            let mut inner = Vec::new();
            place(&mut inner, rest, node);
            fields.push((name.to_owned(), Node::Object(inner)));
        }
        (Some(_), _) => return false,
    }
    true
}

fn node(files: &mut Files<'_>, file: usize, spec: &FieldTable, at: usize, key: &str) -> Result<Node, Fault> {
    let Some(path) = &spec.each else {
        if spec.fields.is_some() {
            return Err(Fault::new(at, key, "has \"fields\" without \"each\""));
        }
        return field_of(files, file, spec, at, key).map(Node::Field);
    };
    let (rows, reached) = files.rows(file, path).map_err(|reason| Fault::new(at, format!("{key}.each"), reason))?;
    let fields = spec.fields.as_ref().ok_or_else(|| Fault::new(at, key, "has \"each\" without \"fields\""))?;
    Ok(Node::Each(rows, object(files, reached, fields, &format!("{key}.fields"))?))
}

/// A field on its own, as in the order of a group.
pub(super) fn field(
    files: &mut Files<'_>,
    file: usize,
    spec: &FieldSpec,
    at: usize,
    key: &str,
) -> Result<Field, Fault> {
    field_of(files, file, &spec.0, at, key)
}

fn field_of(files: &mut Files<'_>, file: usize, spec: &FieldTable, at: usize, key: &str) -> Result<Field, Fault> {
    let natural = match &spec.value {
        Some(Scalar::Bool(_)) => TypeSpec::Bool,
        Some(Scalar::Integer(_)) => TypeSpec::Integer,
        _ => TypeSpec::Label,
    };
    typed(files, file, spec, natural, at, key)
}

fn typed(
    files: &mut Files<'_>,
    file: usize,
    spec: &FieldTable,
    natural: TypeSpec,
    at: usize,
    key: &str,
) -> Result<Field, Fault> {
    let fault = |(name, reason): (&str, String)| Fault::new(at, format!("{key}{name}"), reason);
    let kind = field_kind(files, file, spec, spec.kind.unwrap_or(natural)).map_err(fault)?;
    let value = value(files, file, spec).map_err(fault)?;
    if let (Value::Constant(text), FieldKind::Time(format)) = (&value, &kind) {
        format.parse(text).map_err(|reason| fault((".value", reason)))?;
    }
    if matches!(value, Value::Sum(..)) && !matches!(kind, FieldKind::Money { .. } | FieldKind::Integer { .. }) {
        return Err(fault((".type", "of a sum must be money or integer".to_owned())));
    }
    let map = spec.map.iter().flatten().map(|(from, to)| (from.clone(), to.to_string())).collect::<BTreeMap<_, _>>();
    Ok(Field { value, map, other: spec.other.as_ref().map(ToString::to_string), kind })
}

fn value(files: &mut Files<'_>, file: usize, spec: &FieldTable) -> Result<Value, (&'static str, String)> {
    let given = [spec.column.is_some(), spec.template.is_some(), spec.value.is_some(), spec.sum.is_some()];
    if given.iter().filter(|is| **is).count() != 1 {
        return Err(("", "must have one of: column, template, value, sum, each".to_owned()));
    }
    if spec.over.is_some() && spec.sum.is_none() {
        return Err((".over", "belongs to a sum".to_owned()));
    }
    if let Some(columns) = &spec.column {
        let columns = columns.as_slice().iter().map(|path| files.reference(file, path)).collect::<Result<_, _>>();
        return columns.map(Value::Columns).map_err(|reason| (".column", reason));
    }
    if let Some(template) = &spec.template {
        return files.template(file, template).map(Value::Template).map_err(|reason| (".template", reason));
    }
    if let Some(constant) = &spec.value {
        return Ok(Value::Constant(constant.to_string()));
    }
    let (over, seen_from) = match &spec.over {
        Some(path) => files.rows(file, path).map(|(rows, reached)| (Some(rows), reached)).map_err(|e| (".over", e))?,
        None => (None, file),
    };
    let mut term = |text: &String| text.split(" * ").map(|path| files.reference(seen_from, path.trim())).collect();
    let terms = spec.sum.iter().flat_map(|sum| sum.as_slice()).map(&mut term).collect::<Result<_, _>>();
    terms.map(|terms| Value::Sum(over, terms)).map_err(|reason| (".sum", reason))
}

fn field_kind(
    files: &mut Files<'_>,
    file: usize,
    spec: &FieldTable,
    kind: TypeSpec,
) -> Result<FieldKind, (&'static str, String)> {
    let (truncate, negate, round) = (spec.truncate, spec.negate, spec.round);
    let only = |key: &'static str, given: bool, fits: bool| {
        if given && !fits { Err((key, format!("has no meaning for the type {kind:?}").to_lowercase())) } else { Ok(()) }
    };
    let numeric = matches!(kind, TypeSpec::Integer | TypeSpec::Money);
    only(".truncate", truncate, matches!(kind, TypeSpec::Label | TypeSpec::Text))?;
    only(".negate", negate, numeric)?;
    only(".round", round, numeric)?;
    only(".currency", spec.currency.is_some() || spec.currency_column.is_some(), kind == TypeSpec::Money)?;
    only(".format", spec.format.is_some() || spec.zone.is_some(), kind == TypeSpec::Time)?;
    only(".unit", spec.unit.is_some(), kind == TypeSpec::Duration)?;
    Ok(match kind {
        TypeSpec::Label | TypeSpec::Id => FieldKind::Label { truncate },
        TypeSpec::Text => FieldKind::Text { truncate },
        TypeSpec::Integer => FieldKind::Integer { negate, round },
        TypeSpec::Bool => FieldKind::Bool,
        TypeSpec::Money => FieldKind::Money { currency: currency(files, file, spec)?, negate, round },
        TypeSpec::Time => {
            // A constant is written by whoever wrote the mapping: as ISO, whatever the files do.
            let usual = if spec.value.is_some() { "iso" } else { &files.source.time_format };
            let (format, zone) = (spec.format.as_deref().unwrap_or(usual), spec.zone.as_ref());
            let format = TimeFormat::new(format, zone.unwrap_or(&files.source.zone));
            FieldKind::Time(format.map_err(|reason| (".format", reason))?)
        }
        TypeSpec::Duration => FieldKind::Duration {
            unit_ms: match spec.unit.unwrap_or(UnitSpec::Seconds) {
                UnitSpec::Milliseconds => 1,
                UnitSpec::Seconds => 1_000,
                UnitSpec::Minutes => 60_000,
                UnitSpec::Hours => 3_600_000,
            },
        },
    })
}

fn currency(files: &mut Files<'_>, file: usize, spec: &FieldTable) -> Result<CurrencyFrom, (&'static str, String)> {
    if let Some(path) = &spec.currency_column {
        return files.reference(file, path).map(CurrencyFrom::Column).map_err(|reason| (".currency_column", reason));
    }
    let code = spec.currency.as_ref().or(files.source.currency.as_ref());
    let code = code.ok_or((".currency", "must be given here or in [source]".to_owned()))?;
    Currency::new(code).map(CurrencyFrom::Fixed).map_err(|error| (".currency", error.to_string()))
}
