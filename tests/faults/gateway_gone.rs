//! Two gateways, of which one disappears with all who looked and published there, and later the other one.

use crate::harness::{Nexusflow, Process, SOON, eventually, free_port};
use crate::judge::Judge;
use crate::of;
use crate::publisher::{Load, Publishers};
use crate::set_up::goes_on;
use crate::shop::Tells;
use crate::viewer::Viewer;

#[test]
fn a_gateway_may_disappear_with_viewers_and_publishers_on_it() {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let (mut here, mut there) = (nexusflow.port, free_port());
    let nats = nexusflow.nats();
    let worker = nexusflow.spawn("worker", &["worker"]);
    let mut gateway = listens(&mut nexusflow, here);
    let mut other = listens(&mut nexusflow, there);
    let at = |scheme: &str, ports: [u16; 2], path: &str| -> Vec<String> {
        ports.iter().map(|port| format!("{scheme}://127.0.0.1:{port}{path}")).collect()
    };
    let urls = at("http", [here, there], "/api/v1/events");
    let publishers = Publishers::start(&Load { urls, publishers: 4, batch: 6, tells: Tells::Stories });
    let viewers =
        [at("ws", [here, there], ""), at("ws", [here, there], ""), at("ws", [there, here], "")].map(Viewer::start);
    eventually(SOON, "everybody sees something", || {
        let seen = viewers.iter().map(|viewer| (viewer.connected(), viewer.rows().len()));
        let seen: Vec<(usize, usize)> = seen.collect();
        if seen.iter().all(|(connected, rows)| *connected > 0 && *rows > 5) { Ok(()) } else { Err(format!("{seen:?}")) }
    });
    for _ in 0..of(3, 12) {
        let (stored, connected) = (publishers.stored(), viewers[0].connected());
        gateway.kill();
        nexusflow.port = there;
        let folded = goes_on(&nexusflow, 0);
        goes_on(&nexusflow, folded);
        eventually(SOON, "publishers and viewers have gone to the other one", || {
            let now = (publishers.stored(), viewers[0].connected());
            let is_there = now.0 > stored + 100 && now.1 > connected;
            if is_there { Ok(()) } else { Err(format!("{now:?}\n{}", nexusflow.logs())) }
        });
        // The next one to disappear is the one that everybody is now at.
        gateway = std::mem::replace(&mut other, listens(&mut nexusflow, here));
        std::mem::swap(&mut here, &mut there);
    }
    let told = publishers.stop();
    let mut judge = Judge::new(&nexusflow);
    for port in [here, there] {
        nexusflow.port = port;
        let verdict = judge.verdict(&nexusflow);
        judge.knows_exactly(&told.stored);
        eprintln!("{} acknowledged, {} unanswered, {verdict:?}", told.stored.len(), told.unanswered);
        assert!(verdict.effects > 20 && verdict.derived > 20 && told.unanswered > 0, "{verdict:?}");
    }
    let shown = nexusflow.view("figures?period=all");
    eventually(SOON, "every viewer sees the same", || {
        let differs = |viewer: &Viewer| {
            let rows = viewer.rows();
            let value = |key: &String| rows.get(key).map(|row| row[1].clone()).unwrap_or_default();
            shown.iter().find(|(key, row)| value(key) != row["value"]).map(|(key, _)| key.clone())
        };
        viewers.iter().find_map(differs).map_or(Ok(()), Err)
    });
    drop(viewers);
    worker.stop();
    gateway.stop();
    other.stop();
    nats.stop();
}

/// A gateway at that port, which is then the one that is asked.
fn listens(nexusflow: &mut Nexusflow, port: u16) -> Process {
    nexusflow.port = port;
    let gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    gateway
}
