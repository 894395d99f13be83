//! Which dead letters a command is about.

use crate::ago;
use clap::Args;
use nexusflow_log::{BucketError, DeadLetterBox, Selection, State};
use nexusflow_model::Timestamp;
use std::error::Error;

/// How many are listed at a time.
const PAGE: usize = 1_000;

/// Those of a source, a kind, a time.
#[derive(Args, Clone)]
pub(crate) struct Filter {
    /// Of this source: its name in nexusflow.toml or that of its key; "http" is whoever published without a key.
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Of this kind of connector.
    #[arg(long)]
    kind: Option<String>,
    /// That came since: so long ago (2d, 12h, 30m), or a time (2026-01-05T10:00:00Z).
    #[arg(long, value_name = "WHEN", value_parser = ago::moment)]
    since: Option<Timestamp>,
    /// That came before then.
    #[arg(long, value_name = "WHEN", value_parser = ago::moment)]
    until: Option<Timestamp>,
}

/// Those of some numbers, or those that wait of a source, a kind, a time.
#[derive(Args)]
pub(crate) struct Chosen {
    /// Their numbers, as `list` shows them.
    #[arg(value_name = "NUMBER", conflicts_with_all = ["source", "kind", "since", "until", "all"])]
    numbers: Vec<u64>,
    #[command(flatten)]
    filter: Filter,
    /// All that wait.
    #[arg(long)]
    all: bool,
}

impl Filter {
    pub(crate) fn selection(&self, state: State) -> Selection {
        let Self { source, kind, since, until } = self.clone();
        Selection { source, kind, since, until, state }
    }
}

impl Chosen {
    /// Their numbers, oldest first.
    pub(crate) async fn sequences(&self, letters: &DeadLetterBox) -> Result<Vec<u64>, Box<dyn Error>> {
        if !self.numbers.is_empty() {
            return Ok(self.numbers.clone());
        }
        let selection = self.filter.selection(State::Waiting);
        if !self.all && selection == Selection::default() {
            return Err("say which: their numbers, --source, --kind, --since, --until, or --all that wait".into());
        }
        Ok(waiting(letters, &selection).await?)
    }
}

async fn waiting(letters: &DeadLetterBox, selection: &Selection) -> Result<Vec<u64>, BucketError> {
    let (mut sequences, mut before) = (Vec::new(), None);
    loop {
        let page = letters.list(selection, before, PAGE, u64::MAX).await?;
        sequences.extend(page.letters.iter().map(|kept| kept.sequence));
        before = page.before;
        if before.is_none() {
            sequences.reverse();
            return Ok(sequences);
        }
    }
}

/// The state of that name; clap has seen to it that it is one.
pub(crate) fn state(name: &str) -> State {
    match name {
        "retried" => State::Retried,
        "dropped" => State::Dropped,
        "all" => State::Any,
        _ => State::Waiting,
    }
}
