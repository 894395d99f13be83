//! `nexusflow train`: models of sentiment and of themes from labelled texts.

use crate::out;
use clap::{Args, Subcommand};
use nexusflow_learn::figures::macro_f1;
use nexusflow_learn::sentiment::{self, Class, Lexicon};
use nexusflow_learn::themes;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What to learn.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// How texts sound. A label is negative, neutral or positive, or a number of stars from 1 to 5.
    Sentiment {
        /// What most trainings have in common.
        #[command(flatten)]
        arguments: Arguments,
        /// Words and their valences, before those that come with NexusFlow: a word, a tab, a number from -4 to 4 a line, as in VADER's lexicon.
        #[arg(long, value_name = "FILE")]
        lexicon: Option<PathBuf>,
    },
    /// What texts are about. Every label is a theme.
    Themes(Arguments),
}

/// Where the labelled texts are, and where the model goes.
#[derive(Args)]
pub(crate) struct Arguments {
    /// Labelled texts: .csv with a line of column names, or .jsonl with an object a line.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The column, or key, of the text.
    #[arg(long, value_name = "COLUMN")]
    text: String,
    /// The column, or key, of the label.
    #[arg(long, value_name = "COLUMN")]
    label: String,
    /// What the model is called; without it, the name of the file it goes to.
    #[arg(long)]
    name: Option<String>,
    /// Where the model goes.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// A labelled text, and the line it stands on.
struct Labelled {
    line: u64,
    text: String,
    label: String,
}

/// Below so many texts nothing that holds can be learned.
const LEAST: usize = 20;
/// One of so many is held out to say how right the model is.
const HELD_OUT: usize = 10;

/// Trains, and says how right the model is on texts that were held out.
pub(crate) fn run(command: &Command) -> Result<ExitCode, String> {
    let (arguments, bytes) = match command {
        Command::Sentiment { arguments, lexicon } => (arguments, sentiment(arguments, lexicon.as_deref())?),
        Command::Themes(arguments) => (arguments, about(arguments)?),
    };
    std::fs::write(&arguments.to, &bytes).map_err(|error| format!("{}: {error}", arguments.to.display()))?;
    out::say(&format!("{}: {} bytes", arguments.to.display(), bytes.len()));
    Ok(ExitCode::SUCCESS)
}

impl Arguments {
    fn name(&self) -> String {
        let of_file =
            || self.to.file_stem().map_or_else(|| "trained".into(), |stem| stem.to_string_lossy().into_owned());
        self.name.clone().unwrap_or_else(of_file)
    }

    /// The labelled texts; at least [`LEAST`].
    fn read(&self) -> Result<Vec<Labelled>, String> {
        let file = self.from.display();
        let bytes = std::fs::read(&self.from).map_err(|error| format!("{file}: {error}"))?;
        let ending = self.from.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let rows = match ending {
            "csv" => self.of_csv(&bytes),
            "jsonl" | "ndjson" => self.of_jsonl(&bytes),
            _ => Err("its name ends neither in .csv nor in .jsonl".into()),
        };
        let mut rows = rows.map_err(|reason| format!("{file}: {reason}"))?;
        let all = rows.len();
        rows.retain(|row| !row.text.trim().is_empty() && !row.label.trim().is_empty());
        if rows.len() < LEAST {
            return Err(format!(
                "{file}: {} of {all} rows have a text and a label; at least {LEAST} are needed",
                rows.len()
            ));
        }
        out::hint(&format!("{file}: {} texts, {} rows without text or label left out", rows.len(), all - rows.len()));
        Ok(rows)
    }

    fn of_csv(&self, bytes: &[u8]) -> Result<Vec<Labelled>, String> {
        let mut reader = csv::Reader::from_reader(bytes);
        let at = |error: &csv::Error| error.position().map_or(1, csv::Position::line);
        let wrong = |error: csv::Error| format!("line {}: {error}", at(&error));
        let headers = reader.headers().map_err(wrong)?.clone();
        let place = |column: &str| {
            let columns = || headers.iter().collect::<Vec<_>>().join(", ");
            headers
                .iter()
                .position(|own| own == column)
                .ok_or_else(|| format!("line 1: there is no column {column:?}; there are {}", columns()))
        };
        let (text, label) = (place(&self.text)?, place(&self.label)?);
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record.map_err(wrong)?;
            let line = record.position().map_or(1, csv::Position::line);
            let of = |place: usize| record.get(place).unwrap_or_default().to_owned();
            rows.push(Labelled { line, text: of(text), label: of(label) });
        }
        Ok(rows)
    }

    fn of_jsonl(&self, bytes: &[u8]) -> Result<Vec<Labelled>, String> {
        let text = std::str::from_utf8(bytes).map_err(|_| "it is no UTF-8")?;
        let mut rows = Vec::new();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let number = at as u64 + 1;
            let object: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(line).map_err(|error| format!("line {number}: no object of JSON: {error}"))?;
            let of = |key: &str| match object.get(key) {
                None | Some(serde_json::Value::Null) => Ok(String::new()),
                Some(serde_json::Value::String(own)) => Ok(own.clone()),
                Some(serde_json::Value::Number(own)) => Ok(own.to_string()),
                Some(_) => Err(format!("line {number}: {key:?} is neither text nor a number")),
            };
            rows.push(Labelled { line: number, text: of(&self.text)?, label: of(&self.label)? });
        }
        if rows.iter().all(|row| row.text.is_empty()) {
            return Err(format!("no line has a key {:?}", self.text));
        }
        Ok(rows)
    }
}

/// Every tenth is held out; the model that is kept has seen all.
fn held_out<T: Copy>(all: &[T]) -> (Vec<T>, Vec<T>) {
    let (mut learned, mut judged) = (Vec::new(), Vec::new());
    for (at, own) in all.iter().enumerate() {
        if at % HELD_OUT == HELD_OUT - 1 { judged.push(*own) } else { learned.push(*own) }
    }
    (learned, judged)
}

fn progress(step: u32, loss: f32) {
    if step.is_multiple_of(10) {
        out::hint(&format!("  step {step}: mean loss {loss:.4}"));
    }
}

fn say_how_right(pairs: &[(usize, usize)], classes: usize) {
    let right = pairs.iter().filter(|(class, guess)| class == guess).count() as f64 / pairs.len().max(1) as f64;
    let mut counts = vec![0_usize; classes];
    pairs.iter().for_each(|(class, _)| counts[*class] += 1);
    let most = counts.iter().max().copied().unwrap_or(0) as f64 / pairs.len().max(1) as f64;
    let f1 = macro_f1(pairs.iter().copied(), classes);
    out::say(&format!(
        "held out: {} texts, accuracy {right:.4} (always the most frequent label: {most:.4}), macro-F1 {f1:.4}",
        pairs.len()
    ));
}

fn sentiment(arguments: &Arguments, lexicon: Option<&Path>) -> Result<Vec<u8>, String> {
    let rows = arguments.read()?;
    let lexicon = match lexicon {
        None => Lexicon::own().clone(),
        Some(file) => {
            let wrong = |reason: String| format!("{}: {reason}", file.display());
            let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
            Lexicon::with_file(&text).map_err(wrong)?
        }
    };
    let mut examples = Vec::with_capacity(rows.len());
    for row in &rows {
        let class = class(&row.label).ok_or_else(|| {
            let place = format!("{}, line {}, column {}", arguments.from.display(), row.line, arguments.label);
            format!("{place}: {:?} is none of negative, neutral, positive and 1 to 5", row.label)
        })?;
        examples.push(sentiment::Example { text: &row.text, class, weight: 1.0 });
    }
    if examples.iter().all(|example| example.class == examples[0].class) {
        return Err(format!(
            "{}: all texts have the same label, so that there is nothing to tell apart",
            arguments.from.display()
        ));
    }
    let settings = sentiment::Settings { name: arguments.name(), ..Default::default() };
    let (learned, judged) = held_out(&examples);
    let model = sentiment::train(&learned, &lexicon, &settings, |_, _| {});
    let guess = |text: &str| model.judge(text).map_or(Class::Neutral, |own| own.class) as usize;
    let pairs: Vec<_> = judged.iter().map(|example| (example.class as usize, guess(example.text))).collect();
    say_how_right(&pairs, Class::ALL.len());
    Ok(sentiment::train(&examples, &lexicon, &settings, progress).to_bytes())
}

fn class(label: &str) -> Option<Class> {
    Some(match label.trim().to_lowercase().as_str() {
        "negative" | "neg" | "1" | "2" | "1.0" | "2.0" => Class::Negative,
        "neutral" | "3" | "3.0" => Class::Neutral,
        "positive" | "pos" | "4" | "5" | "4.0" | "5.0" => Class::Positive,
        _ => return None,
    })
}

fn about(arguments: &Arguments) -> Result<Vec<u8>, String> {
    let rows = arguments.read()?;
    let keys: BTreeSet<&str> = rows.iter().map(|row| row.label.trim()).collect();
    let keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
    if keys.len() < 2 || keys.len() > usize::from(u16::MAX) / 8 {
        return Err(format!(
            "{}: {} different labels; a model needs 2 at least and 8,191 at most",
            arguments.from.display(),
            keys.len()
        ));
    }
    let place = |label: &str| keys.iter().position(|key| key == label.trim()).unwrap_or(0) as u16;
    let examples: Vec<themes::Example<'_>> =
        rows.iter().map(|row| themes::Example { text: &row.text, theme: place(&row.label), weight: 1.0 }).collect();
    let (learned, judged) = held_out(&examples);
    let settings = themes::Settings { name: arguments.name(), ..Default::default() }.tuned(&learned, &keys);
    let model = themes::train(&learned, &keys, &settings, |_, _| {});
    let guess = |text: &str| model.guess(text).first().map(|own| usize::from(own.theme));
    // Where it abstains it is not right.
    let pairs: Vec<_> =
        judged.iter().map(|example| (usize::from(example.theme), guess(example.text).unwrap_or(keys.len()))).collect();
    say_how_right(&pairs, keys.len() + 1);
    Ok(themes::train(&examples, &keys, &settings, progress).to_bytes())
}
