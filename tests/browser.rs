//! What a person sees: the wall in a real browser, against real processes.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::browse::{can_browse, pictures, script};
use harness::{Nexusflow, SOON, eventually, nats_server, signal};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

/// What stands at the top whatever happens: the business, and the place whose time it keeps.
const TOP: [&str; 2] = ["Altamora Coffee", "Madrid"];

/// The demonstration, small, at the pace of real time: between two events the figures stand still, so that the page and
/// the API can be compared.
fn small_company() -> Nexusflow {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set("DEMO__CUSTOMERS", "400");
    nexusflow.set("DEMO__HISTORY_DAYS", "16");
    nexusflow
}

/// Waits until the past of the company is told, and folded.
fn until_live(nexusflow: &Nexusflow) {
    eventually(SOON * 2, "the history is told", || {
        if nexusflow.logs().contains("events of its past told") { Ok(()) } else { Err(nexusflow.logs()) }
    });
    nexusflow.wait_until_ready();
}

/// Runs a script of the front end against the company, once its past is told.
fn against_the_company(name: &str) {
    if !can_browse() {
        return;
    }
    let nexusflow = small_company();
    let _up = nexusflow.up(&["--demo"]);
    until_live(&nexusflow);
    let output = script(name).arg(nexusflow.url("/")).arg(pictures(&nexusflow)).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}\n{}", nexusflow.logs());
}

#[test]
fn the_wall_shows_what_the_api_says() {
    against_the_company("wall.mjs");
}

#[test]
fn the_voice_shows_what_customers_write_and_takes_what_people_say_of_it() {
    against_the_company("voice.mjs");
}

#[test]
fn the_pipeline_shows_what_the_api_says_and_leads_to_deals_and_customers() {
    against_the_company("pipeline.mjs");
}

/// A page that stays open, and says what it shows.
struct Page {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Page {
    fn open(url: &str, log: &Path) -> Self {
        let errors = std::fs::File::create(log).unwrap();
        let mut child =
            script("outage.mjs").arg(url).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let (orders, answers) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        let mut page = Self { child, orders, answers };
        page.answer("open");
        page
    }

    /// Waits until the page shows what `order` asks for.
    fn must(&mut self, order: &str) {
        writeln!(self.orders.as_ref().unwrap(), "{order}").unwrap();
        self.answer(order);
    }

    fn answer(&mut self, order: &str) {
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim(), "ok", "{order}");
    }

    fn is_live(&mut self) {
        for words in TOP {
            self.must(&format!("live {words}"));
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // Without orders the script closes its browser and ends.
        drop(self.orders.take());
        drop(self.child.wait());
    }
}

#[test]
fn the_wall_says_that_it_is_stale_and_comes_back_by_itself() {
    if !can_browse() {
        return;
    }
    let nexusflow = small_company();
    let nats = nexusflow.spawn("nats", &["nats"]);
    eventually(SOON, "NATS listens", || {
        std::net::TcpStream::connect(("127.0.0.1", nexusflow.nats_port)).map(drop).map_err(|error| error.to_string())
    });
    let worker = nexusflow.spawn("worker", &["worker"]);
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    let mut demo = nexusflow.spawn("demo", &["demo"]);
    until_live(&nexusflow);
    let mut page = Page::open(&nexusflow.url("/"), &nexusflow.folder().join("page.log"));
    page.is_live();

    worker.kill();
    page.must("stale no worker is running");
    let worker = nexusflow.spawn("worker", &["worker"]);
    page.is_live();

    gateway.kill();
    page.must("lost");
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    page.is_live();

    // Whoever would start it again is held until the page has noticed.
    signal("-STOP", nats.id());
    signal("-KILL", nats_server(nats.id()));
    page.must("stale the log can't be reached");
    signal("-CONT", nats.id());
    page.is_live();

    assert!(demo.is_running(), "{}", nexusflow.logs());
    page.must("same");
    page.must("end");
    drop(page);
    demo.stop();
    worker.stop();
    gateway.stop();
    nats.stop();
}
