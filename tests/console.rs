//! What the people see who look after customers: the alert console in a real browser, against real processes.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::browse::{can_browse, pictures, script};
use harness::{Nexusflow, Process};
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

/// Kills the gateway and starts it again when the script asks for it.
struct Gateway<'a> {
    nexusflow: &'a Nexusflow,
    process: Option<Process>,
}

impl Gateway<'_> {
    /// Whether `line` was something to do.
    fn does(&mut self, line: &str) -> bool {
        match line {
            "kill the gateway" => self.process.take().unwrap().kill(),
            "start the gateway" => {
                self.process = Some(self.nexusflow.spawn("gateway", &["gateway"]));
                self.nexusflow.wait_until_ready();
            }
            _ => return false,
        }
        true
    }
}

#[test]
fn the_console_shows_what_is_raised_and_decides_who_was_first() {
    if !can_browse() {
        return;
    }
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _nats = nexusflow.nats();
    let _worker = nexusflow.spawn("worker", &["worker"]);
    let process = Some(nexusflow.spawn("gateway", &["gateway"]));
    nexusflow.wait_until_ready();
    let mut gateway = Gateway { nexusflow: &nexusflow, process };

    let mut command = script("alerts.mjs");
    command.arg(nexusflow.url("/")).arg(pictures(&nexusflow)).env("NEXUSFLOW_RESTARTS", "1");
    let errors = nexusflow.folder().join("script.log");
    let errors = std::fs::File::create(errors).unwrap();
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
    let (mut orders, said) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let mut told = String::new();
    for line in BufReader::new(said).lines().map(Result::unwrap) {
        if gateway.does(&line) {
            writeln!(orders, "done").unwrap();
        }
        told.push_str(&line);
        told.push('\n');
    }
    let status = child.wait().unwrap();
    assert!(status.success(), "{told}\n{}", nexusflow.logs());
}

#[test]
fn the_console_calls_who_is_there_by_sound_and_by_notification() {
    if !can_browse() {
        return;
    }
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let output = script("calls.mjs").arg(nexusflow.url("/")).arg(pictures(&nexusflow)).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}\n{}", nexusflow.logs());
}
