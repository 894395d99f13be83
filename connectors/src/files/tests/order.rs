//! The order of events is one of time, total, and the same whatever the order of the rows of other times.

use super::plan;
use proptest::prelude::*;

const MAPPING: &str = r#"
[source]
uri = "/t"
time_format = "unix"
[[file]]
name = "a"
path = "a.csv"
[[file]]
name = "b"
path = "b.csv"
[[event]]
type = "ticket.opened"
from = "a"
id = "{id}:a:opened"
subject = "id"
time = "at"
data.ticket = "id"
[[event]]
type = "ticket.resolved"
from = "a"
id = "{id}:a:resolved"
subject = "id"
time = ["end", "at"]
data.ticket = "id"
[[event]]
type = "ticket.opened"
from = "b"
id = "{id}:b:opened"
subject = "id"
time = "at"
data.ticket = "id"
"#;

fn csv(rows: &[(usize, u32, Option<u32>)]) -> String {
    let row = |(id, at, end): &(usize, u32, Option<u32>)| {
        format!("{id},{at},{}\n", end.map_or_else(String::new, |end| end.to_string()))
    };
    format!("id,at,end\n{}", rows.iter().map(row).collect::<String>())
}

fn rows() -> impl Strategy<Value = Vec<(usize, u32, Option<u32>)>> {
    let row = (0_u32..5, proptest::option::of(0_u32..5));
    proptest::collection::vec(row, 0..12)
        .prop_map(|rows| rows.into_iter().enumerate().map(|(id, (at, end))| (id, at, end)).collect())
}

proptest! {
    #[test]
    fn events_come_by_time_then_file_row_and_mapping(a in rows(), b in rows()) {
        let plan = plan(MAPPING, &[("a.csv", &csv(&a)), ("b.csv", &csv(&b))]);
        let mut expected: Vec<(u32, u8, usize, u8, String)> = Vec::new();
        for (id, at, end) in &a {
            expected.push((*at, 0, *id, 0, format!("{id}:a:opened")));
            expected.push((end.unwrap_or(*at), 0, *id, 1, format!("{id}:a:resolved")));
        }
        expected.extend(b.iter().map(|(id, at, _)| (*at, 1, *id, 0, format!("{id}:b:opened"))));
        expected.sort();
        let ids: Vec<String> = plan.events().map(|event| event.unwrap().id.to_string()).collect();
        let expected: Vec<String> = expected.into_iter().map(|(.., id)| id).collect();
        prop_assert_eq!(ids, expected);
    }

    #[test]
    fn a_span_of_time_is_a_range_of_places(a in rows(), from in 0_i64..6, to in 0_i64..6) {
        let plan = plan(MAPPING, &[("a.csv", &csv(&a)), ("b.csv", "id,at\n")]);
        let at = |second: i64| nexusflow_model::Timestamp::from_ms(second * 1_000).unwrap();
        let inside = (0..plan.len()).filter(|index| (at(from)..at(to)).contains(&plan.time(*index)));
        prop_assert_eq!(plan.between(Some(at(from)), Some(at(to))).collect::<Vec<_>>(), inside.collect::<Vec<_>>());
    }
}

#[test]
fn the_same_bytes_are_the_same_plan_and_others_another() {
    let read = |a: &str| plan(MAPPING, &[("a.csv", a), ("b.csv", "id,at\n")]).fingerprint();
    assert_eq!(read("id,at,end\n1,2,3\n"), read("id,at,end\n1,2,3\n"));
    assert_ne!(read("id,at,end\n1,2,3\n"), read("id,at,end\n1,2,4\n"));
}
