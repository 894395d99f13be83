//! Writing.

use super::{
    IDENTITY, INSTANT, KNOWN, KNOWN_TEXT, LONG_TEXT, PackedError, REMEMBERED_MAX, REMEMBERED_TEXT, SHORT_TEXT, SMALL,
    WHOLE_BYTES_MAX, zigzag,
};
use serde::ser::{self, Serialize};

/// `value` as bytes.
///
/// # Errors
/// Where it holds a kind of value that the format has no form for.
pub(crate) fn write<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, PackedError> {
    let mut writer = Writer { out: Vec::with_capacity(1_024), ..Writer::default() };
    value.serialize(&mut writer)?;
    Ok(writer.out)
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    instants: Known,
    identities: Known,
    texts: Known,
    before: i64,
    /// Whether the next signed number is an instant.
    is_instant: bool,
}

/// What was written out, found by its hash: number + 1 in open addressing, and what it was.
struct Known {
    places: [u8; 512],
    values: Vec<u64>,
}

impl Default for Known {
    fn default() -> Self {
        Self { places: [0; 512], values: Vec::new() }
    }
}

impl Known {
    /// The number of what was there; else remembers `value`, if there is room.
    fn number(&mut self, hash: u64, value: u64, is_same: impl Fn(u64) -> bool) -> Option<u8> {
        let mut at = (hash.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 55) as usize;
        loop {
            match self.places[at] {
                0 => break,
                place if is_same(self.values[usize::from(place) - 1]) => return Some(place - 1),
                _ => at = (at + 1) % self.places.len(),
            }
        }
        if self.values.len() < REMEMBERED_MAX {
            self.values.push(value);
            self.places[at] = self.values.len() as u8;
        }
        None
    }
}

impl Writer {
    fn whole(&mut self, value: u64) {
        let n = (71 - value.leading_zeros() as usize) / 8;
        match (value, n) {
            (..SMALL, _) => self.out.push(value as u8),
            (_, ..=WHOLE_BYTES_MAX) => {
                self.out.push((SMALL - 1) as u8 + n as u8);
                self.out.extend_from_slice(&value.to_le_bytes()[..n]);
            }
            _ => self.identity(value),
        }
    }

    fn identity(&mut self, value: u64) {
        match self.identities.number(value, value, |own| own == value) {
            Some(number) => self.out.extend_from_slice(&[KNOWN, number]),
            None => {
                self.out.push(IDENTITY);
                self.out.extend_from_slice(&value.to_le_bytes());
            }
        }
    }

    fn instant(&mut self, ms: i64) -> Done {
        if let Some(number) = self.instants.number(ms as u64, ms as u64, |own| own == ms as u64) {
            self.out.push(number);
            return Ok(());
        }
        let change = zigzag(ms.wrapping_sub(self.before));
        let n = (71 - (change | 1).leading_zeros() as usize) / 8;
        if n > WHOLE_BYTES_MAX {
            return Err(PackedError::Kind("an instant beyond those that can be said"));
        }
        self.before = ms;
        self.out.push((REMEMBERED_MAX - 1 + n) as u8);
        self.out.extend_from_slice(&change.to_le_bytes()[..n]);
        Ok(())
    }

    fn text(&mut self, text: &str) {
        let bytes = text.as_bytes();
        if REMEMBERED_TEXT.contains(&bytes.len()) {
            let start = self.out.len() + 1;
            let (out, packed) = (&self.out, (start as u64) << 8 | bytes.len() as u64);
            let same = |own: u64| {
                out.get((own >> 8) as usize..)
                    .is_some_and(|from| from.starts_with(bytes) && (own & 255) as usize == bytes.len())
            };
            if let Some(number) = self.texts.number(xxhash_rust::xxh3::xxh3_64(bytes), packed, same) {
                self.out.extend_from_slice(&[KNOWN_TEXT, number]);
                return;
            }
        }
        if bytes.len() < usize::from(SHORT_TEXT) {
            self.out.push(bytes.len() as u8);
        } else {
            self.out.push(LONG_TEXT);
            self.whole(bytes.len() as u64);
        }
        self.out.extend_from_slice(bytes);
    }
}

type Done = Result<(), PackedError>;

impl ser::Serializer for &mut Writer {
    type Ok = ();
    type Error = PackedError;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    fn is_human_readable(&self) -> bool {
        false
    }
    fn serialize_bool(self, value: bool) -> Done {
        self.out.push(u8::from(value));
        Ok(())
    }
    fn serialize_i8(self, value: i8) -> Done {
        self.serialize_i64(value.into())
    }
    fn serialize_i16(self, value: i16) -> Done {
        self.serialize_i64(value.into())
    }
    fn serialize_i32(self, value: i32) -> Done {
        self.serialize_i64(value.into())
    }
    fn serialize_i64(self, value: i64) -> Done {
        if std::mem::take(&mut self.is_instant) {
            return self.instant(value);
        }
        self.whole(zigzag(value));
        Ok(())
    }
    fn serialize_u8(self, value: u8) -> Done {
        self.serialize_u64(value.into())
    }
    fn serialize_u16(self, value: u16) -> Done {
        self.serialize_u64(value.into())
    }
    fn serialize_u32(self, value: u32) -> Done {
        self.serialize_u64(value.into())
    }
    fn serialize_u64(self, value: u64) -> Done {
        self.whole(value);
        Ok(())
    }
    fn serialize_f32(self, _: f32) -> Done {
        Err(PackedError::Kind("a float"))
    }
    fn serialize_f64(self, _: f64) -> Done {
        Err(PackedError::Kind("a float"))
    }
    fn serialize_char(self, _: char) -> Done {
        Err(PackedError::Kind("a character"))
    }
    fn serialize_str(self, value: &str) -> Done {
        self.text(value);
        Ok(())
    }
    fn serialize_bytes(self, _: &[u8]) -> Done {
        Err(PackedError::Kind("bytes"))
    }
    fn serialize_none(self) -> Done {
        self.serialize_bool(false)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        self.out.push(1);
        value.serialize(self)
    }
    fn serialize_unit(self) -> Done {
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Done {
        Ok(())
    }
    fn serialize_unit_variant(self, _: &'static str, variant: u32, _: &'static str) -> Done {
        self.serialize_u32(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Done {
        self.is_instant = name == INSTANT;
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        value: &T,
    ) -> Done {
        self.whole(variant.into());
        value.serialize(self)
    }
    fn serialize_seq(self, len: Option<usize>) -> Result<Self, PackedError> {
        self.whole(len.ok_or(PackedError::Kind("a list of unknown length"))? as u64);
        Ok(self)
    }
    fn serialize_tuple(self, _: usize) -> Result<Self, PackedError> {
        Ok(self)
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, PackedError> {
        Ok(self)
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, PackedError> {
        self.whole(variant.into());
        Ok(self)
    }
    fn serialize_map(self, len: Option<usize>) -> Result<Self, PackedError> {
        self.serialize_seq(len)
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, PackedError> {
        Ok(self)
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        variant: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, PackedError> {
        self.whole(variant.into());
        Ok(self)
    }
}

/// What has parts writes them one after the other.
macro_rules! parts {
    ($($of:ident $method:ident),+) => { $(
        impl ser::$of for &mut Writer {
            type Ok = ();
            type Error = PackedError;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
                value.serialize(&mut **self)
            }
            fn end(self) -> Done {
                Ok(())
            }
        }
    )+ };
}

/// The same, of parts with names, which are not written.
macro_rules! named_parts {
    ($($of:ident),+) => { $(
        impl ser::$of for &mut Writer {
            type Ok = ();
            type Error = PackedError;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Done {
                value.serialize(&mut **self)
            }
            fn end(self) -> Done {
                Ok(())
            }
        }
    )+ };
}

parts!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field);
parts!(SerializeTupleVariant serialize_field);
named_parts!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for &mut Writer {
    type Ok = ();
    type Error = PackedError;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        key.serialize(&mut **self)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(&mut **self)
    }
    fn end(self) -> Done {
        Ok(())
    }
}
