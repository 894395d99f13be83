//! How good the alerting is: what was acted on, how soon, and what was ignored. Counted in the day in which an alert was raised, so
//! that shares are of what was raised.

use crate::Fold;
use crate::alert::{Alert, AlertKind, What};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use crate::voice::satisfaction::rounded_ratio;
use nexusflow_engine::{Histogram, merge_fields};
use nexusflow_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The days that the view looks at.
const DAYS: i32 = 30;
/// With fewer alerts than this nothing is suggested.
const SUGGEST_FROM: i64 = 20;
/// From this share of ignored ones on something is suggested, in basis points.
const IGNORED_MANY_BP: i64 = 5_000;

/// Alerts by kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct AlertingCounts {
    /// By kind.
    pub by_kind: BTreeMap<AlertKind, KindCounts>,
}

/// Alerts of one kind, by the day in which they were raised.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KindCounts {
    /// Raised, reopened ones included.
    pub raised: i64,
    /// Of those, acknowledged.
    pub acknowledged: i64,
    /// Of those, about which a person did anything.
    pub acted: i64,
    /// Of those, over without anybody having done anything.
    pub ignored: i64,
    /// Of those, open now.
    pub open: i64,
    /// From raising to acknowledgement, in seconds.
    pub acknowledge_s: Histogram,
    /// From raising to contact with the customer, in seconds.
    pub contact_s: Histogram,
    /// From raising to the end, in seconds.
    pub resolve_s: Histogram,
}

merge_fields!(AlertingCounts { by_kind });
merge_fields!(KindCounts { raised, acknowledged, acted, ignored, open, acknowledge_s, contact_s, resolve_s });

/// What matters of an alert as it was before a change.
pub(crate) struct Before {
    is_open: bool,
    is_acted_on: bool,
    acknowledged_at: Option<Timestamp>,
    contacted_at: Option<Timestamp>,
}

impl Before {
    pub(crate) fn of(alert: &Alert) -> Self {
        let Alert { is_acted_on, acknowledged_at, contacted_at, .. } = *alert;
        Self { is_open: alert.state.is_open(), is_acted_on, acknowledged_at, contacted_at }
    }
}

/// Counts a change of an alert, from `before` to `after`.
pub(crate) fn count(context: &mut Fold<'_>, before: &Before, after: &Alert, what: What) {
    let raised = i64::from(matches!(what, What::Raised | What::Reopened));
    let since = |at: Option<Timestamp>| at.map(|at| at.ms_since(after.raised_at).max(0) / 1_000);
    let newly =
        |before: Option<Timestamp>, after: Option<Timestamp>| if before.is_none() { since(after) } else { None };
    let acknowledged = newly(before.acknowledged_at, after.acknowledged_at);
    let contacted = newly(before.contacted_at, after.contacted_at);
    let acted = i64::from(after.is_acted_on && (!before.is_acted_on || raised > 0));
    let ended = raised == 0 && before.is_open && !after.state.is_open();
    let resolve_s = if ended { since(Some(after.changed_at)) } else { None };
    if raised + acted == 0 && !ended && acknowledged.is_none() && contacted.is_none() {
        return;
    }
    context.count_at(after.raised_at, |rollup| {
        let counts = rollup.alerting.by_kind.entry(after.kind).or_default();
        counts.raised += raised;
        counts.open += raised - i64::from(ended);
        counts.acted += acted;
        counts.ignored += i64::from(ended && !after.is_acted_on);
        counts.acknowledged += i64::from(acknowledged.is_some());
        let times = [
            (&mut counts.acknowledge_s, acknowledged),
            (&mut counts.contact_s, contacted),
            (&mut counts.resolve_s, resolve_s),
        ];
        for (histogram, seconds) in times {
            if let Some(seconds) = seconds {
                histogram.add(seconds, 1);
            }
        }
    });
}

/// The topic `alerting`.
pub const TOPIC: Topic = Topic {
    name: "alerting",
    about: "How good the alerting is, by kind, of the alerts of the last 30 days: acted on, ignored, how soon, what to tune.",
    params: &[],
    key: &["kind"],
    cols: &[
        "kind",
        "raised",
        "acknowledged",
        "acted",
        "ignored",
        "ignored_bp",
        "ack_median_ms",
        "contact_median_ms",
        "resolve_median_ms",
        "open",
        "suggestion",
    ],
    render,
};

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &[])?;
    let (today, _) = scene.today();
    let lately = scene.days(today - DAYS + 1, today);
    let rows = lately.alerting.by_kind.iter().map(|(kind, counts)| {
        let median_ms = |seconds: &Histogram| seconds.quantile(5_000).map(|s| s * 1_000);
        vec![
            kind.as_str().into(),
            counts.raised.into(),
            counts.acknowledged.into(),
            counts.acted.into(),
            counts.ignored.into(),
            json!(counts.ignored_bp()),
            json!(median_ms(&counts.acknowledge_s)),
            json!(median_ms(&counts.contact_s)),
            json!(median_ms(&counts.resolve_s)),
            counts.open.into(),
            json!(counts.suggestion(*kind)),
        ]
    });
    Ok(rows.collect())
}

impl KindCounts {
    /// Of those that are over, the share that was ignored.
    fn ignored_bp(&self) -> Option<i64> {
        rounded_ratio(self.ignored * 10_000, self.raised - self.open)
    }

    /// What to tune, where most are ignored.
    fn suggestion(&self, kind: AlertKind) -> Option<String> {
        let over = self.raised - self.open;
        if over < SUGGEST_FROM || self.ignored_bp()? < IGNORED_MANY_BP {
            return None;
        }
        let how = match kind {
            AlertKind::Recovery => "lower thresholds.sentiment_at_most_milli or thresholds.nps_at_most",
            AlertKind::Sla => "give the policy longer targets, or the desk more people",
            AlertKind::HealthDrop => "lower thresholds.health_in, raise thresholds.health_drop, or set dwell_min",
            AlertKind::Delay | AlertKind::PromiseSlip => "ask for a lower health_below, or make it S4",
            AlertKind::Payment => "set dwell_min: many failed payments succeed at the second attempt",
            AlertKind::Deal => "raise thresholds.deal_idle_times or thresholds.deal_pushes",
            AlertKind::SentimentSpike => "raise thresholds.sentiment_false_alarm_h",
            AlertKind::Competitor => {
                "give the rule a `when`, or the competitor phrases that mean something else (`unless`)"
            }
            AlertKind::StaleSource => "raise silent_min of the source",
            AlertKind::DeadLetters => "raise thresholds.dead_letters",
        };
        Some(format!(
            "{} of {over} ended without anybody doing anything: {how}; try it with `nexusflow whatif`",
            self.ignored
        ))
    }
}
