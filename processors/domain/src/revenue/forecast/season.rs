//! Time series: a level, and how days of a class differ from others.

use super::sales::{Classes, Sales};

/// Days of the level, and a quarter of a year.
const QUARTER: i32 = 91;
/// Days of every class of a season that must have been seen before it is believed.
const SEEN_MIN: usize = 28;

/// What was known of sales on the evening of a day.
#[derive(Debug)]
pub(super) struct Series {
    quarter: Season,
    year: Option<Season>,
    /// Of the last 91 days, by the quarter's season.
    recent: f64,
    /// Of all days.
    settled: f64,
    /// Growth from one quarter of a year to the next, where two were seen.
    growth: Option<f64>,
    /// Of the last 91 days, by the year's season.
    recent_by_year: f64,
    /// How much days scatter: the variance of a sum is this times the sum (as of a compound Poisson process).
    scatter: f64,
    origin: i32,
}

/// How much more or less is won on days of each class, 1 being usual.
#[derive(Debug)]
struct Season {
    by: fn(Classes) -> usize,
    index: Vec<f64>,
    weekdays: Vec<f64>,
}

impl Season {
    /// None where a class was not seen for long enough.
    fn of(sales: &Sales, origin: i32, by: fn(Classes) -> usize, classes: usize) -> Option<Self> {
        let days = || (sales.first..=origin).map(|day| (sales.classes(day), sales.won_on(day)));
        let mut seen = vec![0; classes];
        days().for_each(|(class, _)| seen.get_mut(by(class)).into_iter().for_each(|n| *n += 1));
        if seen.iter().any(|n| *n < SEEN_MIN) {
            return None;
        }
        let index = shrunk(&days().map(|(class, won)| (by(class), won)).collect::<Vec<_>>(), classes);
        let usual = |class: Classes| index.get(by(class)).copied().unwrap_or(1.0).max(f64::MIN_POSITIVE);
        let weekdays = shrunk(&days().map(|(class, won)| (class.weekday, won / usual(class))).collect::<Vec<_>>(), 7);
        Some(Self { by, index, weekdays })
    }

    fn on(&self, class: Classes) -> f64 {
        let of = |index: &[f64], at: usize| index.get(at).copied().unwrap_or(1.0);
        of(&self.index, (self.by)(class)) * of(&self.weekdays, class.weekday)
    }

    fn sum(&self, sales: &Sales, first: i32, last: i32) -> f64 {
        (first..=last).map(|day| self.on(sales.classes(day))).sum()
    }

    /// What is won on a usual day, by the last `days` days before the end of `until`.
    fn level(&self, sales: &Sales, until: i32, days: i32) -> f64 {
        let first = sales.first.max(until.saturating_sub(days - 1));
        let usual = self.sum(sales, first, until);
        if usual > 0.0 { sales.won(first, until) / usual } else { 0.0 }
    }
}

/// The mean of each class in relation to the mean of all classes, drawn towards 1 as far as its difference may be chance: the
/// estimator of Efron and Morris (1975), with the variance within classes taken as proportional to their means.
fn shrunk(days: &[(usize, f64)], classes: usize) -> Vec<f64> {
    let even = vec![1.0; classes];
    let (mut n, mut mean) = (vec![0.0; classes], vec![0.0; classes]);
    for (class, won) in days {
        if let (Some(n), Some(sum)) = (n.get_mut(*class), mean.get_mut(*class)) {
            *n += 1.0;
            *sum += won;
        }
    }
    let free = days.len() as f64 - classes as f64;
    if free <= 0.0 || n.contains(&0.0) {
        return even;
    }
    mean.iter_mut().zip(&n).for_each(|(mean, n)| *mean /= n);
    let usual = mean.iter().sum::<f64>() / classes as f64;
    let total: f64 = days.iter().map(|(_, won)| won).sum();
    if usual <= 0.0 || total <= 0.0 {
        return even;
    }
    let within: f64 = days.iter().map(|(class, won)| (won - mean.get(*class).unwrap_or(&0.0)).powi(2)).sum();
    let scatter = within / free / (total / days.len() as f64);
    let noise = |mean: f64, n: f64| scatter * if mean > 0.0 { mean } else { usual } / n;
    let noises: Vec<f64> = mean.iter().zip(&n).map(|(mean, n)| noise(*mean, *n)).collect();
    let spread = mean.iter().map(|mean| (mean - usual).powi(2)).sum::<f64>() / (classes as f64 - 1.0);
    let between = spread - noises.iter().sum::<f64>() / classes as f64;
    if between <= 0.0 {
        return even;
    }
    mean.iter().zip(&noises).map(|(mean, noise)| 1.0 + between / (between + noise) * (mean / usual - 1.0)).collect()
}

impl Series {
    /// What was known on the evening of `origin`; none where not every phase of a quarter was seen, or nothing was won lately.
    pub(super) fn of(sales: &Sales, origin: i32) -> Option<Self> {
        if !sales.is_known(origin) {
            return None;
        }
        let quarter = Season::of(sales, origin, |class| class.phase, 3)?;
        let year = Season::of(sales, origin, |class| class.month, 12);
        let recent = quarter.level(sales, origin, QUARTER);
        if recent <= 0.0 {
            return None;
        }
        let before = (origin - sales.first + 1 >= 2 * QUARTER).then(|| quarter.level(sales, origin - QUARTER, QUARTER));
        let scatter = {
            let days = || sales.first.max(origin.saturating_sub(2 * QUARTER - 1))..=origin;
            let expected = |day: i32| recent * quarter.on(sales.classes(day));
            days().map(|day| (sales.won_on(day) - expected(day)).powi(2)).sum::<f64>()
                / days().map(expected).sum::<f64>()
        };
        Some(Self {
            settled: quarter.level(sales, origin, i32::MAX),
            growth: before.filter(|level| *level > 0.0).map(|level| recent / level),
            recent_by_year: year.as_ref().map_or(0.0, |year| year.level(sales, origin, QUARTER)),
            quarter,
            year,
            recent,
            scatter,
            origin,
        })
    }

    /// The level of the last 91 days goes on.
    pub(super) fn recent(&self, sales: &Sales, first: i32, last: i32) -> f64 {
        self.recent * self.quarter.sum(sales, first, last)
    }

    /// The level of all days goes on.
    pub(super) fn settled(&self, sales: &Sales, first: i32, last: i32) -> f64 {
        self.settled * self.quarter.sum(sales, first, last)
    }

    /// Half of the growth from one quarter of a year to the next goes on.
    pub(super) fn damped_trend(&self, sales: &Sales, first: i32, last: i32) -> Option<f64> {
        let quarters =
            (f64::from(first + last) / 2.0 - f64::from(self.origin) + f64::from(QUARTER / 2)) / f64::from(QUARTER);
        Some(self.recent(sales, first, last) * self.growth?.powf(0.5 * quarters))
    }

    /// Months are as they were a year ago, at the level of the last 91 days.
    pub(super) fn by_year(&self, sales: &Sales, first: i32, last: i32) -> Option<f64> {
        Some(self.recent_by_year * self.year.as_ref()?.sum(sales, first, last))
    }

    /// How much more or less is usually won on these days than on others, as a factor.
    pub(super) fn season(&self, sales: &Sales, first: i32, last: i32) -> f64 {
        self.quarter.sum(sales, first, last) / f64::from(last - first + 1)
    }

    /// The variance of `total` over these days, as a share of its square: how days scatter, and how well their phases are known.
    pub(super) fn relative_variance(&self, sales: &Sales, first: i32, last: i32, total: f64) -> f64 {
        let mut is_met = [false; 3];
        (first..=last)
            .for_each(|day| is_met.iter_mut().skip(sales.classes(day).phase).take(1).for_each(|met| *met = true));
        let of_those = |day: &i32| is_met.get(sales.classes(*day).phase).copied().unwrap_or(false);
        let seen: f64 = (sales.first..=self.origin)
            .filter(of_those)
            .map(|day| self.settled * self.quarter.on(sales.classes(day)))
            .sum();
        let of = |sum: f64| if sum > 0.0 { self.scatter / sum } else { 1.0 };
        of(total) + of(seen)
    }
}
