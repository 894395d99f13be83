//! Models as bytes: small numbers in few bytes, with a checksum at the end.

use xxhash_rust::xxh3::xxh3_64;

/// Writes.
#[derive(Debug, Default)]
pub(crate) struct Writer(Vec<u8>);

impl Writer {
    pub(crate) fn new(magic: &[u8; 8]) -> Self {
        Self(magic.to_vec())
    }

    pub(crate) fn byte(&mut self, byte: u8) {
        self.0.push(byte);
    }

    /// LEB128.
    pub(crate) fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    /// A number with a sign, in zigzag.
    pub(crate) fn signed(&mut self, number: i64) {
        self.number(((number << 1) ^ (number >> 63)) as u64);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn finish(mut self) -> Vec<u8> {
        let sum = xxh3_64(&self.0);
        self.0.extend_from_slice(&sum.to_le_bytes());
        self.0
    }
}

/// Reads what a [`Writer`] has written. Every reading says what is wrong.
#[derive(Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8], magic: &[u8; 8]) -> Result<Self, String> {
        let Some((body, sum)) = bytes.split_last_chunk::<8>() else { return Err("it is too short for a model".into()) };
        let Some(rest) = body.strip_prefix(magic) else {
            return Err(format!("it does not begin with {:?}", String::from_utf8_lossy(magic)));
        };
        if xxh3_64(body) != u64::from_le_bytes(*sum) {
            return Err("its checksum is wrong: it was cut off or changed".into());
        }
        Ok(Self(rest))
    }

    pub(crate) fn byte(&mut self) -> Result<u8, String> {
        let (first, rest) = self.0.split_first().ok_or("it ends too early")?;
        self.0 = rest;
        Ok(*first)
    }

    pub(crate) fn number(&mut self) -> Result<u64, String> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err("a number in it has no end".into())
    }

    pub(crate) fn signed(&mut self) -> Result<i64, String> {
        let number = self.number()?;
        Ok((number >> 1) as i64 ^ -((number & 1) as i64))
    }

    /// A number that fits into a smaller kind.
    pub(crate) fn fitting<T: TryFrom<i64>>(&mut self) -> Result<T, String> {
        T::try_from(self.signed()?).map_err(|_| "a number in it is out of range".into())
    }

    /// How many follow: never more than there are bytes.
    pub(crate) fn count(&mut self) -> Result<usize, String> {
        let count = self.number()?;
        if count > self.0.len() as u64 { Err("it counts more than it holds".into()) } else { Ok(count as usize) }
    }

    pub(crate) fn text(&mut self) -> Result<String, String> {
        let len = self.count()?;
        let (text, rest) = self.0.split_at(len);
        self.0 = rest;
        String::from_utf8(text.to_vec()).map_err(|_| "a name in it is no UTF-8".into())
    }

    pub(crate) fn end(&self) -> Result<(), String> {
        if self.0.is_empty() { Ok(()) } else { Err("it goes on where it should end".into()) }
    }
}
