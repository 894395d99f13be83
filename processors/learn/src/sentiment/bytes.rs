//! A model of sentiment as bytes, and in a state.

use super::signs::SIGNS;
use super::{Lexicon, Model, Pair};
use crate::bytes::{Reader, Writer};
use crate::features::Shape;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"NFsent01";

impl Model {
    /// The model as bytes: the same model, the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Writer::new(MAGIC);
        to.text(&self.name);
        to.byte(self.languages);
        for byte in [self.shape.bits, u8::from(self.shape.pairs), self.shape.letters.0, self.shape.letters.1] {
            to.byte(byte);
        }
        to.byte(self.lexicon.languages());
        let entries = self.lexicon.entries();
        to.number(entries.len() as u64);
        let mut before = 0;
        for (key, valence, role) in entries {
            to.number(u64::from(key - before));
            to.byte(valence.cast_unsigned());
            to.byte(role);
            before = key;
        }
        for weight in self.signs.iter().flatten() {
            to.signed(i64::from(*weight));
        }
        let heavy = || self.weights.iter().enumerate().filter(|(_, pair)| **pair != [0; 2]);
        to.number(heavy().count() as u64);
        let mut before = 0;
        for (bucket, pair) in heavy() {
            to.number((bucket - before) as u64);
            pair.iter().for_each(|weight| to.signed(i64::from(*weight)));
            before = bucket;
        }
        to.finish()
    }

    /// The model of such bytes.
    ///
    /// # Errors
    /// Says what is wrong with them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let mut from = Reader::new(bytes, MAGIC)?;
        let (name, languages) = (from.text()?, from.byte()?);
        let (bits, pairs, letters) = (from.byte()?, from.byte()? != 0, (from.byte()?, from.byte()?));
        if !(8..=22).contains(&bits) || letters.1 > 8 || letters.0 > letters.1 {
            return Err("its features are of a kind that is not known".into());
        }
        let shape = Shape { bits, pairs, letters };
        let lexicon = Arc::new(lexicon(&mut from)?);
        let mut signs: [Pair; SIGNS] = [[0; 2]; SIGNS];
        for weight in signs.iter_mut().flatten() {
            *weight = from.fitting()?;
        }
        let count = from.count()?;
        let mut weights: Vec<Pair> = Vec::new();
        if count > 0 {
            weights.resize(shape.buckets(), [0; 2]);
        }
        let mut bucket = 0_usize;
        for _ in 0..count {
            bucket = bucket.saturating_add(from.number()? as usize);
            let pair = weights.get_mut(bucket).ok_or("a bucket in it is out of range")?;
            *pair = [from.fitting()?, from.fitting()?];
        }
        from.end()?;
        Ok(Self { name, lexicon, shape, languages, signs, weights: Arc::new(weights) })
    }
}

fn lexicon(from: &mut Reader<'_>) -> Result<Lexicon, String> {
    let languages = from.byte()?;
    let count = from.count()?;
    let mut entries = Vec::with_capacity(count);
    let mut key = 0_u32;
    for _ in 0..count {
        let further = u32::try_from(from.number()?).map_err(|_| "a word in it is out of range")?;
        key = key.checked_add(further).filter(|key| *key > 0).ok_or("a word in it is out of range")?;
        entries.push((key, from.byte()?.cast_signed(), from.byte()?));
    }
    Lexicon::of_entries(&entries, languages).ok_or_else(|| "a word in it has a role that is not known".into())
}

impl Serialize for Model {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.to_bytes())
    }
}

impl<'de> Deserialize<'de> for Model {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = Vec::<u8>::deserialize(deserializer)?;
        Self::from_bytes(&bytes).map_err(D::Error::custom)
    }
}
