//! What a correction changes, told apart from changing it: who corrects tells others by how much which weights move, and not the text.
//!
//! A lesson is a sum of changes, so that models that hear of the same lessons in another order come to the same weights.

use super::reading::{Sink, read};
use super::{Class, Model, Sums, UNIT};
use crate::features::Group;
use crate::softmax;
use crate::text::Token;
use std::sync::Arc;

/// One step moves each logit by so many times what it is off.
const LEARNED: i64 = 3;

impl Model {
    /// What there is to be learned from a person's word that a text is of that class: weights, and what is to be added to each. Nothing
    /// where the model can't judge the language.
    pub fn lesson(&self, text: &str, class: Class) -> Vec<(u32, i32)> {
        let Some(language) = self.language(text).or_else(|| self.language_to_learn(text)) else { return Vec::new() };
        let mut sums = Sums { weights: &self.weights, of: [[0; 2]; 2], counts: [0; 2], known: 0 };
        let mut buckets = Buckets(Vec::new());
        let tone = read(text, &self.lexicon, language, Some(self.shape), &mut buckets);
        let shape = (!self.weights.is_empty()).then_some(self.shape);
        read(text, &self.lexicon, language, shape, &mut sums);
        let mut chances = [0; 3];
        softmax::chances(&self.logits(&tone, &sums), &mut chances);
        // How far each side is from what was said, in thousandths.
        let off = [Class::Negative, Class::Positive]
            .map(|side| i64::from(class == side) * 1_000 - i64::from(chances[side as usize]));
        let root = (buckets.0.len() as u64 * 1_000_000).isqrt().max(1) as i64;
        let mut changes = Vec::with_capacity(2 * buckets.0.len());
        for bucket in buckets.0 {
            for (side, off) in (0_u32..).zip(off) {
                let step = LEARNED * UNIT * off / root;
                let step = if step == 0 { off.signum() } else { step };
                if step != 0 {
                    changes.push((bucket * 2 + side, step as i32));
                }
            }
        }
        changes
    }

    /// Takes a lesson. What is about weights that the model does not have changes nothing.
    pub fn take(&mut self, lesson: impl IntoIterator<Item = (u32, i32)>) {
        let weights = Arc::make_mut(&mut self.weights);
        weights.resize(self.shape.buckets(), [0; 2]);
        for (weight, by) in lesson {
            let Some(pair) = weights.get_mut((weight / 2) as usize) else { continue };
            let own = &mut pair[(weight % 2) as usize];
            *own = own.saturating_add(by.clamp(i16::MIN.into(), i16::MAX.into()) as i16);
        }
    }
}

/// The buckets of a text's words and pairs.
struct Buckets(Vec<u32>);

impl Sink for Buckets {
    fn feature(&mut self, group: Group, bucket: u32, _: &Token) {
        if group != Group::Letters {
            self.0.push(bucket);
        }
    }

    fn value(&mut self, _: i64, _: &Token) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_come_to_the_same_in_any_order() {
        let model = Model::shipped();
        let lessons = [
            model.lesson("the wrap was soggy", Class::Negative),
            model.lesson("the wrap came early", Class::Positive),
            model.lesson("it is a wrap", Class::Neutral),
        ];
        assert!(lessons.iter().all(|lesson| !lesson.is_empty()));
        let (mut one, mut other) = (model.clone(), model.clone());
        lessons.iter().for_each(|lesson| one.take(lesson.iter().copied()));
        lessons.iter().rev().for_each(|lesson| other.take(lesson.iter().copied()));
        assert!(one == other && one != *model);
        assert!(one == Model::from_bytes(&one.to_bytes()).unwrap());
    }

    #[test]
    fn a_lesson_about_weights_that_are_not_there_changes_nothing() {
        let mut model = Model::shipped().clone();
        model.take([(u32::MAX, 5)]);
        assert_eq!(model.judge("great, thank you"), Model::shipped().judge("great, thank you"));
    }
}
