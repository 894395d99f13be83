//! `nexusflow evaluate`: how right it is, on data that nobody here wrote.

use crate::out;
use clap::Args;
use nexusflow_evaluate::{Better, EVALUATIONS, Evaluation, Figure, evaluation};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

/// How right NexusFlow is, on public data. Fails where a figure is below its floor.
#[derive(Args)]
pub(crate) struct Arguments {
    /// What to judge; without a name, everything. `nexusflow evaluate --list` says what there is.
    names: Vec<String>,
    /// The folder with the public data sets, a folder each.
    #[arg(long, value_name = "DIR", required_unless_present = "list")]
    data: Option<PathBuf>,
    /// Say what can be judged, and judge nothing.
    #[arg(long)]
    list: bool,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// Judges, and says whether everything was good enough.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error + Send + Sync>> {
    let Some(data) = arguments.data.as_ref().filter(|_| !arguments.list) else {
        for own in EVALUATIONS {
            out::say(&format!("{:18} {} (reads {})", own.name, own.about, own.reads.join(", ")));
        }
        return Ok(ExitCode::SUCCESS);
    };
    let mut all = true;
    let mut told = serde_json::Map::new();
    for own in chosen(&arguments.names)? {
        let begun = Instant::now();
        let figures = (own.run)(data)?;
        all &= figures.iter().all(Figure::holds);
        if arguments.json {
            told.insert(own.name.into(), serde_json::to_value(&figures)?);
            continue;
        }
        out::say(&format!("{} - {} ({:.1} s)", own.name, own.about, begun.elapsed().as_secs_f64()));
        for figure in &figures {
            tell(figure);
        }
    }
    if arguments.json {
        out::say(&serde_json::to_string_pretty(&told)?);
    }
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(names: &[String]) -> Result<Vec<&'static Evaluation>, String> {
    if names.is_empty() {
        return Ok(EVALUATIONS.iter().collect());
    }
    let known = || EVALUATIONS.iter().map(|own| own.name).collect::<Vec<_>>().join(", ");
    names
        .iter()
        .map(|name| evaluation(name).ok_or_else(|| format!("there is no evaluation {name:?}: {}", known())))
        .collect()
}

fn tell(figure: &Figure) {
    let number = |value: f64| if value.abs() < 10.0 { format!("{value:.4}") } else { format!("{value:.1}") };
    let unit = if figure.unit.is_empty() { String::new() } else { format!(" {}", figure.unit) };
    let verdict = match (figure.holds(), figure.reaches_the_aim(), figure.floor) {
        (false, ..) => "FAILS",
        (true, true, _) => "aim",
        (true, false, Some(_)) => "ok",
        (true, false, None) => "",
    };
    let interval = figure.interval.map(|(low, high)| format!(" [{} to {}]", number(low), number(high)));
    let bounds = match (figure.better, figure.floor, figure.aim) {
        (Better::Within, Some(low), Some(high)) => format!("right is {} to {}", number(low), number(high)),
        (_, floor, aim) => {
            let part = |name: &str, value: Option<f64>| value.map(|value| format!("{name} {}", number(value)));
            [part("floor", floor), part("aim", aim)].into_iter().flatten().collect::<Vec<_>>().join(", ")
        }
    };
    out::say(&format!(
        "  {verdict:5} {:44} {}{unit}{}  {bounds}",
        figure.what,
        number(figure.value),
        interval.unwrap_or_default()
    ));
    out::say(&format!("        {} cases; {}; {}", figure.cases, figure.split, figure.base));
}
