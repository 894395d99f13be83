//! The files of a data set side by side: joins between them, and the groups of rows within them.

use super::evaluate::{self, Key};
use super::mapping::{Inner, Join, Many, Ref, Rows, Step};
use super::table::Table;
use rustc_hash::FxHashMap;

/// A row of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At {
    pub file: usize,
    pub row: u32,
}

#[derive(Debug)]
pub(super) struct Tables {
    tables: Vec<Table>,
    joins: Vec<Vec<Found>>,
    groups: Vec<Option<Groups>>,
}

/// What a join finds from each row of its file: a range of `rows`.
#[derive(Debug)]
struct Found {
    file: usize,
    ranges: Vec<(u32, u32)>,
    rows: Vec<u32>,
}

/// Rows by group, in order within it.
#[derive(Debug)]
struct Groups {
    order: Vec<u32>,
    /// Of each row, its place in `order`.
    rank: Vec<u32>,
    /// Of each place in `order`, where its group begins and ends.
    range: Vec<(u32, u32)>,
}

impl Tables {
    pub(super) fn new(mapping: &Inner, tables: Vec<Table>) -> Self {
        let joins = mapping
            .files
            .iter()
            .enumerate()
            .map(|(file, map)| map.joins.iter().map(|join| Found::new(&tables, file, join)).collect())
            .collect();
        let mut all = Self { tables, joins, groups: Vec::new() };
        let groups = (0..mapping.files.len()).map(|file| all.group(mapping, file)).collect();
        all.groups = groups;
        all
    }

    /// How many rows a file has.
    pub(super) fn rows_of(&self, file: usize) -> u32 {
        self.tables[file].len() as u32
    }

    /// The row at a place in the order of its file: that of its groups, or of the file itself.
    pub(super) fn at_rank(&self, file: usize, rank: u32) -> At {
        let row = self.groups[file].as_ref().map_or(rank, |groups| groups.order[rank as usize]);
        At { file, row }
    }

    /// Whether the row at that place is the first of its group, and the last.
    pub(super) fn ends_of_group(&self, file: usize, rank: u32) -> (bool, bool) {
        let range = self.groups[file].as_ref().map_or((rank, rank + 1), |groups| groups.range[rank as usize]);
        (rank == range.0, rank + 1 == range.1)
    }

    /// File and line of a row.
    pub(super) fn place(&self, at: At) -> (&str, u64) {
        self.tables[at.file].place(at.row)
    }

    /// The value of a column, seen from a row.
    pub(super) fn cell(&self, at: At, column: &Ref) -> Option<&str> {
        let at = self.walk(at, &column.steps)?;
        self.tables[at.file].cell(at.row, column.column)
    }

    fn walk(&self, mut at: At, steps: &[Step]) -> Option<At> {
        for step in steps {
            at = match step {
                Step::Join(join) => {
                    let found = &self.joins[at.file][*join];
                    At { file: found.file, row: *found.rows_from(at.row).first()? }
                }
                step => {
                    let groups = self.groups[at.file].as_ref()?;
                    let rank = groups.rank[at.row as usize];
                    let (start, end) = groups.range[rank as usize];
                    let rank = match step {
                        Step::First => start,
                        Step::Last => end - 1,
                        _ if rank == start => return None,
                        _ => rank - 1,
                    };
                    At { file: at.file, row: groups.order[rank as usize] }
                }
            };
        }
        Some(at)
    }

    /// The row before in the group.
    pub(super) fn previous(&self, at: At) -> Option<At> {
        self.walk(at, &[Step::Previous])
    }

    /// Several rows, seen from one.
    pub(super) fn rows(&self, at: At, rows: &Rows) -> impl Iterator<Item = At> {
        let found = self.walk(at, &rows.steps).map(|at| match rows.last {
            Many::Join(join) => {
                let found = &self.joins[at.file][join];
                (found.file, found.rows_from(at.row))
            }
            Many::Group => (at.file, self.groups[at.file].as_ref().map_or(&[][..], |groups| groups.all_of(at.row))),
        });
        found.into_iter().flat_map(|(file, rows)| rows.iter().map(move |row| At { file, row: *row }))
    }

    fn group(&self, mapping: &Inner, file: usize) -> Option<Groups> {
        let group = mapping.files[file].group.as_ref()?;
        let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
        // A row without the key is a group of its own.
        let mut next = 0;
        let mut rows: Vec<(u32, Vec<Option<Key<'_>>>, u32)> = (0..self.rows_of(file))
            .map(|row| {
                let at = At { file, row };
                let mut new = || {
                    next += 1;
                    next
                };
                let number = match self.cell(at, &group.by) {
                    Some(key) => *numbers.entry(key).or_insert_with(new),
                    None => new(),
                };
                let keys = group.order.iter().map(|field| evaluate::key(self, mapping.comma, at, field)).collect();
                (number, keys, row)
            })
            .collect();
        rows.sort();
        Some(Groups::new(rows.into_iter().map(|(group, _, row)| (group, row)).collect()))
    }
}

impl Found {
    fn new(tables: &[Table], file: usize, join: &Join) -> Self {
        let target = &tables[join.file];
        let mut keyed: Vec<(&str, u32)> =
            (0..target.len() as u32).filter_map(|row| Some((target.cell(row, join.to)?, row))).collect();
        keyed.sort_unstable();
        let mut ranges: FxHashMap<&str, (u32, u32)> = FxHashMap::default();
        for (at, (key, _)) in keyed.iter().enumerate() {
            ranges.entry(key).or_insert((at as u32, at as u32)).1 = at as u32 + 1;
        }
        let own = &tables[file];
        let range = |row| own.cell(row, join.by).and_then(|key| ranges.get(key).copied()).unwrap_or((0, 0));
        Self {
            file: join.file,
            ranges: (0..own.len() as u32).map(range).collect(),
            rows: keyed.iter().map(|(_, row)| *row).collect(),
        }
    }

    fn rows_from(&self, row: u32) -> &[u32] {
        let (start, end) = self.ranges[row as usize];
        &self.rows[start as usize..end as usize]
    }
}

impl Groups {
    /// From pairs of group and row, those of a group side by side.
    fn new(rows: Vec<(u32, u32)>) -> Self {
        let mut rank = vec![0; rows.len()];
        let mut range = Vec::with_capacity(rows.len());
        for same in rows.chunk_by(|a, b| a.0 == b.0) {
            let start = range.len() as u32;
            let end = start + same.len() as u32;
            for (place, (_, row)) in (start..end).zip(same) {
                rank[*row as usize] = place;
                range.push((start, end));
            }
        }
        Self { order: rows.into_iter().map(|(_, row)| row).collect(), rank, range }
    }

    fn all_of(&self, row: u32) -> &[u32] {
        let (start, end) = self.range[self.rank[row as usize] as usize];
        &self.order[start as usize..end as usize]
    }
}
