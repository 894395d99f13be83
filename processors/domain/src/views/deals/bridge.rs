//! What moved the open deals between two days.

use crate::revenue::counts::{Movement, Sum};
use crate::views::span::{self, FROM, PIPELINE, Span, TO};
use crate::views::table::{self, Params, Row};
use crate::views::{Scene, Topic};
use nexusflow_engine::Merge;
use nexusflow_model::{Currency, Label};
use std::collections::BTreeMap;

/// The topic `bridge`.
pub const TOPIC: Topic = Topic {
    name: "bridge",
    about: "What moved the worth of the open deals: opening + created + increased - decreased - won - lost = closing, exactly.",
    params: &[FROM, TO, PIPELINE],
    key: &["pipeline", "step", "currency"],
    cols: &["pipeline", "step", "order", "count", "amount", "currency"],
    render,
};

/// Each step with its sign.
const STEPS: [(Movement, &str, i64); 5] = [
    (Movement::Created, "created", 1),
    (Movement::Increased, "increased", 1),
    (Movement::Decreased, "decreased", -1),
    (Movement::Won, "won", -1),
    (Movement::Lost, "lost", -1),
];

fn render(scene: &Scene<'_>, params: &Params) -> Result<Vec<Row>, String> {
    table::only(params, &["from", "to", "pipeline"])?;
    let span = Span::of(scene, params, 91)?;
    let mut moved: BTreeMap<(Label, Movement), Sum> = BTreeMap::new();
    for (_, rollup) in span.rollups(scene) {
        Merge::merge(&mut moved, &rollup.pipeline.bridge);
    }
    let opening = by_pipeline(scene, Span::until(span.first.saturating_sub(1)));
    let closing = by_pipeline(scene, Span::until(span.last));
    let mut met: Vec<&Label> = moved.keys().map(|(pipeline, _)| pipeline).chain(opening.keys()).collect();
    met.sort_unstable();
    met.dedup();
    let mut rows = Vec::new();
    for pipeline in met.into_iter().filter(|pipeline| span::is_asked(params, pipeline.as_str())) {
        let nothing = Sum::default();
        let of = |sums: &'_ BTreeMap<Label, Sum>| sums.get(pipeline).cloned().unwrap_or_default();
        let (first, last) = (of(&opening), of(&closing));
        let step = |movement| moved.get(&(pipeline.clone(), movement)).unwrap_or(&nothing);
        let sums = [&first, &last].into_iter().chain(STEPS.iter().map(|(movement, _, _)| step(*movement)));
        for currency in
            crate::views::readings::currencies(scene.business.business.currency, sums.map(|sum| &sum.amount))
        {
            let row =
                |(order, name, sum, sign): (usize, &str, &Sum, i64)| line(pipeline, order, name, sum, sign, currency);
            rows.push(row((0, "opening", &first, 1)));
            for (at, (movement, name, sign)) in STEPS.iter().enumerate() {
                rows.push(row((at + 1, name, step(*movement), *sign)));
            }
            rows.push(row((STEPS.len() + 1, "closing", &last, 1)));
        }
    }
    Ok(rows)
}

fn line(pipeline: &Label, order: usize, name: &str, sum: &Sum, sign: i64, currency: Currency) -> Row {
    let amount = sum.amount.get(currency) * sign;
    vec![pipeline.as_str().into(), name.into(), order.into(), sum.count.into(), amount.into(), currency.as_str().into()]
}

/// What is open at the end of a span that began with everything.
fn by_pipeline(scene: &Scene<'_>, span: Span) -> BTreeMap<Label, Sum> {
    let mut sums: BTreeMap<Label, Sum> = BTreeMap::new();
    for (stage, sum) in span::standing(scene, span) {
        sums.entry(stage.pipeline).or_default().merge(&sum);
    }
    sums
}
