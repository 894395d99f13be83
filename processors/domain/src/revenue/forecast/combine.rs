//! Several forecasts made one, with weights that they earned.

use super::conversion::Conversion;
use super::sales::Sales;
use super::season::Series;
use std::collections::BTreeMap;

/// Days between the earlier origins at which forecasts are judged.
const STEP: i32 = 14;
/// How many of them are looked at.
const ORIGINS: i32 = 26;
/// What is known before anything was forecast counts as much as so many forecasts.
const PRIOR: f64 = 4.0;
/// The 10 % quantile of the normal distribution, with the sign turned: 80 % lie between.
const EIGHTY_PERCENT: f64 = 1.2816;

/// A way to forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// The level of the last 91 days goes on, with the season of the quarter.
    Recent,
    /// The level of all days goes on, with the season of the quarter.
    Settled,
    /// Half of the growth of the last two quarters of a year goes on, with the season of the quarter.
    Trend,
    /// The level of the last 91 days goes on, with the months of the year.
    Year,
    /// Open deals are won as others of their stage and age were, and new ones come as they did.
    Pipeline,
}

impl Way {
    /// Its name in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recent => "recent",
            Self::Settled => "settled",
            Self::Trend => "trend",
            Self::Year => "year",
            Self::Pipeline => "pipeline",
        }
    }

    /// How wrong it is thought to be before it was seen, in relation to what can't be known at all. A pipeline says what sellers
    /// hope for: it must earn its weight.
    const fn doubt(self) -> f64 {
        match self {
            Self::Recent | Self::Settled => 1.0,
            Self::Trend | Self::Year => 1.5,
            Self::Pipeline => 3.0,
        }
    }
}

/// What will be won in a period. Money in minor units.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// What was won of it by the origin.
    pub so_far: f64,
    /// What will be won in all. Where it is early, what was won a day lately times the days.
    pub value: f64,
    /// Between which it lies with 80 %; none where it is early.
    pub interval: Option<(f64, f64)>,
    /// What each way forecasts in all, and the weight it has.
    pub ways: Vec<(Way, f64, f64)>,
    /// How wrong forecasts of periods like this were at earlier origins: the mean of (forecast - actual) / actual; none where there
    /// were none.
    pub bias: Option<f64>,
    /// The mean of the same without its sign.
    pub error: Option<f64>,
    /// At how many origins.
    pub origins: usize,
    /// What is won by the end of each week to come, and between which it lies with 80 %: the day, low, value, high.
    pub fan: Vec<(i32, f64, f64, f64)>,
}

impl Forecast {
    /// Whether not every phase of a quarter was seen yet.
    pub const fn is_early(&self) -> bool {
        self.interval.is_none()
    }
}

/// Forecasts from the same sales, and remembers what was known at which origin.
#[derive(Debug)]
pub struct Forecaster<'a> {
    sales: &'a Sales,
    known: BTreeMap<i32, Option<(Series, Conversion)>>,
}

/// What a forecast of a period said, and what was won.
struct Trial {
    ways: BTreeMap<Way, f64>,
    /// What was won of the period by then.
    so_far: f64,
    /// What was won of it afterwards.
    actual: f64,
    deviation: f64,
}

impl<'a> Forecaster<'a> {
    /// Of these sales.
    pub const fn new(sales: &'a Sales) -> Self {
        Self { sales, known: BTreeMap::new() }
    }

    /// What will have been won from `first` to `last`, both included, as known on the evening of `origin`. Nothing later is looked at.
    pub fn forecast(&mut self, origin: i32, first: i32, last: i32) -> Forecast {
        let so_far = if origin >= first { self.sales.won(first, origin.min(last)) } else { 0.0 };
        let from = first.max(origin.saturating_add(1));
        if from > last {
            let (ways, fan, origins) = (Vec::new(), Vec::new(), 0);
            let interval = Some((so_far, so_far));
            return Forecast { so_far, value: so_far, interval, ways, bias: None, error: None, origins, fan };
        }
        let trials = self.trials(origin, first, last);
        let ways = self.ways(origin, from, last);
        let sales = self.sales;
        let Some((series, _)) = self.known(origin) else { return early(sales, origin, so_far, from, last) };
        let unknowable = series.relative_variance(sales, from, last, series.settled(sales, from, last));
        let overlap = (f64::from(STEP) / f64::from(last - from + 1)).min(1.0);
        let weights = weights(&ways, &trials, unknowable, overlap);
        let value: f64 = weighted(&ways, &weights);
        // Each trial is judged with today's weights, as far as its ways were there.
        let judged: Vec<(f64, f64)> = trials
            .iter()
            .map(|trial| {
                let said = weighted(&trial.ways, &weights);
                (
                    (said - trial.actual) / (trial.deviation * said).max(f64::MIN_POSITIVE),
                    (said - trial.actual) / (trial.so_far + trial.actual),
                )
            })
            .collect();
        let n = judged.len() as f64 * overlap;
        let square = judged.iter().map(|(off, _)| off * off).sum::<f64>() / (judged.len() as f64).max(1.0);
        let wider = ((square * n + PRIOR) / (n + PRIOR)).sqrt();
        let within = |until: i32, sum: f64| {
            EIGHTY_PERCENT * wider * sum * series.relative_variance(sales, from, until, sum).max(0.0).sqrt()
        };
        let half = within(last, value);
        let whole = series.recent(sales, from, last);
        let fan = weeks(from, last).map(|until| {
            let sum = value * series.recent(sales, from, until) / whole.max(f64::MIN_POSITIVE);
            let half = within(until, sum);
            (until, so_far + (sum - half).max(0.0), so_far + sum, so_far + sum + half)
        });
        let mean = |of: fn(f64) -> f64| {
            let errors = judged.iter().map(|(_, error)| of(*error));
            (!judged.is_empty()).then(|| errors.sum::<f64>() / judged.len() as f64)
        };
        Forecast {
            so_far,
            value: so_far + value,
            interval: Some((so_far + (value - half).max(0.0), so_far + value + half)),
            fan: fan.collect(),
            bias: mean(|error| error),
            error: mean(f64::abs),
            origins: judged.len(),
            ways: ways
                .iter()
                .map(|(way, sum)| (*way, so_far + sum, weights.get(way).copied().unwrap_or(0.0)))
                .collect(),
        }
    }

    /// What was known on the evening of a day.
    fn known(&mut self, origin: i32) -> Option<&(Series, Conversion)> {
        let sales = self.sales;
        let known = self.known.entry(origin);
        known.or_insert_with(|| Some((Series::of(sales, origin)?, Conversion::of(sales, origin)))).as_ref()
    }

    /// What each way forecasts for the days from `first` to `last`, all of them to come.
    fn ways(&mut self, origin: i32, first: i32, last: i32) -> BTreeMap<Way, f64> {
        let sales = self.sales;
        let Some((series, conversion)) = self.known(origin) else { return BTreeMap::new() };
        let pipeline = conversion.won(first, last) * series.season(sales, first, last);
        let said = [
            (Way::Recent, Some(series.recent(sales, first, last))),
            (Way::Settled, Some(series.settled(sales, first, last))),
            (Way::Trend, series.damped_trend(sales, first, last)),
            (Way::Year, series.by_year(sales, first, last)),
            (Way::Pipeline, Some(pipeline).filter(|sum| *sum > 0.0)),
        ];
        said.into_iter().filter_map(|(way, sum)| Some((way, sum.filter(|sum| sum.is_finite())?))).collect()
    }

    /// Forecasts of as many days, as far ahead and as far into them, at earlier origins whose days are over by now.
    fn trials(&mut self, origin: i32, first: i32, last: i32) -> Vec<Trial> {
        let sales = self.sales;
        let mut trials = Vec::new();
        for earlier in (1..=ORIGINS).map(|step| origin - step * STEP) {
            let (begins, last) = (first - origin + earlier, last - origin + earlier);
            let first = begins.max(earlier + 1);
            let so_far = if begins <= earlier { sales.won(begins, earlier) } else { 0.0 };
            let actual = sales.won(first, last);
            if last > origin || earlier < sales.first + 90 || actual <= 0.0 {
                continue;
            }
            let ways = self.ways(earlier, first, last);
            let Some((series, _)) = self.known(earlier) else { continue };
            let deviation = series.relative_variance(sales, first, last, series.settled(sales, first, last)).sqrt();
            trials.push(Trial { ways, so_far, actual, deviation });
        }
        trials
    }
}

/// Before a season was seen: what was won a day lately, times the days, and no claim how right that is.
fn early(sales: &Sales, origin: i32, so_far: f64, first: i32, last: i32) -> Forecast {
    let since = sales.first.max(origin.saturating_sub(90));
    let a_day = if since > origin { 0.0 } else { sales.won(since, origin) / f64::from(origin - since + 1) };
    let value = so_far + a_day * f64::from(last - first + 1);
    Forecast { so_far, value, interval: None, ways: Vec::new(), bias: None, error: None, origins: 0, fan: Vec::new() }
}

/// The inverse of each way's mean squared error, of which nobody knows much at first. Trials whose days overlap count for less.
fn weights(ways: &BTreeMap<Way, f64>, trials: &[Trial], unknowable: f64, overlap: f64) -> BTreeMap<Way, f64> {
    let weight = |way: Way| {
        let errors: Vec<f64> =
            trials.iter().filter_map(|trial| Some((trial.ways.get(&way)? / trial.actual - 1.0).powi(2))).collect();
        let prior = unknowable * way.doubt() * way.doubt();
        let n = errors.len() as f64;
        let square = (errors.iter().sum::<f64>() * overlap + PRIOR * prior) / (n * overlap + PRIOR);
        1.0 / square.max(f64::MIN_POSITIVE)
    };
    let raw: Vec<(Way, f64)> = ways.keys().map(|way| (*way, weight(*way))).collect();
    let sum: f64 = raw.iter().map(|(_, weight)| weight).sum();
    raw.into_iter().map(|(way, weight)| (way, weight / sum)).collect()
}

/// The mean of what is said by weight, of those that say something.
fn weighted(said: &BTreeMap<Way, f64>, weights: &BTreeMap<Way, f64>) -> f64 {
    let of = |way: &Way| weights.get(way).copied().unwrap_or(0.0);
    let weight: f64 = said.keys().map(of).sum();
    if weight > 0.0 { said.iter().map(|(way, sum)| of(way) * sum).sum::<f64>() / weight } else { 0.0 }
}

/// The ends of the weeks from one day to another, and the last one.
fn weeks(first: i32, last: i32) -> impl Iterator<Item = i32> {
    (first..=last).filter(move |day| *day == last || (day - first) % 7 == 6)
}
