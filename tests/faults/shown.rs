//! What the views should show: rendered from partitions that this process has folded itself.

use crate::harness::Nexusflow;
use nexusflow_domain::views::{self, Params};
use nexusflow_domain::{Activity, Commerce, Rollup};
use nexusflow_engine::contribution::Standing;
use nexusflow_engine::{Contribution, Domain, Merged, Partition};
use serde_json::Value;

/// Every topic with the parameters that are looked at.
fn looked_at() -> Vec<(&'static views::Topic, Option<(&'static str, &'static str)>)> {
    let with = |topic: &'static views::Topic| -> Vec<(&'static views::Topic, Option<(&'static str, &'static str)>)> {
        match topic.name {
            "figures" => ["today", "7d", "30d", "365d", "all"].map(|period| (topic, Some(("period", period)))).into(),
            "days" => vec![(topic, Some(("days", "366")))],
            _ => vec![(topic, None)],
        }
    };
    views::TOPICS.iter().flat_map(with).collect()
}

/// Where the views of a gateway are not those of these partitions: none, or what differs.
pub(crate) fn difference<'a>(
    nexusflow: &Nexusflow,
    partitions: impl Iterator<Item = &'a Partition<Commerce>>,
) -> Option<String> {
    let mut merged: Merged<Rollup> = Merged::default();
    let mut business = None;
    for partition in partitions {
        business = business.or_else(|| Some(partition.config().clone()));
        merged.absorb(whole(partition));
    }
    merged.settle();
    let (business, clock) = (business?, merged.clock()?);
    let scene = views::Scene { merged: &merged, business: &business, clock };
    looked_at().into_iter().find_map(|(topic, parameter)| {
        let params: Params = parameter.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        // As text and back, as what is compared with.
        let text = serde_json::to_string(&(topic.render)(&scene, &params).unwrap()).unwrap();
        let expected: Vec<Value> = serde_json::from_str(&text).unwrap();
        let query = parameter.map_or_else(String::new, |(name, value)| format!("?{name}={value}"));
        let view = nexusflow.json(&format!("/api/v1/views/{}{query}", topic.name)).unwrap_or_default();
        if view["stale"] != false {
            return Some(format!("{} is stale: {}", topic.name, view["why"]));
        }
        let shown = view["rows"].as_array().cloned().unwrap_or_default();
        let row = |rows: &[Value], at: usize| rows.get(at).map_or("nothing".to_owned(), Value::to_string);
        let differs = (0..shown.len().max(expected.len())).find(|at| shown.get(*at) != expected.get(*at))?;
        Some(format!("{}{query}: {} instead of {}", topic.name, row(&shown, differs), row(&expected, differs)))
    })
}

/// All that a partition contributes.
fn whole(partition: &Partition<Commerce>) -> Contribution<Rollup, Activity> {
    Contribution {
        format: Commerce::VERSION,
        partition: partition.id(),
        epoch: 1,
        from: 0,
        version: 1,
        part: (0, 1),
        panes: partition.rollups().panes().iter().map(|(pane, rollup)| (*pane, Some(rollup.clone()))).collect(),
        config: None,
        effects: Vec::new(),
        standing: Standing { clock_ms: partition.clock().as_ms(), ..Standing::default() },
    }
}
