//! What those that read rows one after the other have to know of a mapping's files.

use super::mapping::{FileMap, Mapping, ROW};
use super::spec::{Encoding, Format};
use super::table::wildcard;

/// How a file of a mapping is written, and what of it is used.
#[derive(Debug, Clone)]
pub(crate) struct Shape {
    /// Its number in the mapping.
    pub(crate) number: usize,
    pub(crate) format: Format,
    pub(crate) delimiter: u8,
    pub(crate) encoding: Encoding,
    /// Whether rows depend on one another, so that they can only be read together.
    pub(crate) is_grouped: bool,
    /// Columns that the mapping uses; of several of one name which, from 0.
    pub(crate) columns: Vec<(String, usize)>,
}

impl Mapping {
    /// The file whose `path` means `name`; of several the first. A path without folders means a file in any of them.
    pub(crate) fn shape_of(&self, name: &str) -> Option<Shape> {
        let alone = name.rsplit_once('/').map_or(name, |(_, alone)| alone);
        let is_of = |path: &String| wildcard(path, if path.contains('/') { name } else { alone });
        let means = |file: &FileMap| file.paths.iter().any(is_of);
        let number = self.inner.files.iter().position(means)?;
        let file = &self.inner.files[number];
        Some(Shape {
            number,
            format: file.format,
            delimiter: file.delimiter,
            encoding: file.encoding,
            is_grouped: file.group.is_some(),
            columns: file
                .columns
                .iter()
                .filter(|column| column.name != ROW)
                .map(|column| (column.name.clone(), column.nth))
                .collect(),
        })
    }

    /// Every `path` of every file, with the name of the file.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&str, &str)> {
        let files = self.inner.files.iter().filter(|file| file.list.is_none());
        files.flat_map(|file| file.paths.iter().map(|path| (file.name.as_str(), path.as_str())))
    }

    /// The formats of its files.
    pub(crate) fn formats(&self) -> impl Iterator<Item = Format> {
        self.inner.files.iter().map(|file| file.format)
    }

    /// What a row would need that is not there where rows come one after the other.
    ///
    /// # Errors
    /// The join that would need another file.
    pub(crate) fn needs_only_rows(&self) -> Result<(), String> {
        let files = &self.inner.files;
        // A list comes with the row that it is in.
        let is_list = |at: usize, of: usize| files[at].list.as_ref().is_some_and(|(outer, _)| *outer == of);
        let needs_another = |at: usize| files[at].joins.iter().any(|it| !is_list(at, it.file) && !is_list(it.file, at));
        match (0..files.len()).find(|at| needs_another(*at)).map(|at| &files[at]) {
            None => Ok(()),
            Some(file) => Err(format!(
                "mapping: the file \"{}\" has joins, and rows that come one after the other have nothing to join: `nexusflow replay` reads whole data sets",
                file.name
            )),
        }
    }

    /// A number that another text of the mapping changes.
    pub(crate) fn hash(&self) -> u64 {
        self.inner.hash
    }
}
