//! Whether the fields of a mapping are those that an event of its type has, told from the type's JSON Schema, so that a slip is
//! found when the mapping is loaded and not at every row.

use super::mapping::Node;
use nexusflow_model::{Kind, schema};
use serde_json::Value;

/// Checks `data` against the schema of `kind`.
///
/// # Errors
/// The path of the field at fault, and why.
pub(super) fn check(kind: Kind, data: &[(String, Node)]) -> Result<(), (String, String)> {
    let root = schema::of(kind);
    object(&root, &root, data, "").map_err(|(path, reason)| (path, format!("{}: {reason}", kind.as_str())))
}

fn object(root: &Value, schema: &Value, fields: &[(String, Node)], path: &str) -> Result<(), (String, String)> {
    let Some(known) = schema.get("properties").and_then(Value::as_object) else { return Ok(()) };
    let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    for (name, node) in fields {
        let Some(schema) = known.get(name) else {
            let names: Vec<&str> = known.keys().map(String::as_str).collect();
            return Err((below(name), format!("has no such field; it has: {}", names.join(", "))));
        };
        let schema = resolve(root, schema);
        match node {
            Node::Field(_) => {}
            Node::Object(inner) => object(root, schema, inner, &below(name))?,
            Node::Each(_, inner) => {
                let Some(items) = schema.get("items") else { return Err((below(name), "is no list".to_owned())) };
                object(root, resolve(root, items), inner, &format!("{}.fields", below(name)))?;
            }
        }
    }
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for name in required {
        if !fields.iter().any(|(given, _)| given == name) {
            return Err((below(name), "must be given".to_owned()));
        }
    }
    Ok(())
}

/// Follows a reference, and takes the part that isn't null of what may be.
fn resolve<'a>(root: &'a Value, schema: &'a Value) -> &'a Value {
    let either = schema.get("anyOf").and_then(Value::as_array);
    let some = either.and_then(|all| all.iter().find(|one| one.get("type") != Some(&Value::from("null"))));
    let schema = some.unwrap_or(schema);
    let name = schema.get("$ref").and_then(Value::as_str).and_then(|name| name.strip_prefix("#/$defs/"));
    name.and_then(|name| root.get("$defs")?.get(name)).unwrap_or(schema)
}
