//! From what stands in TOML to a mapping that can be used: names resolved, everything checked that can be without the data.

use super::compile_event;
use super::mapping::{Column, FileMap, Group, Inner, Join, Many, Part, ROW, Ref, Rows, Step};
use super::spec::{ColumnSpec, DecimalMark, FileSpec, Format, MappingSpec, SourceSpec};
use nexusflow_model::Source;
use toml::Spanned;

/// What is wrong, and at which byte of the text.
#[derive(Debug)]
pub(super) struct Fault {
    pub at: usize,
    pub key: String,
    pub reason: String,
}

impl Fault {
    pub(super) fn new(at: usize, key: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { at, key: key.into(), reason: reason.into() }
    }
}

pub(super) fn mapping(name: &str, text: &str) -> Result<Inner, Fault> {
    let spec: MappingSpec = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        Fault::new(at, key_near(text, at), error.message().to_owned())
    })?;
    let at = spec.source.span().start;
    let source = spec.source.get_ref();
    let uri = Source::new(&source.uri).map_err(|error| Fault::new(at, "source.uri", error.to_string()))?;
    let mut files = Files::new(source, &spec.files)?;
    files.resolve_joins(&spec.files)?;
    files.resolve_groups(&spec.files)?;
    let mut events = Vec::with_capacity(spec.events.len());
    for (at, event) in spec.events.iter().enumerate() {
        events.push(compile_event::event(&mut files, event, &format!("event[{}]", at + 1))?);
    }
    Ok(Inner {
        name: name.to_owned(),
        about: source.about.clone(),
        source: uri,
        hash: xxhash_rust::xxh3::xxh3_64(text.as_bytes()),
        comma: files.comma(),
        files: files.files,
        events,
    })
}

/// The key of the line at byte `at`, as well as it can be told: what stands before its `=`, or the line itself.
fn key_near(text: &str, at: usize) -> String {
    let start = text[..at.min(text.len())].rfind('\n').map_or(0, |newline| newline + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    line.split('=').next().unwrap_or(line).trim().to_owned()
}

/// Where the rows of a file come from: its paths, and where it is a list in another file's rows, that file and the list's path.
type Place = (Vec<String>, Option<(usize, String)>);

/// The files while columns are still being asked for.
#[derive(Debug)]
pub(super) struct Files<'a> {
    pub source: &'a SourceSpec,
    files: Vec<FileMap>,
    join_names: Vec<Vec<String>>,
    grouped: Vec<bool>,
}

impl<'a> Files<'a> {
    fn new(source: &'a SourceSpec, specs: &[Spanned<FileSpec>]) -> Result<Self, Fault> {
        let mut all = Self { source, files: Vec::new(), join_names: Vec::new(), grouped: Vec::new() };
        for (index, spec) in specs.iter().enumerate() {
            let (at, key, spec) = (spec.span().start, format!("file[{}]", index + 1), spec.get_ref());
            if all.files.iter().any(|file| file.name == spec.name) {
                return Err(Fault::new(at, key + ".name", format!("\"{}\" is there already", spec.name)));
            }
            let delimiter = u8::try_from(spec.delimiter).ok().filter(u8::is_ascii);
            let delimiter =
                delimiter.ok_or_else(|| Fault::new(at, format!("{key}.delimiter"), "must be an ASCII character"))?;
            let (paths, list) =
                all.place(spec).map_err(|(name, reason)| Fault::new(at, format!("{key}.{name}"), reason))?;
            let outer = list.as_ref().map(|(outer, _)| &all.files[*outer]);
            let (format, optional) = outer.map_or((spec.format, spec.optional), |outer| (outer.format, outer.optional));
            all.files.push(FileMap {
                name: spec.name.clone(),
                paths,
                format,
                delimiter,
                encoding: spec.encoding,
                nulls: spec.null.clone(),
                optional,
                list,
                columns: Vec::new(),
                group: None,
                joins: Vec::new(),
            });
            all.join_names.push(Vec::new());
            all.grouped.push(spec.group.is_some());
            for (name, cleaning) in &spec.columns {
                let column = all.column(index, name);
                all.files[index].columns[column].clean(cleaning.get_ref());
            }
        }
        Ok(all)
    }

    /// Where the rows of a file come from: its paths, and the list within another file's rows where it is one.
    fn place(&self, spec: &FileSpec) -> Result<Place, (&'static str, String)> {
        let (within, list) = match (&spec.path, &spec.within, &spec.list) {
            (Some(path), None, None) => return Ok((path.as_slice().to_vec(), None)),
            (None, Some(within), Some(list)) => (within, list),
            (Some(_), ..) => return Err(("path", "has no meaning with \"within\" and \"list\"".to_owned())),
            (None, None, None) => return Err(("path", "is missing".to_owned())),
            (None, Some(_), None) => return Err(("list", "is missing: where in the rows the list stands".to_owned())),
            (None, None, Some(_)) => return Err(("within", "is missing: in the rows of which file".to_owned())),
        };
        let outer = self.file(within).map_err(|reason| ("within", format!("{reason} before this one")))?;
        let file = &self.files[outer];
        if file.format != Format::Jsonl {
            return Err(("within", "must be a file of the format jsonl: others have no lists".to_owned()));
        }
        if file.list.is_some() {
            return Err(("within", "is a list itself: lists in lists can't be read".to_owned()));
        }
        Ok((file.paths.clone(), Some((outer, list.clone()))))
    }

    pub(super) fn comma(&self) -> bool {
        self.source.decimal == DecimalMark::Comma
    }

    fn resolve_joins(&mut self, specs: &[Spanned<FileSpec>]) -> Result<(), Fault> {
        // A list and the rows that it is in are joined both ways, each by the name of the other.
        for inner in 0..self.files.len() {
            let Some((outer, _)) = self.files[inner].list else { continue };
            let [by, to] = [self.column(outer, ROW), self.column(inner, ROW)];
            self.files[outer].joins.push(Join { by, file: inner, to });
            self.files[inner].joins.push(Join { by: to, file: outer, to: by });
            let [outer_name, inner_name] = [outer, inner].map(|file| self.files[file].name.clone());
            self.join_names[outer].push(inner_name);
            self.join_names[inner].push(outer_name);
        }
        for (file, spec) in specs.iter().enumerate() {
            for (name, join) in &spec.get_ref().joins {
                let fault = |key: &str, reason: String| {
                    let key = format!("file[{}].joins.{name}{key}", file + 1);
                    Fault::new(join.span().start, key, reason)
                };
                if ["rows", "previous", "first", "last"].contains(&name.as_str()) || name.contains('.') {
                    return Err(fault("", "has a name that means something else: choose another".to_owned()));
                }
                if self.join_names[file].contains(name) {
                    return Err(fault("", "is there already: a list has this name".to_owned()));
                }
                let join = join.get_ref();
                let target = self.file(&join.file).map_err(|reason| fault(".file", reason))?;
                let by = self.column(file, &join.by);
                let to = self.column(target, join.to.as_ref().unwrap_or(&join.by));
                self.files[file].joins.push(Join { by, file: target, to });
                self.join_names[file].push(name.clone());
            }
        }
        Ok(())
    }

    fn resolve_groups(&mut self, specs: &[Spanned<FileSpec>]) -> Result<(), Fault> {
        // Groups can't be made by looking at a row's place in a group.
        let grouped = std::mem::replace(&mut self.grouped, vec![false; specs.len()]);
        for (file, spec) in specs.iter().enumerate() {
            let Some(group) = &spec.get_ref().group else { continue };
            let key = format!("file[{}].group", file + 1);
            let at = group.span().start;
            let by = self.reference(file, &group.get_ref().by);
            let by = by.map_err(|reason| Fault::new(at, format!("{key}.by"), reason))?;
            let mut order = Vec::new();
            for field in &group.get_ref().order {
                order.push(compile_event::field(self, file, field, at, &format!("{key}.order"))?);
            }
            self.files[file].group = Some(Group { by, order, apart: group.get_ref().apart });
        }
        self.grouped = grouped;
        Ok(())
    }

    /// The file of that name.
    pub(super) fn file(&self, name: &str) -> Result<usize, String> {
        self.files.iter().position(|file| file.name == name).ok_or_else(|| {
            let names: Vec<&str> = self.files.iter().map(|file| file.name.as_str()).collect();
            format!("no file is called \"{name}\"; there are: {}", names.join(", "))
        })
    }

    pub(super) fn is_grouped(&self, file: usize) -> bool {
        self.grouped[file]
    }

    /// The place of a column among those that are kept of a file. `category#2` is the second column of that name.
    fn column(&mut self, file: usize, name: &str) -> usize {
        let columns = &mut self.files[file].columns;
        let numbered = name.rsplit_once('#').and_then(|(name, nth)| Some((name, nth.parse::<usize>().ok()?)));
        let (name, nth) = numbered.map_or((name, 0), |(name, nth)| (name, nth.saturating_sub(1)));
        columns.iter().position(|column| column.name == name && column.nth == nth).unwrap_or_else(|| {
            columns.push(Column::plain(name, nth));
            columns.len() - 1
        })
    }

    /// Follows the steps that `path` begins with; what is left of it, and the file it is left in.
    fn walk<'p>(&self, mut file: usize, mut path: &'p str) -> Result<(Vec<Step>, usize, &'p str), String> {
        let mut steps = Vec::new();
        while let Some((word, rest)) = path.split_once('.') {
            let step = if let Some(join) = self.join_names[file].iter().position(|name| name == word) {
                file = self.files[file].joins[join].file;
                Step::Join(join)
            } else {
                let step = match word {
                    "previous" => Step::Previous,
                    "first" => Step::First,
                    "last" => Step::Last,
                    _ => break, // a column with a point in its name
                };
                if !self.grouped[file] {
                    return Err(format!("\"{word}\" needs the file \"{}\" to have a group", self.files[file].name));
                }
                step
            };
            steps.push(step);
            path = rest;
        }
        if path.is_empty() {
            return Err("must name a column".to_owned());
        }
        Ok((steps, file, path))
    }

    /// A column as seen from a row of `file`: `order.customer.city` goes by two joins.
    pub(super) fn reference(&mut self, file: usize, path: &str) -> Result<Ref, String> {
        let (steps, reached, column) = self.walk(file, path)?;
        Ok(Ref { steps, column: self.column(reached, column) })
    }

    /// Rows as seen from a row of `file`: a join, or `rows` for those of the group; and the file they are in.
    pub(super) fn rows(&self, file: usize, path: &str) -> Result<(Rows, usize), String> {
        let (steps, reached, last) = self.walk(file, path)?;
        if let Some(join) = self.join_names[reached].iter().position(|name| name == last) {
            return Ok((Rows { steps, last: Many::Join(join) }, self.files[reached].joins[join].file));
        }
        if last == "rows" && self.grouped[reached] {
            return Ok((Rows { steps, last: Many::Group }, reached));
        }
        let joins = self.join_names[reached].join(", ");
        Err(format!("\"{last}\" must be a join, or \"rows\" for those of a group; the joins are: {joins}"))
    }

    /// A text with columns in braces.
    pub(super) fn template(&mut self, file: usize, text: &str) -> Result<Vec<Part>, String> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (path, behind) = after.split_once('}').ok_or("has a { without its }")?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(Part::Column(self.reference(file, path.trim())?));
            rest = behind;
        }
        if rest.contains('}') {
            return Err("has a } without its {".to_owned());
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        Ok(parts)
    }
}

impl Column {
    fn plain(name: &str, nth: usize) -> Self {
        Self {
            name: name.to_owned(),
            nth,
            strip_prefix: String::new(),
            strip_suffix: String::new(),
            map: std::collections::BTreeMap::new(),
        }
    }

    fn clean(&mut self, spec: &ColumnSpec) {
        self.strip_prefix.clone_from(&spec.strip_prefix);
        self.strip_suffix.clone_from(&spec.strip_suffix);
        self.map.clone_from(&spec.map);
    }
}
