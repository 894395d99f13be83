//! Tables: rows of files and of databases become events by a mapping.
//!
//! Whatever they come from, rows are JSON objects with the table's columns by name, and beside them, under names that begin with `$`,
//! what is known of the row itself: the file and line it stands at, or the change of a table that it is. A row that can't be
//! understood stands among the dead letters in this form, and can be decoded again from it.

pub mod folder;
pub mod postgresql;
mod rows;
