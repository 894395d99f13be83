//! What people read: lines on standard output, the log on standard error.

use std::error::Error;
use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// Prints a line. Nobody listening any more is no reason to fail.
pub(crate) fn say(line: &str) {
    drop(writeln!(std::io::stdout().lock(), "{line}"));
}

/// Says something beside the result: a script that takes what is printed does not get it.
pub(crate) fn hint(line: &str) {
    drop(writeln!(std::io::stderr().lock(), "{line}"));
}

/// Says why the program ends, and what lies behind that.
pub(crate) fn fail(error: &dyn Error) -> ExitCode {
    let mut text = format!("nexusflow: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        let inner_text = inner.to_string();
        if !text.contains(&inner_text) {
            text.push_str(&format!("\n  because {inner_text}"));
        }
        cause = inner.source();
    }
    drop(writeln!(std::io::stderr().lock(), "{text}"));
    ExitCode::FAILURE
}

/// Sets the log up: `RUST_LOG` decides what is told; a service tells more than a command.
pub(crate) fn log(is_service: bool) {
    let usual = if is_service { "info,async_nats=warn" } else { "warn,async_nats=error" };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(usual));
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .with_target(false)
        .init();
}
