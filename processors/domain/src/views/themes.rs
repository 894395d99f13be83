//! What customers write about, and whom else they name: now and in the period before.

use crate::Rollup;
use crate::views::sentiment::cells;
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use crate::voice::satisfaction::rounded_ratio;
use crate::voice::tone::{Tone, VoiceCounts};
use nexusflow_engine::{Merge, Pane};
use nexusflow_model::Label;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The columns of both topics: what is counted by, and what is told of it.
macro_rules! cols {
    ($by:literal) => {
        &[
            $by,
            "texts",
            "mean_milli",
            "margin_milli",
            "negative",
            "neutral",
            "positive",
            "unknown",
            "share_bp",
            "prior_texts",
            "prior_share_bp",
            "prior_mean_milli",
            "trend",
        ]
    };
}

/// The topic `themes`.
pub const TOPIC: Topic = Topic {
    name: "themes",
    about: "What customers write about over the last business days, with the same number of days before: texts, share, how they are meant.",
    params: PARAMS,
    key: &["theme"],
    cols: cols!("theme"),
    render: |scene, params| render(scene, params, |voice| &voice.by_theme, true),
};

/// The topic `competitors`.
pub const COMPETITORS: Topic = Topic {
    name: "competitors",
    about: "Whom else customers name over the last business days, with the same number of days before.",
    params: PARAMS,
    key: &["competitor"],
    cols: cols!("competitor"),
    render: |scene, params| render(scene, params, |voice| &voice.by_competitor, false),
};

const PARAMS: &[(&str, &str)] = &[("days", "how many, 1 to 366; 30 unless said otherwise")];
/// Columns of a trend at the most.
const TREND_MAX: i32 = 30;

type Named = fn(&VoiceCounts) -> &BTreeMap<Label, Tone>;

fn render(scene: &Scene<'_>, params: &Params, of: Named, with_none: bool) -> Result<Vec<Row>, String> {
    table::only(params, &["days"])?;
    let days: i32 = match params.get("days").map(|days| days.parse()) {
        None => 30,
        Some(Ok(days @ 1..=366)) => days,
        Some(_) => return Err("days is a number from 1 to 366".into()),
    };
    let (today, _) = scene.today();
    let first = today - days + 1;
    let now = voice(scene, first, today);
    // The first day there is may have begun before anything was recorded.
    let is_known = scene.first_day().is_some_and(|day| day < first - days);
    let before = is_known.then(|| voice(scene, first - days, first - 1));
    let width = (days + TREND_MAX - 1) / TREND_MAX;
    let buckets: Vec<VoiceCounts> =
        (0..days / width).rev().map(|at| voice(scene, today - (at + 1) * width + 1, today - at * width)).collect();
    let trend = |texts: &dyn Fn(&VoiceCounts) -> i64| -> Value { buckets.iter().map(texts).collect() };
    let share = |n: i64, of: &VoiceCounts| rounded_ratio(n * 10_000, of.all.texts());
    let nothing = Tone::default();
    let known: BTreeSet<&Label> =
        scene.business.voice.themes.iter().map(|theme| &theme.name).filter(|_| with_none).collect();
    let names: BTreeSet<&Label> =
        of(&now).keys().chain(before.iter().flat_map(|before| of(before).keys())).chain(known).collect();
    let mut found: Vec<(i64, Row)> = Vec::new();
    for name in names {
        let tone = of(&now).get(name).unwrap_or(&nothing);
        let prior = before.as_ref().map(|before| (of(before).get(name).unwrap_or(&nothing), before));
        let mut row: Row = vec![name.as_str().into()];
        row.extend(cells(tone));
        row.extend([
            json!(share(tone.texts(), &now)),
            json!(prior.map(|(tone, _)| tone.texts())),
            json!(prior.and_then(|(tone, before)| share(tone.texts(), before))),
            json!(prior.and_then(|(tone, _)| tone.mean.milli())),
            trend(&|bucket| of(bucket).get(name).map_or(0, Tone::texts)),
        ]);
        if with_none || tone.texts() != 0 || prior.is_some_and(|(tone, _)| tone.texts() != 0) {
            found.push((tone.texts(), row));
        }
    }
    found.sort_by_key(|(texts, _)| std::cmp::Reverse(*texts));
    let mut rows: Vec<Row> = found.into_iter().map(|(_, row)| row).collect();
    if with_none {
        let prior = before.as_ref().map(|before| before.themeless);
        let mut row: Row = vec!["".into(), now.themeless.into()];
        row.extend(std::iter::repeat_n(Value::Null, 6));
        row.extend([
            json!(share(now.themeless, &now)),
            json!(prior),
            json!(before.as_ref().and_then(|before| share(before.themeless, before))),
            Value::Null,
            trend(&|bucket| bucket.themeless),
        ]);
        rows.push(row);
    }
    Ok(rows)
}

fn voice(scene: &Scene<'_>, first: i32, last: i32) -> VoiceCounts {
    let mut sum = VoiceCounts::default();
    for (_, Rollup { voice, .. }) in scene.merged.range(Pane::Day(first), Pane::Day(last)) {
        sum.merge(voice);
    }
    sum
}
