//! The committed JSON Schemas are those of the Rust types. `make schemas` writes them anew.

use nexusflow_model::{Kind, schema};
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/schemas");
    let write = std::env::var_os("NEXUSFLOW_WRITE_SCHEMAS").is_some();
    let mut expected = BTreeSet::new();
    for kind in Kind::ALL {
        let name = format!("{}.json", kind.as_str());
        let fresh = serde_json::to_string_pretty(&schema::of(*kind)).unwrap() + "\n";
        if write {
            std::fs::write(folder.join(&name), &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(folder.join(&name)).unwrap_or_default();
        assert_eq!(committed, fresh, "config/schemas/{name} is not that of its type: run `make schemas`");
        expected.insert(name);
    }
    let found: BTreeSet<String> =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, expected, "config/schemas holds a schema that no type has");
}

#[test]
fn personal_fields_say_so_in_their_schema() {
    let schema = schema::of(Kind::CustomerIdentified);
    let is_personal = |field: &str| schema["properties"][field].to_string().contains("\"x-personal\":true");
    assert!(is_personal("name") && is_personal("email") && is_personal("phone"));
    assert!(!is_personal("segment"));
}
