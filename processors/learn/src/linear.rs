//! Softmax regression (multinomial logistic regression) over sparse features, trained by AdaGrad (Duchi, Hazan and Singer 2011) with one
//! rate a feature. Floats, one thread: the same examples in the same order give the same weights.

use crate::figures::Chance;

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

    /// Drops features that fewer examples have than `least`, but for those below `keep`; a rare one tells of one example only.
    pub(crate) fn prune(&mut self, least: u32, keep: u32, features: usize) {
        let mut seen = vec![(0_u32, usize::MAX); features];
        for at in 0..self.len() {
            for (feature, _) in self.row(at).0 {
                let seen = &mut seen[*feature as usize];
                if seen.1 != at {
                    *seen = (seen.0 + 1, at);
                }
            }
        }
        let mut kept = Vec::with_capacity(self.features.len());
        let mut ends = Vec::with_capacity(self.ends.len());
        for at in 0..self.len() {
            let common = |(feature, _): &&(u32, f32)| *feature < keep || seen[*feature as usize].0 >= least;
            kept.extend(self.row(at).0.iter().filter(common));
            ends.push(kept.len());
        }
        (self.features, self.ends) = (kept, ends);
    }
}

/// How training goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Descent {
    pub(crate) epochs: u32,
    pub(crate) rate: f32,
    /// How strongly weights are pulled to nothing.
    pub(crate) l2: f32,
    pub(crate) seed: u64,
}

/// The weights of each feature for each class: `features` rows of `classes`. `told` is called after each epoch with its number and the
/// mean loss of it.
pub(crate) fn train(
    rows: &Rows,
    features: usize,
    classes: usize,
    descent: Descent,
    mut told: impl FnMut(u32, f32),
) -> Vec<f32> {
    // Only what occurs has a row of weights.
    let mut place = vec![u32::MAX; features];
    let mut used = 0_u32;
    for (feature, _) in &rows.features {
        let own = &mut place[*feature as usize];
        if *own == u32::MAX {
            *own = used;
            used += 1;
        }
    }
    let mut weights = vec![0.0_f32; used as usize * classes];
    let mut slopes = vec![0.0_f32; used as usize];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut chance = Chance::new(descent.seed);
    let mut off = vec![0.0_f32; classes];
    for epoch in 0..descent.epochs {
        chance.shuffle(&mut order);
        let mut loss = 0.0;
        for at in &order {
            let (row, class, weight) = rows.row(*at);
            off.fill(0.0);
            for (feature, value) in row {
                let from = place[*feature as usize] as usize * classes;
                for (sum, own) in off.iter_mut().zip(&weights[from..from + classes]) {
                    *sum += own * value;
                }
            }
            loss += to_slopes(&mut off, class, weight);
            let size: f32 = off.iter().map(|own| own * own).sum();
            for (feature, value) in row {
                let own = place[*feature as usize] as usize;
                let slope = &mut slopes[own];
                *slope += size * value * value;
                let rate = descent.rate / (*slope + 1e-8).sqrt();
                let (keep, step) = (1.0 - (rate * descent.l2).min(1.0), rate * value);
                for (weight, off) in weights[own * classes..][..classes].iter_mut().zip(&off) {
                    *weight = *weight * keep - step * off;
                }
            }
        }
        told(epoch + 1, loss / rows.len().max(1) as f32);
    }
    spread_out(&weights, &place, classes)
}

/// Logits become what they are off: the chance of each class less that which it should have. Gives the loss.
fn to_slopes(off: &mut [f32], class: u16, weight: f32) -> f32 {
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
        *own *= weight;
    }
    loss
}

fn spread_out(weights: &[f32], place: &[u32], classes: usize) -> Vec<f32> {
    let mut all = vec![0.0; place.len() * classes];
    for (feature, place) in place.iter().enumerate().filter(|(_, place)| **place != u32::MAX) {
        let from = *place as usize * classes;
        all[feature * classes..][..classes].copy_from_slice(&weights[from..from + classes]);
    }
    all
}
