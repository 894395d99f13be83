//! A model of themes as bytes, and in a state.

use super::Model;
use crate::bytes::{Reader, Writer};
use crate::features::Shape;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::sync::Arc;

const MAGIC: &[u8; 8] = b"NFthem01";

impl Model {
    /// The model as bytes: the same model, the same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = Writer::new(MAGIC);
        to.text(&self.name);
        to.number(self.themes.len() as u64);
        self.themes.iter().for_each(|theme| to.text(theme));
        for byte in [self.shape.bits, u8::from(self.shape.pairs), self.shape.letters.0, self.shape.letters.1] {
            to.byte(byte);
        }
        self.bias.iter().for_each(|weight| to.signed(i64::from(*weight)));
        let heavy = || (0..self.rows.len() as u32).filter_map(|bucket| Some((bucket, self.row(bucket)?)));
        to.number(heavy().count() as u64);
        let mut before = 0;
        for (bucket, row) in heavy() {
            to.number(u64::from(bucket - before));
            row.iter().for_each(|weight| to.signed(i64::from(*weight)));
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
        let name = from.text()?;
        let themes: Vec<String> = (0..from.count()?).map(|_| from.text()).collect::<Result<_, _>>()?;
        let (bits, pairs, letters) = (from.byte()?, from.byte()? != 0, (from.byte()?, from.byte()?));
        if !(8..=22).contains(&bits) || letters.1 > 8 || letters.0 > letters.1 || themes.len() > usize::from(u16::MAX) {
            return Err("its features are of a kind that is not known".into());
        }
        let shape = Shape { bits, pairs, letters };
        let bias = themes.iter().map(|_| from.fitting()).collect::<Result<_, _>>()?;
        let count = from.count()?;
        let mut rows = Vec::new();
        if count > 0 {
            rows.resize(shape.buckets(), 0);
        }
        let mut weights = Vec::new();
        let mut bucket = 0_usize;
        for row in 1..=count {
            bucket = bucket.saturating_add(from.number()? as usize);
            *rows.get_mut(bucket).ok_or("a bucket in it is out of range")? = row as u32;
            for _ in &themes {
                weights.push(from.fitting()?);
            }
        }
        from.end()?;
        Ok(Self { name, themes, shape, bias, rows: Arc::new(rows), weights: Arc::new(weights) })
    }
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
