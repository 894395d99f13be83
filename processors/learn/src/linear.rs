//! Softmax regression (multinomial logistic regression) over sparse features, with a penalty on the squares of the weights. The loss has
//! one minimum, and L-BFGS (Nocedal 1980) goes to it: no rate to choose, no chance. Floats, one thread: the same examples in the same
//! order give the same weights.

/// Examples: what each has of which feature, and its class.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    ends: Vec<usize>,
    features: Vec<(u32, f32)>,
    classes: Vec<u16>,
    weights: Vec<f32>,
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.classes.len()
    }

    /// Ends an example whose features were added.
    pub(crate) fn end(&mut self, class: u16, weight: f32) {
        self.ends.push(self.features.len());
        self.classes.push(class);
        self.weights.push(weight);
    }

    pub(crate) fn add(&mut self, feature: u32, value: f32) {
        self.features.push((feature, value));
    }

    fn row(&self, at: usize) -> (&[(u32, f32)], u16, f32) {
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        (&self.features[from..self.ends[at]], self.classes[at], self.weights[at])
    }

    /// In how many examples each feature is.
    fn counts(&self, features: usize) -> Vec<u32> {
        let mut seen = vec![(0_u32, usize::MAX); features];
        for at in 0..self.len() {
            for (feature, _) in self.row(at).0 {
                let seen = &mut seen[*feature as usize];
                if seen.1 != at {
                    *seen = (seen.0 + 1, at);
                }
            }
        }
        seen.into_iter().map(|(count, _)| count).collect()
    }

    /// Drops features that fewer examples have than `least`, but for those below `keep`; a rare one tells of one example only.
    pub(crate) fn prune(&mut self, least: u32, keep: u32, features: usize) {
        let counts = self.counts(features);
        let mut kept = Vec::with_capacity(self.features.len());
        let mut ends = Vec::with_capacity(self.ends.len());
        for at in 0..self.len() {
            let common = |(feature, _): &&(u32, f32)| *feature < keep || counts[*feature as usize] >= least;
            kept.extend(self.row(at).0.iter().filter(common));
            ends.push(kept.len());
        }
        (self.features, self.ends) = (kept, ends);
    }
}

/// How training goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Descent {
    /// How much the examples count beside the penalty: C of Fan et al., "LIBLINEAR" (2008).
    pub(crate) cost: f32,
    /// At most so many steps.
    pub(crate) steps: u32,
    /// From which feature on weights are the freer the more the feature tells of the class; none where all are penalised the same.
    pub(crate) telling: Option<u32>,
}

/// How far the freedom of a weight is what naive Bayes says of it; the rest is the same for all.
const TOLD: f32 = 0.5;

/// How many steps back the curvature is remembered for.
const MEMORY: usize = 5;

/// The weights of each feature for each class: `features` rows of `classes`. `told` is called after each step with its number and the
/// mean loss of an example.
pub(crate) fn train(
    rows: &Rows,
    features: usize,
    classes: usize,
    descent: Descent,
    mut told: impl FnMut(u32, f32),
) -> Vec<f32> {
    let problem = Problem::new(rows, features, classes, descent);
    let mut at = vec![0.0_f32; problem.used * classes];
    let mut slope = vec![0.0_f32; at.len()];
    let mut loss = problem.loss(&at, &mut slope);
    let first = norm(&slope);
    let mut memory: Vec<(Vec<f32>, Vec<f32>, f64)> = Vec::new();
    let (mut next, mut next_slope) = (at.clone(), slope.clone());
    for step in 1..=descent.steps {
        let mut way = direction(&slope, &memory);
        let mut downhill = dot(&way, &slope);
        if downhill >= 0.0 {
            // What is remembered misleads: straight down.
            memory.clear();
            way = slope.iter().map(|own| -own).collect();
            downhill = dot(&way, &slope);
        }
        let mut length = if memory.is_empty() { 1.0 / norm(&way).max(1.0) } else { 1.0 };
        let mut next_loss = f64::INFINITY;
        for _ in 0..20 {
            for ((to, from), way) in next.iter_mut().zip(&at).zip(&way) {
                *to = from + (length as f32) * way;
            }
            next_loss = problem.loss(&next, &mut next_slope);
            if next_loss <= loss + 1e-4 * length * downhill {
                break;
            }
            length /= 2.0;
        }
        if next_loss.is_nan() || next_loss > loss {
            break;
        }
        remember(&mut memory, (&at, &slope), (&next, &next_slope));
        std::mem::swap(&mut at, &mut next);
        std::mem::swap(&mut slope, &mut next_slope);
        let gained = loss - next_loss;
        loss = next_loss;
        told(step, (loss / (f64::from(descent.cost) * rows.len().max(1) as f64)) as f32);
        if norm(&slope) < 1e-3 * first || gained < 1e-6 * loss {
            break;
        }
    }
    problem.spread_out(&at)
}

/// The examples, with features numbered by what occurs.
struct Problem<'a> {
    rows: &'a Rows,
    place: Vec<u32>,
    used: usize,
    classes: usize,
    cost: f32,
    /// How much the square of each weight costs.
    penalties: Vec<f32>,
}

impl<'a> Problem<'a> {
    fn new(rows: &'a Rows, features: usize, classes: usize, descent: Descent) -> Self {
        let mut place = vec![u32::MAX; features];
        let mut used = 0_u32;
        for (feature, _) in &rows.features {
            let own = &mut place[*feature as usize];
            if *own == u32::MAX {
                *own = used;
                used += 1;
            }
        }
        let used = used as usize;
        let mut problem = Self { rows, place, used, classes, cost: descent.cost, penalties: vec![1.0; used * classes] };
        if let Some(from) = descent.telling {
            problem.free_what_tells(from);
        }
        problem
    }

    /// Penalises a weight the less the more often examples of its class have the feature than all others do, or the more seldom: the ratio
    /// of naive Bayes (Wang and Manning 2012, "Baselines and bigrams"), here for all classes at once. Features before `from` are as they were.
    fn free_what_tells(&mut self, from: u32) {
        let classes = self.classes;
        let mut counts = vec![0.0_f32; self.used * classes];
        let mut last = vec![usize::MAX; self.used];
        for at in 0..self.rows.len() {
            let (row, class, weight) = self.rows.row(at);
            for (feature, _) in row {
                let place = self.place[*feature as usize] as usize;
                if last[place] != at {
                    counts[place * classes + usize::from(class)] += weight;
                    last[place] = at;
                }
            }
        }
        let telling = &self.place[from as usize..];
        let spans = || telling.iter().filter(|place| **place != u32::MAX).map(|place| *place as usize * classes);
        // Each is counted once more than it was seen.
        let mut of_class = vec![spans().count() as f64; classes];
        for span in spans() {
            of_class.iter_mut().zip(&counts[span..]).for_each(|(sum, count)| *sum += f64::from(*count));
        }
        let of_all = of_class.iter().sum::<f64>() - (classes.max(1) - 1) as f64 * spans().count() as f64;
        let of_others: Vec<f64> = of_class.iter().map(|own| of_all + spans().count() as f64 - own).collect();
        let mut squares = 0.0;
        for span in spans() {
            let own = &mut counts[span..span + classes];
            let all: f32 = own.iter().sum();
            for (at, count) in own.iter_mut().enumerate() {
                let (inside, outside) = (f64::from(1.0 + *count), f64::from(1.0 + all - *count));
                let ratio = (inside / of_class[at] / (outside / of_others[at])).ln().abs();
                squares += ratio * ratio;
                *count = ratio as f32;
            }
        }
        let mean = (squares / (spans().count() * classes).max(1) as f64).sqrt().max(f64::MIN_POSITIVE) as f32;
        for span in spans() {
            for (penalty, ratio) in self.penalties[span..span + classes].iter_mut().zip(&counts[span..]) {
                *penalty = (1.0 - TOLD + TOLD * ratio / mean).powi(-2);
            }
        }
    }

    /// The loss at these weights, and its slope.
    fn loss(&self, weights: &[f32], slope: &mut [f32]) -> f64 {
        let classes = self.classes;
        for ((slope, weight), penalty) in slope.iter_mut().zip(weights).zip(&self.penalties) {
            *slope = weight * penalty;
        }
        let mut loss = dot(weights, slope) / 2.0;
        let mut off = vec![0.0_f32; classes];
        for at in 0..self.rows.len() {
            let (row, class, weight) = self.rows.row(at);
            off.fill(0.0);
            for (feature, value) in row {
                let from = self.place[*feature as usize] as usize * classes;
                for (sum, own) in off.iter_mut().zip(&weights[from..from + classes]) {
                    *sum += own * value;
                }
            }
            loss += f64::from(self.cost * weight * to_slopes(&mut off, class, self.cost * weight));
            for (feature, value) in row {
                let from = self.place[*feature as usize] as usize * classes;
                for (sum, off) in slope[from..from + classes].iter_mut().zip(&off) {
                    *sum += off * value;
                }
            }
        }
        loss
    }

    fn spread_out(&self, weights: &[f32]) -> Vec<f32> {
        let mut all = vec![0.0; self.place.len() * self.classes];
        for (feature, place) in self.place.iter().enumerate().filter(|(_, place)| **place != u32::MAX) {
            let from = *place as usize * self.classes;
            all[feature * self.classes..][..self.classes].copy_from_slice(&weights[from..from + self.classes]);
        }
        all
    }
}

/// Logits become what they are off: the chance of each class less that which it should have, times how much the example counts. Gives the
/// loss.
fn to_slopes(off: &mut [f32], class: u16, counts: f32) -> f32 {
    let best = off.iter().copied().fold(f32::MIN, f32::max);
    let mut sum = 0.0;
    for own in off.iter_mut() {
        *own = (*own - best).exp();
        sum += *own;
    }
    let mut loss = 0.0;
    for (at, own) in off.iter_mut().enumerate() {
        *own /= sum;
        if at == usize::from(class) {
            loss = -own.max(1e-12).ln();
            *own -= 1.0;
        }
        *own *= counts;
    }
    loss
}

fn dot(one: &[f32], other: &[f32]) -> f64 {
    // Sums of a few thousand in 32 bits, which the compiler does eight at a time, and those in 64.
    let part = |(one, other): (&[f32], &[f32])| {
        let mut lanes = [0.0_f32; 8];
        for (one, other) in one.chunks(8).zip(other.chunks(8)) {
            for ((lane, one), other) in lanes.iter_mut().zip(one).zip(other) {
                *lane += one * other;
            }
        }
        f64::from(lanes.iter().sum::<f32>())
    };
    one.chunks(4096).zip(other.chunks(4096)).map(part).sum()
}

fn norm(own: &[f32]) -> f64 {
    dot(own, own).sqrt()
}

/// Where to go: the two loops of L-BFGS (Nocedal and Wright, "Numerical Optimization", algorithm 7.4).
fn direction(slope: &[f32], memory: &[(Vec<f32>, Vec<f32>, f64)]) -> Vec<f32> {
    let mut way: Vec<f32> = slope.iter().map(|own| -own).collect();
    let mut shares = Vec::with_capacity(memory.len());
    for (moved, turned, product) in memory.iter().rev() {
        let share = dot(moved, &way) / product;
        add(&mut way, turned, -share);
        shares.push(share);
    }
    if let Some((_, turned, product)) = memory.last() {
        let scale = (product / dot(turned, turned).max(f64::MIN_POSITIVE)) as f32;
        way.iter_mut().for_each(|own| *own *= scale);
    }
    for ((moved, turned, product), share) in memory.iter().zip(shares.iter().rev()) {
        let back = dot(turned, &way) / product;
        add(&mut way, moved, share - back);
    }
    way
}

fn add(to: &mut [f32], what: &[f32], times: f64) {
    let times = times as f32;
    to.iter_mut().zip(what).for_each(|(to, what)| *to += times * what);
}

type Place<'a> = (&'a [f32], &'a [f32]);

fn remember(memory: &mut Vec<(Vec<f32>, Vec<f32>, f64)>, from: Place<'_>, to: Place<'_>) {
    let less = |(to, from): (&f32, &f32)| to - from;
    let moved: Vec<f32> = to.0.iter().zip(from.0).map(less).collect();
    let turned: Vec<f32> = to.1.iter().zip(from.1).map(less).collect();
    let product = dot(&moved, &turned);
    if product > 1e-10 {
        if memory.len() == MEMORY {
            memory.remove(0);
        }
        memory.push((moved, turned, product));
    }
}
