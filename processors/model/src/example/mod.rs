//! An example of every type, made from its JSON Schema: what a publisher copies, and what documents show. The same number and time
//! give the same example.

mod values;

use crate::{Kind, Timestamp, schema};
use serde_json::{Map, Value, json};

/// The number of the example that documents show.
pub const FIRST: u32 = 1;

/// A CloudEvent of `kind` in structured mode, complete and valid, which happened at `at`. Another `number` is another event, about
/// another order, ticket, payment ..., of the same customer.
pub fn event(kind: Kind, number: u32, at: Timestamp) -> Value {
    json!({
        "specversion": "1.0",
        "id": format!("example-{}-{number}", kind.as_str()),
        "source": source(kind),
        "type": kind.as_str(),
        "subject": subject(kind),
        "time": at.to_string(),
        "datacontenttype": "application/json",
        "data": data(kind, number, at),
    })
}

/// The data alone.
pub fn data(kind: Kind, number: u32, at: Timestamp) -> Value {
    let schema = schema::of(kind);
    let making = Making { kind: kind.as_str(), definitions: &schema["$defs"], number, at };
    making.object(&schema)
}

/// The system that would publish it.
pub fn source(kind: Kind) -> &'static str {
    match kind.domain() {
        "commerce" => "/shop",
        "support" => "/helpdesk",
        "logistics" => "/warehouse",
        "production" => "/production",
        "finance" => "/erp",
        "touchpoint" => "/touchpoints",
        "voice" => "/surveys",
        "loyalty" => "/loyalty",
        "experience" | "experiment" => "/experience",
        "privacy" => "/portal",
        "alert" | "control" => "/console",
        _ => "/crm",
    }
}

/// Whom or what it would be about.
pub fn subject(kind: Kind) -> &'static str {
    let (entity, _) = kind.as_str().split_once('.').unwrap_or_default();
    match entity {
        "inventory" | "supply" => "sku-espresso-1kg",
        "backlog" => "item-2001",
        "capacity" => "roasting",
        "quota" | "forecast" => "seller-7",
        "territory" => "iberia",
        "account" if kind == Kind::AccountUpdated => "acme",
        "cash" => "bank-main",
        "benchmark" => "industry-2026",
        "initiative" => "faster-delivery",
        "experiment" if kind != Kind::ExperimentExposed => "checkout-2026",
        "source" => "shop",
        "config" | "calendar" => "business",
        "clock" => "clock",
        "silence" => "silence-1",
        "dead_letters" => "dead-letters",
        "sentiment" => "sentiment",
        _ => "customer-42",
    }
}

/// What an example is made with.
struct Making<'a> {
    kind: &'a str,
    definitions: &'a Value,
    number: u32,
    at: Timestamp,
}

impl Making<'_> {
    fn object(&self, schema: &Value) -> Value {
        let properties = schema["properties"].as_object();
        let made = properties.into_iter().flatten().filter_map(|(name, of)| {
            let value = values::own(self.kind, name).unwrap_or_else(|| self.value(name, of));
            (!value.is_null()).then(|| (name.clone(), value))
        });
        Value::Object(made.collect::<Map<_, _>>())
    }

    fn value(&self, name: &str, schema: &Value) -> Value {
        if let Some(definition) = schema["$ref"].as_str() {
            let definition = definition.rsplit('/').next().unwrap_or_default();
            return self.defined(name, definition);
        }
        if let Some(either) = schema["anyOf"].as_array() {
            let meant = either.iter().find(|one| one["type"] != "null");
            return meant.map_or(Value::Null, |meant| self.value(name, meant));
        }
        let kind = schema["type"].as_str().or_else(|| schema["type"].as_array()?.first()?.as_str());
        match kind {
            Some("array") => json!([self.value(name, &schema["items"])]),
            Some("object") => self.object(schema),
            Some("boolean") => json!(values::is_usually(name)),
            Some("integer") => json!(values::number(name)),
            Some("string") => json!(values::text(name)),
            _ => json!({}),
        }
    }

    fn defined(&self, name: &str, definition: &str) -> Value {
        match definition {
            "Id" => {
                json!(values::shared_id(name).map_or_else(|| format!("{name}-{}", 1_000 + self.number), Into::into))
            }
            "Timestamp" => json!(self.at.plus_ms(values::hours_from_now(name) * 3_600_000).to_string()),
            "Currency" => json!("EUR"),
            "Label" => json!(values::text(name)),
            "AlertKey" => json!(format!("delay:delivery-{}:late", 1_000 + self.number)),
            "Money" => json!({"minor": values::minor(name), "currency": "EUR"}),
            "Quantity" | "Seconds" | "BasisPoints" | "Score" | "Points" => json!(values::number(name)),
            _ => self.structured(name, &self.definitions[definition]),
        }
    }

    /// An object of its own, or one of some words.
    fn structured(&self, name: &str, definition: &Value) -> Value {
        match definition["oneOf"].as_array() {
            Some(words) => {
                let known = words.iter().map(|word| &word["const"]).find(|word| *word == values::text(name));
                known.or(words.first().map(|word| &word["const"])).cloned().unwrap_or_default()
            }
            None => self.object(definition),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloudevents::decode_structured;

    fn at() -> Timestamp {
        "2026-01-31T09:30:00Z".parse().unwrap()
    }

    #[test]
    fn every_type_has_an_example_that_is_understood() {
        for kind in Kind::ALL {
            for number in [FIRST, 2, 1_000_000] {
                let json = event(*kind, number, at());
                let read = decode_structured(json.to_string().as_bytes(), at());
                let read = read.unwrap_or_else(|reject| panic!("{}: {reject}\n{json:#}", kind.as_str()));
                assert_eq!((read.event.kind(), read.occurred_at), (*kind, at()));
                assert_eq!(json, event(*kind, number, at()));
            }
            assert_ne!(event(*kind, 1, at())["id"], event(*kind, 2, at())["id"]);
        }
    }

    /// A field that nobody thought of would be shown as its own name.
    #[test]
    fn no_value_is_only_the_name_of_its_field() {
        fn words(name: &str, value: &Value, found: &mut Vec<String>) {
            match value {
                Value::Object(fields) => fields.iter().for_each(|(name, value)| words(name, value, found)),
                Value::Array(items) => items.iter().for_each(|item| words(name, item, found)),
                Value::String(text) if text == name => found.push(name.to_owned()),
                _ => {}
            }
        }
        let mut found = Vec::new();
        for kind in Kind::ALL {
            words("", &data(*kind, FIRST, at()), &mut found);
        }
        assert!(found.is_empty(), "give these a value in example/values.rs: {found:?}");
    }

    #[test]
    fn an_order_adds_up() {
        let order = data(Kind::OrderPlaced, FIRST, at());
        let minor = |value: &Value| value["minor"].as_i64().unwrap();
        let lines: i64 = order["lines"].as_array().unwrap().iter().map(|line| minor(&line["amount"])).sum();
        assert_eq!(lines + minor(&order["freight"]), minor(&order["total"]), "{order:#}");
    }
}
