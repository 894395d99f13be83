//! Single texts of customers: the newest, or those that wait to be looked at.

use crate::api::error;
use crate::ask;
use crate::hub::SharedHub;
use axum::Json;
use axum::extract::{Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use futures_util::future::join_all;
use nexusflow_domain::query::{self, Which};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Duration;

/// How long all partitions have to answer: they look into the log.
const ANSWERED_WITHIN: Duration = Duration::from_secs(3);
const LIMIT_MAX: usize = 100;

/// `GET /api/v1/texts`
pub(crate) async fn list(State(hub): State<SharedHub>, Query(params): Query<BTreeMap<String, String>>) -> Response {
    let (which, limit) = match asked(&params) {
        Ok(asked) => asked,
        Err(why) => return error(StatusCode::BAD_REQUEST, "bad_params", &why),
    };
    let is_review = which.review;
    let query = query::Query::Texts { which, limit };
    let partitions = hub.log.partitions();
    let answers = join_all((0..partitions).map(|at| ask::one(&hub.log, at, &query, ANSWERED_WITHIN))).await;
    let (mut texts, mut missing): (Vec<Value>, Vec<usize>) = (Vec::new(), Vec::new());
    for (partition, answer) in answers.into_iter().enumerate() {
        match answer.map(|answer| serde_json::from_slice::<Vec<Value>>(&answer)) {
            Ok(Ok(rows)) => texts.extend(rows),
            _ => missing.push(partition),
        }
    }
    if missing.len() == partitions as usize {
        return error(StatusCode::SERVICE_UNAVAILABLE, "no_worker", "no worker is running: nobody can answer just now");
    }
    // As each partition has them: the least sure first, or the newest.
    let newest =
        |row: &Value| std::cmp::Reverse((row["at"].as_str().map(str::to_owned), row["id"].as_str().map(str::to_owned)));
    if is_review {
        texts.sort_by_cached_key(|row| (row["sure_milli"].as_i64(), newest(row)));
    } else {
        texts.sort_by_cached_key(newest);
    }
    texts.truncate(limit);
    ([(header::CACHE_CONTROL, "no-store")], Json(json!({"items": texts, "missing_partitions": missing})))
        .into_response()
}

fn asked(params: &BTreeMap<String, String>) -> Result<(Which, usize), String> {
    const KNOWN: [&str; 5] = ["review", "theme", "sentiment", "channel", "limit"];
    if let Some(other) = params.keys().find(|name| !KNOWN.contains(&name.as_str())) {
        return Err(format!("there is no parameter {other:?}; there is {}", KNOWN.join(", ")));
    }
    let limit = match params.get("limit").map(|limit| limit.parse()) {
        None => 20,
        Some(Ok(limit @ 1..=LIMIT_MAX)) => limit,
        Some(_) => return Err(format!("limit is a number from 1 to {LIMIT_MAX}")),
    };
    let review = match params.get("review").map(String::as_str) {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => return Err(format!("review is true or false, not {other:?}")),
    };
    let sentiment = params.get("sentiment").cloned();
    if let Some(other) =
        sentiment.as_deref().filter(|own| !["negative", "neutral", "positive", "unknown"].contains(own))
    {
        return Err(format!("sentiment is negative, neutral, positive or unknown, not {other:?}"));
    }
    Ok((
        Which { review, theme: params.get("theme").cloned(), sentiment, channel: params.get("channel").cloned() },
        limit,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_read_or_refused_with_the_reason() {
        let asked = |pairs: &[(&str, &str)]| {
            asked(&pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
        };
        let (which, limit) = asked(&[("review", "true"), ("theme", ""), ("limit", "7")]).unwrap();
        assert!(which.review && which.theme.as_deref() == Some("") && limit == 7);
        assert_eq!(asked(&[]).unwrap(), (Which::default(), 20));
        for (name, value) in
            [("limit", "0"), ("limit", "101"), ("review", "yes"), ("sentiment", "angry"), ("mood", "1")]
        {
            assert!(asked(&[(name, value)]).unwrap_err().contains(name), "{name}={value}");
        }
    }
}
