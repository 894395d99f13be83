//! Which segments win more and grow more than others, as far as that is not chance.

use super::{by_segment, share_bp};
use crate::revenue::counts::SegmentCounts;
use crate::views::span::{self, FROM, PIPELINE, Span, TO};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use nexusflow_engine::Merge;
use serde_json::json;
use std::collections::BTreeMap;

/// The topic `segments`.
pub const TOPIC: Topic = Topic {
    name: "segments",
    about: "Win rate and growth of each segment, drawn towards those of all segments as far as few deals were seen: the rate, what is \
            believed of it, and by how many basis points that lies above all segments. The best stands first.",
    params: &[FROM, TO, PIPELINE],
    key: &["segment"],
    cols: &[
        "segment",
        "decided",
        "won",
        "rate_bp",
        "shrunk_rate_bp",
        "lift_bp",
        "won_before",
        "growth_bp",
        "shrunk_growth_bp",
        "rank",
    ],
    render,
};

/// Segments that are shown at the most, the best ones.
const SHOWN_MAX: usize = 200;

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["from", "to", "pipeline"])?;
    let span = Span::of(scene, params, 365)?;
    let before = Span { first: span.first.saturating_sub(span.days()), last: span.first.saturating_sub(1) };
    let by_name = |span: Span| {
        let mut sums: BTreeMap<String, SegmentCounts> = BTreeMap::new();
        for ((pipeline, segment), counts) in by_segment(scene, span) {
            if span::is_asked(params, pipeline.as_str()) && !segment.is_empty() {
                sums.entry(segment).or_default().merge(&counts);
            }
        }
        sums
    };
    let (now, then) = (by_name(span), by_name(before));
    let names: Vec<&String> =
        now.iter().filter(|(_, own)| own.won.count + own.lost.count > 0).map(|(name, _)| name).collect();
    let counts = |of: &BTreeMap<String, SegmentCounts>, name: &str| {
        of.get(name).map_or((0, 0), |own| (own.won.count, own.lost.count))
    };
    let rates: Vec<(i64, i64)> =
        names.iter().map(|name| counts(&now, name)).map(|(won, lost)| (won, won + lost)).collect();
    // Growth is a share as well: of what was won in both periods, the part that is of this one.
    let grown: Vec<(i64, i64)> =
        names.iter().map(|name| (counts(&now, name).0, counts(&now, name).0 + counts(&then, name).0)).collect();
    let (shrunk, all) = shrink(&rates);
    let (shrunk_growth, _) = shrink(&grown);
    let growth = |share: f64| ((share / (1.0 - share) - 1.0) * 10_000.0).round();
    let mut rows: Vec<(f64, Row)> = Vec::new();
    for (at, (name, ((won, decided), (_, both)))) in names.iter().zip(rates.into_iter().zip(grown)).enumerate() {
        let before = both - won;
        let rate = shrunk.get(at).copied().unwrap_or(all);
        let believed = shrunk_growth.get(at).copied().filter(|share| before > 0 && *share < 1.0).map(growth);
        let row = vec![
            name.as_str().into(),
            decided.into(),
            won.into(),
            json!(share_bp(won, decided)),
            ((rate * 10_000.0).round() as i64).into(),
            (((rate - all) * 10_000.0).round() as i64).into(),
            before.into(),
            json!(share_bp(won - before, before)),
            json!(believed.map(|growth| growth as i64)),
        ];
        rows.push((rate, row));
    }
    rows.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let ranked = rows.into_iter().take(SHOWN_MAX).enumerate().map(|(at, (_, mut row))| {
        row.push((at + 1).into());
        row
    });
    Ok(ranked.collect())
}

/// The share of each (successes, cases), drawn towards that of all, and that one: the beta-binomial estimator whose prior is found by the
/// method of moments (Kleinman 1973). Where the shares differ no more than chance makes them, all are the same.
fn shrink(shares: &[(i64, i64)]) -> (Vec<f64>, f64) {
    let (hits, cases) =
        shares.iter().fold((0.0, 0.0), |(hits, cases), (own, n)| (hits + *own as f64, cases + *n as f64));
    if cases <= 0.0 {
        return (vec![0.0; shares.len()], 0.0);
    }
    let all = hits / cases;
    let known = || shares.iter().filter(|(_, n)| *n > 0).map(|(own, n)| (*own as f64, *n as f64));
    let groups = known().count() as f64;
    let spread: f64 = known().map(|(own, n)| n * (own / n - all).powi(2)).sum();
    let squares: f64 = known().map(|(_, n)| n * n).sum();
    let chance = all * (1.0 - all);
    let between = (spread - (groups - 1.0) * chance) / (cases - squares / cases).max(f64::MIN_POSITIVE);
    let shrunk = |(own, n): &(i64, i64)| {
        if between <= 0.0 {
            return all;
        }
        // How many cases the prior counts as.
        let prior = (chance / between - 1.0).max(0.0);
        (*own as f64 + prior * all) / (*n as f64 + prior).max(f64::MIN_POSITIVE)
    };
    (shares.iter().map(shrunk).collect(), all)
}

#[cfg(test)]
mod tests {
    use super::shrink;

    #[test]
    fn a_planted_best_segment_comes_first_and_a_lucky_small_one_does_not() {
        // 30 of 40 is the best there is; 3 of 3 is luck; the others win half.
        let (shrunk, all) = shrink(&[(300, 400), (3, 3), (200, 400), (201, 400), (199, 400), (1, 2)]);
        assert!(shrunk[0] > 0.73 && shrunk[0] < 0.75, "{shrunk:?}");
        assert!(shrunk.iter().skip(1).all(|share| *share < shrunk[0]), "{shrunk:?}");
        assert!(shrunk[1] > all && shrunk[1] < 0.72, "{shrunk:?}");
    }

    #[test]
    fn what_differs_by_chance_is_the_same() {
        let (shrunk, all) = shrink(&[(50, 100), (52, 100), (48, 100)]);
        assert!(shrunk.iter().all(|share| (share - all).abs() < 1e-12), "{shrunk:?}");
        assert_eq!(shrink(&[]), (vec![], 0.0));
    }
}
