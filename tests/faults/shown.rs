//! Whether a gateway shows what partitions that this process has folded itself should show.

use crate::harness::Nexusflow;
use nexusflow_domain::Commerce;
use nexusflow_engine::Partition;
use serde_json::Value;

/// Where the views of a gateway are not those of these partitions: none, or what differs.
pub(crate) fn difference<'a>(
    nexusflow: &Nexusflow,
    partitions: impl Iterator<Item = &'a Partition<Commerce>>,
) -> Option<String> {
    crate::rendered::shown(partitions).into_iter().find_map(|(name, rows)| {
        // As text and back, as what is compared with.
        let expected: Vec<Value> = serde_json::from_str(&serde_json::to_string(&rows).unwrap()).unwrap();
        let (topic, period) = name.split_once(' ').unwrap();
        let query = if period.is_empty() { String::new() } else { format!("?period={period}") };
        let view = nexusflow.json(&format!("/api/v1/views/{topic}{query}")).unwrap_or_default();
        if view["stale"] != false {
            return Some(format!("{name} is stale: {}", view["why"]));
        }
        let shown = view["rows"].as_array().cloned().unwrap_or_default();
        let row = |rows: &[Value], at: usize| rows.get(at).map_or("nothing".to_owned(), Value::to_string);
        let differs = (0..shown.len().max(expected.len())).find(|at| shown.get(*at) != expected.get(*at))?;
        Some(format!("{name}: {} instead of {}", row(&shown, differs), row(&expected, differs)))
    })
}
