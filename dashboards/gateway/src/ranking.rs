//! Rankings of customers: every owner is asked for the first of its own, and the first of those are the first of all.

use crate::ask;
use crate::hub::SharedHub;
use futures_util::future::join_all;
use nexusflow_domain::query::Query;
use nexusflow_domain::retention::ranking::{Asked, Ranked, ranking};
use nexusflow_domain::views::table::{Params, Row};
use std::time::Duration;

/// Every customer is looked at: not more often than this, however many look on.
pub(crate) const EVERY: Duration = Duration::from_secs(3);
const WITHIN: Duration = Duration::from_secs(5);

/// Why there are no rows.
pub(crate) enum Refused {
    /// A parameter is wrong.
    Params(String),
    /// Not every partition is looked after just now.
    Nobody(String),
}

pub(crate) fn is_topic(topic: &str) -> bool {
    ranking(topic).is_some()
}

/// The rows of a ranking. Of all customers or not at all: a list that lacks a partition would hide who is first.
pub(crate) async fn rows(hub: &SharedHub, topic: &str, params: &Params) -> Result<Vec<Row>, Refused> {
    let ranking = ranking(topic).ok_or_else(|| Refused::Params("there is no such ranking".to_owned()))?;
    let asked = Asked::of(ranking, params).map_err(Refused::Params)?;
    let query = Query::Ranking(asked.clone());
    let each = (0..hub.log.partitions()).map(|partition| ask::one(&hub.log, partition, &query, WITHIN));
    let mut ranked: Vec<Ranked> = Vec::new();
    for answer in join_all(each).await {
        let answer = answer.map_err(|why| Refused::Nobody(why.to_string()))?;
        let own: Vec<Ranked> = serde_json::from_slice(&answer).map_err(|why| Refused::Nobody(why.to_string()))?;
        ranked.extend(own);
    }
    Ok(asked.rows(ranked))
}

/// What is wrong with the parameters of a ranking, if anything.
pub(crate) fn check(topic: &str, params: &Params) -> Result<(), String> {
    ranking(topic).map_or(Ok(()), |ranking| Asked::of(ranking, params).map(drop))
}
