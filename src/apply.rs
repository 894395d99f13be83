//! `nexusflow config apply`: puts the configuration of the business into force in a log that is being folded.

use crate::config::Config;
use crate::{nats_server, out, process};
use nexusflow_domain::alert::Card;
use nexusflow_domain::query::Query;
use nexusflow_domain::{Activity, Business, Rollup};
use nexusflow_engine::Contribution;
use nexusflow_log::{Appender, Applied, Log};
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::subject;
use serde_json::Value;
use std::collections::BTreeSet;
use std::error::Error;
use std::process::ExitCode;
use std::time::Duration;

/// How long an owner may take to say what holds.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// Changes that are named at the most.
const NAMED: usize = 20;

/// Appends the configuration to every partition in which another one holds, and says what changed. Fails where a partition is not
/// looked after: who takes it over appends what its own files say.
pub(crate) async fn run(config: &Config) -> Result<ExitCode, Box<dyn Error>> {
    nats_server::must_have_run(config)?;
    let (business, version) = config.business()?;
    let content = serde_json::to_value(&business)?;
    let log = Log::connect(&nats_server::settings(config), config.log.clone(), "config").await?;
    let appender = Appender::start(&log);
    let (mut changed, mut silent, mut names) = (Vec::new(), Vec::new(), BTreeSet::new());
    for partition in 0..log.partitions() {
        let Some(holds) = holding(&log, partition).await else {
            silent.push(partition);
            continue;
        };
        if serde_json::from_value::<Business>(holds.clone()).is_ok_and(|holds| holds == business) {
            continue;
        }
        differences("", &holds, &content, &mut names);
        let envelope = ConfigChanged::envelope(&version, &process::owner(), content.clone(), process::now())?;
        appender.append_to(partition, &envelope).await?.await?;
        changed.push(partition);
    }
    if !changed.is_empty() {
        // The notifier does not fold.
        Applied::open(&log).await?.say(serde_json::to_vec(&content)?.into()).await?;
    }
    if changed.is_empty() && silent.is_empty() {
        out::say(&format!("Version {version} holds already."));
    } else if !changed.is_empty() {
        out::say(&format!("Version {version} holds from now on in {} partitions. Changed:", changed.len()));
        names.iter().take(NAMED).for_each(|name| out::say(&format!("  {name}")));
        if names.len() > NAMED {
            out::say(&format!("  and {} more", names.len() - NAMED));
        }
    }
    if silent.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    let silent: Vec<String> = silent.iter().map(u32::to_string).collect();
    out::say(&format!(
        "Nobody looks after partition {}: start a worker and say it again (`nexusflow status` tells who lives).",
        silent.join(", ")
    ));
    Ok(ExitCode::FAILURE)
}

/// The configuration that holds in a partition; none where its owner does not say.
async fn holding(log: &Log, partition: u32) -> Option<Value> {
    let question = serde_json::to_vec(&Query::Contribution).ok()?;
    let asked = log.client().request(subject::query(log.prefix(), partition), question.into());
    let answer = tokio::time::timeout(ANSWER_WITHIN, asked).await.ok()?.ok()?;
    // The first part of the answer has it.
    let told: Contribution<Rollup, Activity, Card> = postcard::from_bytes(&answer.payload).ok()?;
    told.config.map_or(Some(Value::Null), |text| serde_json::from_str(&text).ok())
}

/// The paths of the keys that two configurations do not have alike.
fn differences(path: &str, before: &Value, after: &Value, names: &mut BTreeSet<String>) {
    match (before, after) {
        (Value::Object(one), Value::Object(other)) => {
            for key in one.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                differences(&below, &before[key], &after[key], names);
            }
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            for (at, (one, other)) in one.iter().zip(other).enumerate() {
                differences(&format!("{path}[{at}]"), one, other, names);
            }
        }
        _ if before != after => drop(names.insert(path.to_owned())),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_changed_is_named_by_its_key() {
        let before = json!({"a": {"b": 1, "c": [1, 2]}, "d": [1], "e": 5});
        let after = json!({"a": {"b": 2, "c": [1, 3]}, "d": [1, 2], "e": 5, "f": 1});
        let mut names = BTreeSet::new();
        differences("", &before, &after, &mut names);
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["a.b", "a.c[1]", "d", "f"]);
    }
}
