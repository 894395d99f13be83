//! What customers write sounds like, over any period.
//!
//! Counted are hours of the business, for 72 hours, and its days, for ever. A period of any time zone is put together from these: each row
//! says from when to when it is, and whether it is of hours or of a day. Where a period begins or ends within a day of which the
//! hours are gone, the row is of that whole day and says so.

use crate::Rollup;
use crate::config::Zone;
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use crate::voice::tone::Tone;
use jiff::civil::Date;
use nexusflow_engine::{Merge, Pane, pane::HOURS_KEPT};
use nexusflow_model::Timestamp;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::ops::Range;

/// The topic `sentiment`.
pub const TOPIC: Topic = Topic {
    name: "sentiment",
    about: "How what customers write is meant, over any period and in any time zone: mean with the 95 % interval's half, and counts.",
    params: &[
        ("days", "the last business days, 1 to 366, instead of from and to; 30 unless said otherwise"),
        ("from", "an instant, or a date in the zone"),
        ("to", "an instant or a date, not included; now unless said otherwise"),
        ("zone", "an IANA time zone for dates and for the rows' times; that of the business unless said otherwise"),
        (
            "step",
            "hour, day, or all for one row over the whole period; hours up to two days and days beyond unless said otherwise",
        ),
        ("by", "channel, kind, tier, product, theme, competitor or language; all together unless said otherwise"),
    ],
    key: &["from", "by"],
    cols: &[
        "from",
        "to",
        "resolution",
        "by",
        "texts",
        "mean_milli",
        "margin_milli",
        "negative",
        "neutral",
        "positive",
        "unknown",
    ],
    render,
};

const HOUR_MS: i64 = 3_600_000;
/// Rows in time at the most.
const BUCKETS_MAX: usize = 1_100;

/// What is counted together: from when to when, of which panes, and how finely that is known.
struct Bucket {
    from: Timestamp,
    to: Timestamp,
    panes: (Pane, Pane),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    Hour,
    Day,
    All,
}

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["days", "from", "to", "zone", "step", "by"])?;
    let zone = match params.get("zone") {
        Some(name) => Zone::named(name)?,
        None => scene.business.business.time_zone.clone(),
    };
    let Range { start: from, end: to } = period(scene, params, &zone)?;
    let is_short = to.ms_since(from) <= 48 * HOUR_MS && hour_of(scene, from) >= first_hour(scene);
    let step = match params.get("step").map(String::as_str) {
        None if is_short => Step::Hour,
        None | Some("day") => Step::Day,
        Some("hour") => Step::Hour,
        Some("all") => Step::All,
        Some(other) => return Err(format!("step is hour, day or all, not {other:?}")),
    };
    let by = params.get("by").map_or("all", String::as_str);
    // What is asked for may be wrong though there is nothing yet.
    tones(&Rollup::default(), by)?;
    let buckets = buckets(scene, from..to, step)?;
    if step == Step::All {
        let mut whole = Rollup::default();
        for bucket in &buckets {
            sum(scene, bucket, &mut whole);
        }
        let (Some(first), Some(last)) = (buckets.first(), buckets.last()) else { return Ok(Vec::new()) };
        // What has not happened yet is counted nowhere.
        let is_exact = buckets.iter().all(|bucket| bucket.from >= from && (bucket.to <= to || bucket.to > scene.clock));
        let resolution = if is_exact { "as asked" } else { "business day" };
        return Ok(rows(&whole, by, (first.from, last.to, resolution), &zone));
    }
    let mut all = Vec::new();
    for bucket in &buckets {
        let mut own = Rollup::default();
        sum(scene, bucket, &mut own);
        let resolution = if matches!(bucket.panes.0, Pane::Hour(_)) { "hour" } else { "business day" };
        all.extend(rows(&own, by, (bucket.from, bucket.to, resolution), &zone));
    }
    Ok(all)
}

/// From when to when it is asked for.
fn period(scene: &Scene<'_>, params: &Params, zone: &Zone) -> Result<Range<Timestamp>, String> {
    let is_exact = params.contains_key("from") || params.contains_key("to");
    let days: i32 = match params.get("days").map(|days| days.parse()) {
        Some(_) if is_exact => return Err("say days, or from and to, not both".into()),
        None => 30,
        Some(Ok(days @ 1..=366)) => days,
        Some(_) => return Err("days is a number from 1 to 366".into()),
    };
    let own = &scene.business.business.time_zone;
    let now = scene.clock.plus_ms(1);
    let to = params.get("to").map_or(Ok(now), |to| instant("to", to, zone))?;
    let from = match params.get("from") {
        Some(from) => instant("from", from, zone)?,
        None => begin(own, own.day_and_hour(to.plus_ms(-1)).0 - days + 1),
    };
    if from >= to {
        return Err(format!("from must lie before to: {from} does not lie before {to}"));
    }
    Ok(from..to)
}

/// An instant, or the beginning of a day in `zone`.
fn instant(name: &str, text: &str, zone: &Zone) -> Result<Timestamp, String> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Ok(at);
    }
    let wrong =
        || format!("{name} is a date such as 2026-01-31 or an instant such as 2026-01-31T08:00:00Z, not {text:?}");
    let date: Date = text.parse().map_err(|_| wrong())?;
    let begins = date.to_zoned(zone.zone().clone()).map_err(|_| wrong())?;
    Timestamp::from_ms(begins.timestamp().as_millisecond()).map_err(|_| wrong())
}

fn hour_of(scene: &Scene<'_>, at: Timestamp) -> i32 {
    let (day, hour) = scene.business.business.time_zone.day_and_hour(at);
    day * 24 + hour
}

/// The first hour that every partition keeps.
fn first_hour(scene: &Scene<'_>) -> i32 {
    hour_of(scene, scene.clock) - HOURS_KEPT + 1
}

/// The buckets that a period is put together from, in order.
fn buckets(scene: &Scene<'_>, asked: Range<Timestamp>, step: Step) -> Result<Vec<Bucket>, String> {
    let zone = &scene.business.business.time_zone;
    let first_kept = first_hour(scene);
    // Nothing was counted before the first day, so that no bucket has to begin there.
    let Some(known) = scene.first_day() else { return Ok(Vec::new()) };
    let first = zone.day_and_hour(asked.start).0.max(known);
    let last = zone.day_and_hour(asked.end.plus_ms(-1)).0.min(scene.today().0 + 1);
    let mut buckets = Vec::new();
    for day in first..=last {
        let (begins, ends) = (begin(zone, day), begin(zone, day + 1));
        let is_whole = begins >= asked.start && ends <= asked.end;
        let has_hours = day * 24 >= first_kept;
        if has_hours && (step == Step::Hour || !is_whole) {
            let hours = hours(zone, day, begins, ends, &asked);
            if step == Step::Hour {
                buckets.extend(hours);
            } else if let (Some(first), Some(last)) = (hours.first(), hours.last()) {
                // A part of a day: its hours together.
                buckets.push(Bucket { from: first.from, to: last.to, panes: (first.panes.0, last.panes.1) });
            }
        } else {
            buckets.push(Bucket { from: begins, to: ends, panes: (Pane::Day(day), Pane::Day(day)) });
        }
        if buckets.len() > BUCKETS_MAX && step != Step::All {
            return Err(format!("that would be more than {BUCKETS_MAX} rows: ask for a shorter period, or step=all"));
        }
    }
    Ok(buckets)
}

/// The hours of a day that begin within what was asked for. Where clocks are set back two hours are one and the same on them, and
/// are counted together.
fn hours(zone: &Zone, day: i32, begins: Timestamp, ends: Timestamp, asked: &Range<Timestamp>) -> Vec<Bucket> {
    let mut buckets: Vec<Bucket> = Vec::new();
    let mut at = begins;
    while at < ends {
        let (own_day, hour) = zone.day_and_hour(at);
        let pane = Pane::Hour(own_day * 24 + hour);
        let next = at.plus_ms(HOUR_MS);
        match buckets.last_mut() {
            Some(last) if last.panes.0 == pane => last.to = next,
            _ if own_day == day => buckets.push(Bucket { from: at, to: next, panes: (pane, pane) }),
            _ => {}
        }
        at = next;
    }
    buckets.retain(|bucket| bucket.from >= asked.start && bucket.from < asked.end);
    buckets
}

/// When a business day begins.
fn begin(zone: &Zone, day: i32) -> Timestamp {
    let epoch = jiff::civil::date(1970, 1, 1);
    let date = epoch.checked_add(jiff::Span::new().try_days(day).unwrap_or_default()).unwrap_or(epoch);
    let begins = date.to_zoned(zone.zone().clone()).map(|begins| begins.timestamp().as_millisecond());
    begins.ok().and_then(|ms| Timestamp::from_ms(ms).ok()).unwrap_or(Timestamp::EPOCH)
}

fn sum(scene: &Scene<'_>, bucket: &Bucket, into: &mut Rollup) {
    for (_, rollup) in scene.merged.range(bucket.panes.0, bucket.panes.1) {
        into.voice.merge(&rollup.voice);
    }
}

/// What is counted apart, by its name.
fn tones(rollup: &Rollup, by: &str) -> Result<Vec<(String, Tone)>, String> {
    let voice = &rollup.voice;
    let named =
        |of: &BTreeMap<nexusflow_model::Label, Tone>| of.iter().map(|(name, tone)| (name.to_string(), *tone)).collect();
    let found: Vec<(String, Tone)> = match by {
        "all" => return Ok(vec![("all".into(), voice.all)]),
        "channel" => voice.by_channel.iter().map(|(channel, tone)| (channel.as_str().to_owned(), *tone)).collect(),
        "kind" => named(&voice.by_kind),
        "tier" => named(&voice.by_tier),
        "product" => named(&voice.by_product),
        "theme" => named(&voice.by_theme),
        "competitor" => named(&voice.by_competitor),
        "language" => voice
            .unknown_in
            .iter()
            .map(|(language, n)| (format!("{language:?}").to_lowercase(), Tone { unknown: *n, ..Tone::default() }))
            .collect(),
        other => {
            let known = "channel, kind, tier, product, theme, competitor, language or all";
            return Err(format!("by is {known}, not {other:?}"));
        }
    };
    // What was taken back altogether is nothing.
    Ok(found.into_iter().filter(|(_, tone)| tone.texts() != 0).collect())
}

fn rows(rollup: &Rollup, by: &str, (from, to, resolution): (Timestamp, Timestamp, &str), zone: &Zone) -> Vec<Row> {
    let row = |(name, tone): (String, Tone)| -> Row {
        let mut row: Row = vec![local(from, zone), local(to, zone), resolution.into(), name.into()];
        row.extend(cells(&tone));
        row
    };
    tones(rollup, by).unwrap_or_default().into_iter().map(row).collect()
}

/// A tone as columns: texts, mean, margin, negative, neutral, positive, unknown.
pub(super) fn cells(tone: &Tone) -> [Value; 7] {
    [
        tone.texts().into(),
        json!(tone.mean.milli()),
        json!(tone.margin_milli()),
        tone.negative.into(),
        tone.neutral.into(),
        tone.positive.into(),
        tone.unknown.into(),
    ]
}

/// An instant with the offset of the zone, such as `2026-01-31T09:00:00+01:00`.
fn local(at: Timestamp, zone: &Zone) -> Value {
    let zoned = at.to_jiff().to_zoned(zone.zone().clone());
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string().into()
}
