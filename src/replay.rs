//! `nexusflow replay`: recorded data, as if it happened again.

use crate::config::Config;
use crate::{out, process};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use nexusflow_connectors::files::{Mapping, Options, Plan, Progress, Speed, Summary, replay};
use nexusflow_log::Appender;
use nexusflow_model::Timestamp;
use std::error::Error;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// What to replay and how.
#[derive(Args)]
pub(crate) struct Arguments {
    /// A mapping that comes with NexusFlow (olist, olist_funnel, crm_sales, bpi2012, incident_log, online_retail), or the path of
    /// a mapping of your own (see docs/mappings.md).
    mapping: String,
    /// The folder with the data.
    #[arg(long)]
    data: PathBuf,
    /// max, or how many times as fast as it happened, such as 1000x.
    #[arg(long, default_value = "max")]
    speed: Speed,
    /// Only what happened at this time or later: 2018-01-01 or 2018-01-01T00:00:00Z.
    #[arg(long, value_parser = instant)]
    from: Option<Timestamp>,
    /// Only what happened before this time.
    #[arg(long, value_parser = instant)]
    to: Option<Timestamp>,
    /// Begin at the beginning, even if an earlier replay of the same data was interrupted.
    #[arg(long)]
    restart: bool,
    /// Send every N-th event twice, to see that it does not count twice.
    #[arg(long, value_name = "N")]
    repeat_every: Option<NonZeroU32>,
    /// Publish in the random order of this seed, to see that the order does not matter.
    #[arg(long, value_name = "SEED")]
    shuffle: Option<u64>,
    /// Only read the data and say what would be published.
    #[arg(long)]
    dry_run: bool,
}

pub(crate) fn instant(text: &str) -> Result<Timestamp, String> {
    let whole = if text.len() == 10 { format!("{text}T00:00:00Z") } else { text.to_owned() };
    whole.parse().map_err(|_| "a date such as 2018-01-31, or a time such as 2018-01-31T09:30:00Z".to_owned())
}

/// Replays.
pub(crate) async fn run(config: &Config, arguments: Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let mapping = mapping(&arguments.mapping)?;
    let data = arguments.data.clone();
    out::say(&format!("{}: {}", mapping.name(), mapping.about()));
    let plan = tokio::task::spawn_blocking(move || {
        let bar = ProgressBar::new_spinner();
        let plan = Plan::read(&mapping, &data, &mut |file, rows| {
            bar.set_message(format!("reading {file}: {rows} rows"));
            bar.tick();
        });
        bar.finish_and_clear();
        plan
    })
    .await??;
    if arguments.dry_run {
        say_plan(&plan);
        return Ok(ExitCode::SUCCESS);
    }
    let (_raise, flag) = process::shutdown()?;
    let log = process::open_log(config, "replay").await?;
    let options = Options {
        speed: arguments.speed,
        from: arguments.from,
        to: arguments.to,
        resume: !arguments.restart && arguments.shuffle.is_none(),
        state_dir: Some(config.data_dir.join("replays").join(log.prefix())),
        repeat_every: arguments.repeat_every,
        shuffle_seed: arguments.shuffle,
    };
    let bar = bar();
    let summary = replay(&plan, &Appender::start(&log), &options, &mut |progress| show(&bar, progress), flag).await;
    bar.finish_and_clear();
    let summary = summary?;
    say_summary(&summary);
    Ok(if summary.remaining > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The mapping of that name, or at that path.
pub(crate) fn mapping(name: &str) -> Result<Mapping, Box<dyn Error>> {
    let is_path = name.contains(['/', '.']);
    Ok(if is_path { Mapping::load(Path::new(name))? } else { Mapping::shipped(name)? })
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn show(bar: &ProgressBar, progress: &Progress) {
    bar.set_length(progress.total);
    bar.set_position(progress.done);
    let left = progress.left.map_or_else(String::new, |left| format!(", {} left", rounded(left)));
    let at = progress.at.map_or_else(String::new, |at| format!(", at {at}"));
    let waiting = progress.waiting.as_ref().map_or_else(String::new, |why| format!(" -- waiting for the log: {why}"));
    bar.set_message(format!("{} events/s{left}{at}{waiting}", progress.per_second));
}

fn rounded(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..=119 => format!("{seconds} s"),
        seconds @ 120..=7_199 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3_600),
    }
}

fn say_plan(plan: &Plan) {
    out::say(&format!("{} rows would give {} events:", plan.rows(), plan.len()));
    for (kind, count) in plan.counts() {
        out::say(&format!("  {count:>9}  {}", kind.as_str()));
    }
    out::say(&format!("{} duplicates left out, {} rejected", plan.duplicates(), plan.rejections().len()));
    plan.rejections().iter().take(10).for_each(|rejection| out::say(&format!("  {rejection}")));
}

fn say_summary(summary: &Summary) {
    let seconds = summary.took.as_secs_f64().max(0.001);
    let rate = (summary.published + summary.repeated) as f64 / seconds;
    out::say(&format!("read        {} rows", summary.read));
    out::say(&format!("published   {} events in {seconds:.1} s ({rate:.0} events/s)", summary.published));
    if summary.repeated > 0 {
        out::say(&format!("sent twice  {}", summary.repeated));
    }
    if summary.resumed > 0 {
        out::say(&format!("resumed     after {} events of an earlier run (--restart begins anew)", summary.resumed));
    }
    out::say(&format!("rejected    {}", summary.rejected));
    summary.reasons.iter().for_each(|reason| out::say(&format!("  {reason}")));
    out::say(&format!("duplicates  {} in the data, left out", summary.duplicates));
    if summary.remaining > 0 {
        out::say(&format!("remaining   {} events; the same command goes on from here", summary.remaining));
    }
}
