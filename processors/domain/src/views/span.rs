//! Days, and what is read off them: the parameters that name them, and sums over them.

use crate::Rollup;
use crate::revenue::counts::{StageAt, Sum};
use crate::revenue::stages::day_of;
use crate::views::Scene;
use crate::views::table::Params;
use nexusflow_engine::{Merge, Pane};
use std::collections::BTreeMap;

/// From one day to another, both included, in days since 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) first: i32,
    pub(crate) last: i32,
}

impl Span {
    /// Everything until a day.
    pub(crate) const fn until(last: i32) -> Self {
        Self { first: i32::MIN, last }
    }

    /// How many days it has.
    pub(crate) const fn days(self) -> i32 {
        self.last.saturating_sub(self.first).saturating_add(1)
    }

    /// The rollups of its days, in order.
    pub(crate) fn rollups<'a>(self, scene: &'a Scene<'_>) -> impl Iterator<Item = (i32, &'a Rollup)> {
        let panes = scene.merged.range(Pane::Day(self.first), Pane::Day(self.last));
        panes.filter_map(|(pane, rollup)| match pane {
            Pane::Day(day) => Some((day, rollup)),
            _ => None,
        })
    }

    /// From the parameters `from` and `to`: the last `days` days unless said otherwise.
    ///
    /// # Errors
    /// A sentence, where a day is no date or the first comes after the last.
    pub(crate) fn of(scene: &Scene<'_>, params: &Params, days: i32) -> Result<Self, String> {
        let (today, _) = scene.today();
        let last = day(params, "to")?.unwrap_or(today);
        let first = day(params, "from")?.unwrap_or(last.saturating_sub(days - 1));
        if first > last {
            return Err("from is a day not later than to".into());
        }
        Ok(Self { first, last })
    }
}

/// The parameters of a span, in words.
pub(crate) const FROM: (&str, &str) =
    ("from", "the first day, such as 2026-01-31; a year before the last one unless said otherwise");
pub(crate) const TO: (&str, &str) = ("to", "the last day; today unless said otherwise");
pub(crate) const PIPELINE: (&str, &str) = ("pipeline", "its name; all of them unless said otherwise");

/// The day that a parameter names, in days since 1970-01-01.
///
/// # Errors
/// A sentence, where it is no date.
pub(crate) fn day(params: &Params, name: &str) -> Result<Option<i32>, String> {
    let Some(text) = params.get(name) else { return Ok(None) };
    let date: jiff::civil::Date =
        text.parse().map_err(|_| format!("{name} is a day such as 2026-01-31, not {text:?}"))?;
    let day = day_of(date);
    // What a timestamp can say.
    if (-25_567..84_006).contains(&day) {
        Ok(Some(day))
    } else {
        Err(format!("{name} is a day of the years 1900 to 2199"))
    }
}

/// Whether a row of `pipeline` was asked for.
pub(crate) fn is_asked(params: &Params, pipeline: &str) -> bool {
    params.get("pipeline").is_none_or(|asked| asked == pipeline)
}

/// What is open by stage, summed over the changes of a span's days.
pub(crate) fn standing(scene: &Scene<'_>, span: Span) -> BTreeMap<StageAt, Sum> {
    let mut sums: BTreeMap<StageAt, Sum> = BTreeMap::new();
    for (_, rollup) in span.rollups(scene) {
        Merge::merge(&mut sums, &rollup.pipeline.standing);
    }
    sums.retain(|_, sum| *sum != Sum::default());
    sums
}
