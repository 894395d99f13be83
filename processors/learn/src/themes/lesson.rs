//! What a correction changes, told apart from changing it, as for [sentiment](crate::sentiment).

use super::{Model, UNIT};
use crate::features::Group;
use crate::softmax;

/// One step moves each logit by so many times what it is off.
const LEARNED: i64 = 3;

impl Model {
    /// What there is to be learned from a person's word that a text is about a theme: weights, and what is to be added to each.
    pub fn lesson(&self, text: &str, theme: u16) -> Vec<(u32, i32)> {
        let classes = self.themes.len() as u32;
        if u32::from(theme) >= classes {
            return Vec::new();
        }
        let mut logits = vec![0; self.themes.len()];
        self.logits(text, &mut logits);
        let mut chances = vec![0; logits.len()];
        softmax::chances(&logits, &mut chances);
        let mut buckets = Vec::new();
        self.features(text, |group, bucket| {
            if group != Group::Letters {
                buckets.push(bucket);
            }
        });
        let root = (buckets.len() as u64 * 1_000_000).isqrt().max(1) as i64;
        let mut changes = Vec::new();
        for bucket in buckets {
            for (at, chance) in (0_u32..).zip(&chances) {
                let off = i64::from(at == u32::from(theme)) * 1_000 - i64::from(*chance);
                let step = LEARNED * UNIT * off / root;
                let step = if step == 0 && at == u32::from(theme) { off.signum() } else { step };
                if step != 0 {
                    changes.push((bucket * classes + at, step as i32));
                }
            }
        }
        changes
    }

    /// Takes a lesson. What is about weights that the model does not have changes nothing.
    pub fn take(&mut self, lesson: impl IntoIterator<Item = (u32, i32)>) {
        let classes = (self.themes.len() as u32).max(1);
        for (weight, by) in lesson {
            self.add(weight / classes, (weight % classes) as usize, by.clamp(i16::MIN.into(), i16::MAX.into()) as i16);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_come_to_the_same_guesses_in_any_order() {
        let model = Model::empty(&[("delivery", &["late"]), ("price", &["expensive"])]);
        let lessons = [model.lesson("the courier was lost", 0), model.lesson("far too much money", 1)];
        assert!(lessons.iter().all(|lesson| !lesson.is_empty()));
        let (mut one, mut other) = (model.clone(), model.clone());
        lessons.iter().for_each(|lesson| one.take(lesson.iter().copied()));
        lessons.iter().rev().for_each(|lesson| other.take(lesson.iter().copied()));
        for text in ["a lost courier", "so much money", "late and expensive"] {
            assert_eq!(one.guess(text), other.guess(text));
        }
        assert_eq!(one.guess("a lost courier")[0].theme, 0);
        // Where a row lies depends on what came first; what is stored does not.
        assert!(one.to_bytes() == other.to_bytes());
        assert!(Model::from_bytes(&one.to_bytes()).unwrap().to_bytes() == one.to_bytes());
        assert!(model.lesson("anything", 7).is_empty());
    }
}
