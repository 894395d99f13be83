//! Cuts a file into its JSON values without reading any of them: one after the other, or those of an array. What is broken ends
//! where it can be told that the next one begins, so that a mistake in one is not a mistake in all.

use nexusflow_model::limits::EVENT_BYTES_MAX;
use std::io::{self, BufRead};

/// More of a value is not kept: no event may be so long.
pub(super) const BYTES_MAX: usize = 4 * EVENT_BYTES_MAX;

/// A value, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: Vec<u8>,
    /// From 1.
    pub(super) line: u64,
    /// From 1, in bytes.
    pub(super) column: u64,
    /// Whether it is longer than what is kept of it.
    pub(super) is_cut: bool,
}

/// The values of a file.
pub(super) struct Pieces<R> {
    reader: R,
    line: u64,
    column: u64,
    /// Whether the file is an array; not known before its first byte.
    is_array: Option<bool>,
}

/// How far a value has come.
struct Shape {
    depth: u32,
    in_text: bool,
    escaped: bool,
}

impl<R: BufRead> Pieces<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, line: 1, column: 1, is_array: None }
    }

    fn peek(&mut self) -> io::Result<Option<u8>> {
        loop {
            match self.reader.fill_buf() {
                Ok(bytes) => return Ok(bytes.first().copied()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn take(&mut self, byte: u8) {
        self.reader.consume(1);
        if byte == b'\n' {
            (self.line, self.column) = (self.line + 1, 1);
        } else {
            self.column += 1;
        }
    }

    fn next_piece(&mut self) -> io::Result<Option<Piece>> {
        let first = loop {
            let Some(byte) = self.peek()? else { return Ok(None) };
            let is_first = self.is_array.is_none() && !byte.is_ascii_whitespace() && !self.skip_mark(byte)?;
            if is_first {
                self.is_array = Some(byte == b'[');
            }
            let is_between = byte.is_ascii_whitespace()
                || self.is_array.is_none()
                || (self.is_array == Some(true) && (is_first || matches!(byte, b',' | b']')));
            if !is_between {
                break byte;
            }
            if self.is_array.is_some() || byte.is_ascii_whitespace() {
                self.take(byte);
            }
        };
        let mut piece = Piece { text: Vec::new(), line: self.line, column: self.column, is_cut: false };
        let mut shape = Shape { depth: 0, in_text: false, escaped: false };
        let mut byte = Some(first);
        while let Some(now) = byte {
            // A scalar ends where the next value may begin; it is none of ours.
            let is_end = shape.depth == 0
                && !shape.in_text
                && (now == b'\n' || (self.is_array == Some(true) && matches!(now, b',' | b']')));
            if is_end {
                break;
            }
            self.take(now);
            if piece.text.len() < BYTES_MAX {
                piece.text.push(now)
            } else {
                piece.is_cut = true
            }
            if shape.is_whole_with(now) {
                break;
            }
            byte = self.peek()?;
            // No value of JSON Lines goes on in a line that begins like an event, and none that is indented has such a line.
            if now == b'\n' && byte == Some(b'{') && self.is_array == Some(false) {
                break;
            }
        }
        Ok(Some(piece))
    }

    /// Skips the byte order mark that some programs put before UTF-8.
    fn skip_mark(&mut self, byte: u8) -> io::Result<bool> {
        let is_mark = byte == 0xEF && self.reader.fill_buf()?.starts_with(b"\xEF\xBB\xBF");
        if is_mark {
            self.reader.consume(3);
        }
        Ok(is_mark)
    }
}

impl Shape {
    /// Whether an object or array is whole with this byte.
    fn is_whole_with(&mut self, byte: u8) -> bool {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                // A text has no line break: it was never closed.
                b'"' | b'\n' => self.in_text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0;
            }
            _ => {}
        }
        false
    }
}

impl<R: BufRead> Iterator for Pieces<R> {
    type Item = io::Result<Piece>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_piece().transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<(String, u64, u64)> {
        let pieces = Pieces::new(text.as_bytes()).map(|piece| piece.unwrap());
        pieces
            .map(|piece| (String::from_utf8(piece.text).unwrap().trim_end().to_owned(), piece.line, piece.column))
            .collect()
    }

    fn texts(text: &str) -> Vec<String> {
        cut(text).into_iter().map(|(text, ..)| text).collect()
    }

    #[test]
    fn lines_documents_and_arrays_are_cut_into_their_values() {
        assert_eq!(cut("{\"a\":1}\n\n {\"b\":2}\n"), [("{\"a\":1}".into(), 1, 1), ("{\"b\":2}".into(), 3, 2)]);
        assert_eq!(cut("{\n  \"a\": {\n}\n}\n"), [("{\n  \"a\": {\n}\n}".into(), 1, 1)]);
        assert_eq!(cut("[{\"a\":[1]},\n {\"b\":\"]\"}, 7]\n").len(), 3);
        assert_eq!(cut("[\n {\"a\":1}\n]"), [("{\"a\":1}".into(), 2, 2)]);
        assert_eq!(cut("\u{feff}{\"a\":1}").len(), 1);
        assert_eq!(cut(" \n"), []);
        assert_eq!(cut("[]"), []);
    }

    #[test]
    fn what_is_broken_ends_where_the_next_one_begins() {
        assert_eq!(texts("{\"a\":\n{\"b\":2}\n"), ["{\"a\":", "{\"b\":2}"]);
        assert_eq!(texts("{\"a\": \"x\n{\"b\":2}\n"), ["{\"a\": \"x", "{\"b\":2}"]);
        assert_eq!(texts("hello\n{\"b\":2}\n"), ["hello", "{\"b\":2}"]);
        assert_eq!(texts("{\"b\":2} x\n{\"c\":3}"), ["{\"b\":2}", "x", "{\"c\":3}"]);
        assert_eq!(texts("[{\"a\":nul}, {\"b\":2}]"), ["{\"a\":nul}", "{\"b\":2}"]);
    }

    #[test]
    fn no_more_is_kept_than_an_event_may_have() {
        let long = format!("\"{}\"\n{{}}", "x".repeat(2 * BYTES_MAX));
        let pieces: Vec<Piece> = Pieces::new(long.as_bytes()).map(|piece| piece.unwrap()).collect();
        assert_eq!((pieces[0].text.len(), pieces[0].is_cut), (BYTES_MAX, true));
        assert_eq!((&*pieces[1].text, pieces[1].line), (b"{}".as_slice(), 2));
    }

    proptest! {
        #[test]
        fn nothing_is_lost_whatever_comes(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let kept: usize = Pieces::new(bytes.as_slice()).map(|piece| piece.unwrap().text.len()).sum();
            prop_assert!(kept <= bytes.len());
        }

        #[test]
        fn values_come_back(values in proptest::collection::vec("[a-z\\\\\"{}\\[\\], \n]{0,12}", 0..20), as_array: bool) {
            let events: Vec<String> = values.iter().map(|text| serde_json::json!({ "a": text }).to_string()).collect();
            let text = if as_array { format!("[{}]", events.join(",\n ")) } else { events.join("\n") };
            prop_assert_eq!(texts(&text), events);
        }
    }
}
