//! `nexusflow validate`: what is wrong with a file of events, line by line, before anybody publishes it.

mod mend;
mod pieces;
mod place;
mod report;

use crate::process;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use nexusflow_connectors::arrival::Headers;
use nexusflow_connectors::files::{Mapping, Plan, Rejection};
use nexusflow_connectors::intake::{self, Origin};
use nexusflow_model::cloudevents::{decode_structured, encode};
use nexusflow_model::{Envelope, Kind, Reject, Timestamp, partition};
use pieces::{Piece, Pieces};
use report::{Mistake, Report};
use std::collections::HashMap;
use std::error::Error;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Which files, and how they are read. Exit code 1 where something is wrong.
#[derive(Args)]
#[command(
    after_help = "Reads CloudEvents in structured mode: JSON Lines, one event, or an array of them. Remembers 32 bytes of each event, to \
                        find ids that are used twice.\n\nExamples:\n  nexusflow validate events.jsonl\n  nexusflow send order.placed --print | nexusflow validate -\n  \
                        nexusflow validate --mapping my-shop.toml exports/"
)]
pub(crate) struct Arguments {
    /// Files of events; - for what comes in on standard input. With --mapping, folders with the files that the mapping reads.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Read CSV or JSONL by a mapping: the name of one that comes with NexusFlow, or the path of one (see docs/mappings.md).
    #[arg(long)]
    mapping: Option<String>,
    /// Tell it as JSON, an object a line: {"mistake": ...} for each, at the end {"summary": ...}.
    #[arg(long)]
    json: bool,
}

/// Reads everything and says what is wrong.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let mut report = Report::new(arguments.json);
    match &arguments.mapping {
        Some(name) => {
            let mapping = crate::replay::mapping(name)?;
            for folder in &arguments.files {
                by_mapping(&mapping, folder, &mut report)?;
            }
        }
        None => {
            let mut reading = Reading { now: process::now(), seen: HashMap::new(), files: Vec::new() };
            for file in &arguments.files {
                reading.file(file, &mut report)?;
            }
        }
    }
    Ok(if report.finish() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is remembered of an event, to notice that its id is used again.
struct Seen {
    content: u64,
    file: u32,
    line: u64,
}

struct Reading {
    now: Timestamp,
    /// By (source, id) as 64 bits.
    seen: HashMap<u64, Seen>,
    files: Vec<String>,
}

impl Reading {
    fn file(&mut self, path: &Path, report: &mut Report) -> Result<(), Box<dyn Error>> {
        let is_input = path == Path::new("-");
        let name = if is_input { "standard input".to_owned() } else { path.display().to_string() };
        let failed = |error: std::io::Error| format!("can't read {name}: {error}");
        let (source, length): (Box<dyn Read>, u64) = if is_input {
            (Box::new(std::io::stdin()), 0)
        } else {
            let file = File::open(path).map_err(failed)?;
            let length = file.metadata().map_err(failed)?.len();
            (Box::new(file), length)
        };
        let bar = bar(length, &name);
        self.files.push(name.clone());
        for piece in Pieces::new(BufReader::with_capacity(1 << 16, bar.wrap_read(source))) {
            let piece = piece.map_err(failed)?;
            match self.event(&piece) {
                Ok(Some(kind)) => report.good(kind),
                Ok(None) => report.repeated(),
                Err(reject) => bar.suspend(|| report.mistake(&mistake(&name, &piece, &reject))),
            }
        }
        bar.finish_and_clear();
        Ok(())
    }

    /// The type of an event; none where it was there before.
    fn event(&mut self, piece: &Piece) -> Result<Option<Kind>, Reject> {
        if piece.is_cut {
            return Err(Reject::new(".", format!("is longer than {} bytes", pieces::BYTES_MAX)));
        }
        let origin = Origin { source: "validate".into(), kind: "http", headers: Headers::new(), at: self.now };
        let envelope =
            decode_structured(&piece.text, self.now).and_then(|envelope| intake::check(envelope, &origin))?;
        let kind = envelope.event.kind();
        let content = content_of(&envelope);
        let here = Seen { content, file: self.files.len() as u32 - 1, line: piece.line };
        match self.seen.get(&partition::identity_hash(&envelope)) {
            None => {
                self.seen.insert(partition::identity_hash(&envelope), here);
                Ok(Some(kind))
            }
            Some(earlier) if earlier.content == content => Ok(None),
            Some(earlier) => {
                let file = self.files.get(earlier.file as usize).map_or("", String::as_str);
                let place = if earlier.file == here.file { String::new() } else { format!(" of {file}") };
                let reason = format!("is that of the event in line {}{place}, which says something else", earlier.line);
                Err(Reject::new("id", reason))
            }
        }
    }
}

/// What an event says, in 64 bits.
fn content_of(envelope: &Envelope) -> u64 {
    partition::hash_of(&String::from_utf8_lossy(&encode(envelope)))
}

fn mistake(file: &str, piece: &Piece, reject: &Reject) -> Mistake {
    let (line, column) = place::of(piece, &reject.field);
    let kind = place::kind(&piece.text);
    // Where it stops being JSON no field can be named.
    let reject = &if reject.field == "?" { Reject::new(".", reject.reason.as_str()) } else { reject.clone() };
    Mistake {
        file: file.to_owned(),
        line,
        column: Some(column),
        kind: kind.map(Kind::as_str),
        field: reject.field.clone(),
        reason: reject.reason.clone(),
        mend: mend::how(reject, kind),
    }
}

/// The events that a mapping makes of the files in a folder. Holds them all, as a replay does.
fn by_mapping(mapping: &Mapping, folder: &Path, report: &mut Report) -> Result<(), Box<dyn Error>> {
    if folder.is_file() {
        return Err(format!("{}: with --mapping, give the folder that holds the files", folder.display()).into());
    }
    let bar = ProgressBar::new_spinner();
    let plan = Plan::read(mapping, folder, &mut |file, rows| {
        bar.set_message(format!("reading {file}: {rows} rows"));
        bar.tick();
    });
    bar.finish_and_clear();
    let plan = plan?;
    plan.rejections().iter().for_each(|rejection| report.mistake(&mapped(rejection)));
    for event in plan.events() {
        match event {
            Ok(event) => report.good(event.event.kind()),
            Err(rejection) => report.mistake(&mapped(&rejection)),
        }
    }
    (0..plan.duplicates()).for_each(|_| report.repeated());
    Ok(())
}

fn mapped(rejection: &Rejection) -> Mistake {
    Mistake {
        file: rejection.file.clone(),
        line: rejection.line,
        column: None,
        kind: rejection.kind,
        field: rejection.field.clone(),
        reason: rejection.reason.clone(),
        mend: "correct the row, or the mapping where all rows are so".into(),
    }
}

fn bar(length: u64, name: &str) -> ProgressBar {
    let template = if length == 0 { "{spinner} {bytes} {msg}" } else { "{bar:30} {bytes}/{total_bytes} {msg}" };
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = if length == 0 { ProgressBar::new_spinner() } else { ProgressBar::new(length) };
    bar.with_style(style).with_message(name.to_owned())
}
