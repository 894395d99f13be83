//! The messages in which a server tells changes: logical replication, protocol version 1
//! (<https://www.postgresql.org/docs/current/protocol-logicalrep-message-formats.html>). Bytes in, messages out.

use bytes::{Buf, Bytes};

/// A message.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Message {
    /// A transaction begins, whose commit lies at `lsn` and was at `at_us`, microseconds since 2000.
    Begin { lsn: u64, at_us: i64 },
    /// It ends; what comes next lies at `end` or later.
    Commit { end: u64 },
    /// What a table is like from now on.
    Relation(u32, Relation),
    /// A row was inserted into the table of that number.
    Insert { table: u32, new: Vec<Cell> },
    /// A row was changed. What it was is told in whole, or its key only if that changed, or not at all.
    Update { table: u32, old: Option<Old>, new: Vec<Cell> },
    /// A row was deleted.
    Delete { table: u32, old: Old },
    /// What is of no concern to us: types, origins, truncated tables.
    Other,
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    /// `public.orders`.
    pub(super) name: String,
    pub(super) columns: Vec<Column>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// The number of its type.
    pub(super) kind: u32,
    /// Whether it is of the key that rows are known by.
    pub(super) is_key: bool,
}

/// What a row was.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Old {
    /// Whether all of it is told, not the key alone.
    pub(super) is_whole: bool,
    pub(super) cells: Vec<Cell>,
}

/// A value of a row, as the server writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Null,
    /// A large value that did not change and is not told.
    Unchanged,
    Text(Bytes),
}

/// What can't be read: the server speaks otherwise than it is documented to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the server sent a change that can't be read")]
pub(super) struct Unreadable;

/// Reads one message.
pub(super) fn read(mut from: Bytes) -> Result<Message, Unreadable> {
    let from = &mut from;
    Ok(match u8(from)? {
        b'B' => Message::Begin { lsn: u64(from)?, at_us: u64(from)? as i64 },
        b'C' => {
            skip(from, 1 + 8)?;
            Message::Commit { end: u64(from)? }
        }
        b'R' => relation(from)?,
        b'I' => {
            let table = u32(from)?;
            match u8(from)? {
                b'N' => Message::Insert { table, new: cells(from)? },
                _ => return Err(Unreadable),
            }
        }
        b'U' => update(from)?,
        b'D' => {
            let table = u32(from)?;
            let is_whole = is_whole(u8(from)?)?;
            Message::Delete { table, old: Old { is_whole, cells: cells(from)? } }
        }
        _ => Message::Other,
    })
}

fn relation(from: &mut Bytes) -> Result<Message, Unreadable> {
    let number = u32(from)?;
    let (schema, name) = (text(from)?, text(from)?);
    let _identity = u8(from)?;
    let count = u16(from)?;
    let mut columns = Vec::new();
    for _ in 0..count {
        let is_key = u8(from)? & 1 == 1;
        let name = text(from)?;
        columns.push(Column { name, kind: u32(from)?, is_key });
        skip(from, 4)?;
    }
    Ok(Message::Relation(number, Relation { name: format!("{schema}.{name}"), columns }))
}

fn update(from: &mut Bytes) -> Result<Message, Unreadable> {
    let table = u32(from)?;
    let mut old = None;
    let mut what = u8(from)?;
    if what != b'N' {
        old = Some(Old { is_whole: is_whole(what)?, cells: cells(from)? });
        what = u8(from)?;
    }
    if what != b'N' {
        return Err(Unreadable);
    }
    Ok(Message::Update { table, old, new: cells(from)? })
}

fn is_whole(what: u8) -> Result<bool, Unreadable> {
    match what {
        b'O' => Ok(true),
        b'K' => Ok(false),
        _ => Err(Unreadable),
    }
}

fn cells(from: &mut Bytes) -> Result<Vec<Cell>, Unreadable> {
    let count = u16(from)?;
    let mut cells = Vec::new();
    for _ in 0..count {
        cells.push(match u8(from)? {
            b'n' => Cell::Null,
            b'u' => Cell::Unchanged,
            b't' => {
                let length = u32(from)? as usize;
                if from.len() < length {
                    return Err(Unreadable);
                }
                Cell::Text(from.split_to(length))
            }
            _ => return Err(Unreadable),
        });
    }
    Ok(cells)
}

fn text(from: &mut Bytes) -> Result<String, Unreadable> {
    let end = from.iter().position(|byte| *byte == 0).ok_or(Unreadable)?;
    let text = from.split_to(end);
    from.advance(1);
    String::from_utf8(text.to_vec()).map_err(|_| Unreadable)
}

fn skip(from: &mut Bytes, bytes: usize) -> Result<(), Unreadable> {
    if from.len() < bytes {
        return Err(Unreadable);
    }
    from.advance(bytes);
    Ok(())
}

fn u8(from: &mut Bytes) -> Result<u8, Unreadable> {
    from.try_get_u8().map_err(|_| Unreadable)
}

fn u16(from: &mut Bytes) -> Result<u16, Unreadable> {
    from.try_get_u16().map_err(|_| Unreadable)
}

fn u32(from: &mut Bytes) -> Result<u32, Unreadable> {
    from.try_get_u32().map_err(|_| Unreadable)
}

fn u64(from: &mut Bytes) -> Result<u64, Unreadable> {
    from.try_get_u64().map_err(|_| Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn update_bytes() -> Vec<u8> {
        let mut bytes = b"U\0\0\0\x07O".to_vec();
        bytes.extend(b"\0\x03n\x75t\0\0\0\x02ab".iter());
        bytes.extend(b"N\0\x03nut\0\0\0\x01c".iter());
        bytes
    }

    #[test]
    fn an_update_tells_what_was_and_what_is() {
        let cell = |text: &'static str| Cell::Text(Bytes::from_static(text.as_bytes()));
        let old = Old { is_whole: true, cells: vec![Cell::Null, Cell::Unchanged, cell("ab")] };
        let new = vec![Cell::Null, Cell::Unchanged, cell("c")];
        assert_eq!(read(update_bytes().into()), Ok(Message::Update { table: 7, old: Some(old), new }));
    }

    #[test]
    fn what_is_cut_short_is_refused() {
        let whole = update_bytes();
        for end in 0..whole.len() {
            assert_eq!(read(Bytes::copy_from_slice(&whole[..end])), Err(Unreadable), "{end}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_much(kind in prop::sample::select(b"BCRIUDTYOM".to_vec()), rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let bytes: Vec<u8> = std::iter::once(kind).chain(rest).collect();
            drop(read(bytes.into()));
        }
    }
}
