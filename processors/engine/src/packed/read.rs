//! Reading.

use super::{
    IDENTITY, INSTANT, KNOWN, KNOWN_TEXT, LONG_TEXT, PackedError, REMEMBERED_MAX, REMEMBERED_TEXT, SHORT_TEXT, SMALL,
    unzigzag,
};
use serde::de::{self, Deserialize, DeserializeSeed, Visitor};

/// The value that `bytes` are the form of.
///
/// # Errors
/// Where they are none.
pub(crate) fn read<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, PackedError> {
    let mut reader = Reader::new(bytes);
    let value = T::deserialize(&mut reader)?;
    if reader.rest.is_empty() { Ok(value) } else { Err(PackedError::Surplus(reader.rest.len())) }
}

/// What the value begins with: its first fields, in order.
///
/// # Errors
/// Where the bytes are none of such a value.
pub(crate) fn read_beginning<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, PackedError> {
    T::deserialize(&mut Reader::new(bytes))
}

struct Reader<'de> {
    rest: &'de [u8],
    instants: Vec<i64>,
    identities: Vec<u64>,
    texts: Vec<&'de str>,
    before: i64,
    /// Whether the next signed number is an instant.
    is_instant: bool,
}

impl<'de> Reader<'de> {
    fn new(rest: &'de [u8]) -> Self {
        let (instants, identities, texts) = (Vec::with_capacity(64), Vec::with_capacity(64), Vec::with_capacity(32));
        Self { rest, instants, identities, texts, before: 0, is_instant: false }
    }

    fn take(&mut self, n: usize) -> Result<&'de [u8], PackedError> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or(PackedError::Ends)?;
        self.rest = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, PackedError> {
        let (byte, rest) = self.rest.split_first().ok_or(PackedError::Ends)?;
        self.rest = rest;
        Ok(*byte)
    }

    /// A number of `n` bytes, at most 8.
    fn little(&mut self, n: usize) -> Result<u64, PackedError> {
        let mut bytes = [0; 8];
        bytes[..n].copy_from_slice(self.take(n)?);
        Ok(u64::from_le_bytes(bytes))
    }

    fn whole(&mut self) -> Result<u64, PackedError> {
        match self.byte()? {
            KNOWN => {
                let number = self.byte()?;
                self.identities.get(usize::from(number)).copied().ok_or(PackedError::Byte(number))
            }
            IDENTITY => {
                let value = self.little(8)?;
                remember(&mut self.identities, value);
                Ok(value)
            }
            small if u64::from(small) < SMALL => Ok(small.into()),
            mark => self.little(usize::from(mark) + 1 - SMALL as usize),
        }
    }

    fn length(&mut self) -> Result<usize, PackedError> {
        usize::try_from(self.whole()?).map_err(|_| PackedError::Ends)
    }

    fn signed(&mut self) -> Result<i64, PackedError> {
        if !std::mem::take(&mut self.is_instant) {
            return self.whole().map(unzigzag);
        }
        let mark = usize::from(self.byte()?);
        if mark < REMEMBERED_MAX {
            return self.instants.get(mark).copied().ok_or(PackedError::Byte(mark as u8));
        }
        let change = unzigzag(self.little(mark + 1 - REMEMBERED_MAX)?);
        self.before = self.before.wrapping_add(change);
        remember(&mut self.instants, self.before);
        Ok(self.before)
    }

    fn text(&mut self) -> Result<&'de str, PackedError> {
        let length = match self.byte()? {
            short if short < SHORT_TEXT => usize::from(short),
            LONG_TEXT => self.length()?,
            KNOWN_TEXT => {
                let number = self.byte()?;
                return self.texts.get(usize::from(number)).copied().ok_or(PackedError::Byte(number));
            }
            other => return Err(PackedError::Byte(other)),
        };
        let text = std::str::from_utf8(self.take(length)?).map_err(|error| PackedError::Said(error.to_string()))?;
        if REMEMBERED_TEXT.contains(&length) {
            remember(&mut self.texts, text);
        }
        Ok(text)
    }

    fn flag(&mut self) -> Result<bool, PackedError> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(PackedError::Byte(other)),
        }
    }
}

fn remember<T>(known: &mut Vec<T>, value: T) {
    if known.len() < REMEMBERED_MAX {
        known.push(value);
    }
}

/// Signed and unsigned numbers of all widths.
macro_rules! numbers {
    ($read:ident, $visit:ident: $($method:ident),+) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PackedError> {
            visitor.$visit(self.$read()?)
        }
    )+ };
}

/// Kinds that profiles don't have.
macro_rules! none {
    ($($method:ident),+) => { $(
        fn $method<V: Visitor<'de>>(self, _: V) -> Result<V::Value, PackedError> {
            Err(PackedError::Kind(stringify!($method)))
        }
    )+ };
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = PackedError;

    numbers!(signed, visit_i64: deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64);
    numbers!(whole, visit_u64: deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64);
    none!(deserialize_any, deserialize_f32, deserialize_f64, deserialize_char, deserialize_bytes);
    none!(deserialize_byte_buf, deserialize_identifier, deserialize_ignored_any);

    fn is_human_readable(&self) -> bool {
        false
    }
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PackedError> {
        visitor.visit_bool(self.flag()?)
    }
    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PackedError> {
        visitor.visit_borrowed_str(self.text()?)
    }
    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PackedError> {
        self.deserialize_str(visitor)
    }
    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PackedError> {
        if self.flag()? { visitor.visit_some(self) } else { visitor.visit_none() }
    }
    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PackedError> {
        visitor.visit_unit()
    }
    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, PackedError> {
        visitor.visit_unit()
    }
    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, PackedError> {
        self.is_instant = name == INSTANT;
        visitor.visit_newtype_struct(self)
    }
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PackedError> {
        let left = self.length()?;
        visitor.visit_seq(Parts { reader: self, left })
    }
    fn deserialize_tuple<V: Visitor<'de>>(self, left: usize, visitor: V) -> Result<V::Value, PackedError> {
        visitor.visit_seq(Parts { reader: self, left })
    }
    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        left: usize,
        visitor: V,
    ) -> Result<V::Value, PackedError> {
        self.deserialize_tuple(left, visitor)
    }
    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, PackedError> {
        let left = self.length()?;
        visitor.visit_map(Parts { reader: self, left })
    }
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PackedError> {
        self.deserialize_tuple(fields.len(), visitor)
    }
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PackedError> {
        visitor.visit_enum(self)
    }
}

/// What has parts, one after the other.
struct Parts<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
}

impl<'de> de::SeqAccess<'de> for Parts<'_, 'de> {
    type Error = PackedError;
    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, PackedError> {
        let Some(left) = self.left.checked_sub(1) else { return Ok(None) };
        self.left = left;
        seed.deserialize(&mut *self.reader).map(Some)
    }
    fn size_hint(&self) -> Option<usize> {
        // Every part takes a byte at least, but those that take none are not worth a hint.
        Some(self.left.min(self.reader.rest.len()))
    }
}

impl<'de> de::MapAccess<'de> for Parts<'_, 'de> {
    type Error = PackedError;
    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, PackedError> {
        de::SeqAccess::next_element_seed(self, seed)
    }
    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, PackedError> {
        seed.deserialize(&mut *self.reader)
    }
    fn size_hint(&self) -> Option<usize> {
        de::SeqAccess::size_hint(self)
    }
}

impl<'de> de::EnumAccess<'de> for &mut Reader<'de> {
    type Error = PackedError;
    type Variant = Self;
    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), PackedError> {
        let variant = u32::try_from(self.whole()?).map_err(|_| PackedError::Ends)?;
        let value = seed.deserialize(de::value::U32Deserializer::<PackedError>::new(variant))?;
        Ok((value, self))
    }
}

impl<'de> de::VariantAccess<'de> for &mut Reader<'de> {
    type Error = PackedError;
    fn unit_variant(self) -> Result<(), PackedError> {
        Ok(())
    }
    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, PackedError> {
        seed.deserialize(self)
    }
    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, PackedError> {
        de::Deserializer::deserialize_tuple(self, len, visitor)
    }
    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, PackedError> {
        de::Deserializer::deserialize_tuple(self, fields.len(), visitor)
    }
}
