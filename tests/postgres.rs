//! PostgreSQL as a source, with the real server: what the tables say is what is counted, whoever is killed meanwhile.
#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test may panic and say why it was skipped")]

mod harness;
#[path = "postgres/server.rs"]
mod server;

use harness::{Nexusflow, SOON, eventually};
use serde_json::{Value, json};
use server::Server;

const LOGICAL: &[&str] = &["wal_level=logical", "wal_sender_timeout=5s"];
/// How often NexusFlow is killed.
const KILLS: usize = 4;

const TABLES: &str = "
    CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL, status text NOT NULL DEFAULT 'new',
                         total numeric(12, 2) NOT NULL, placed_at timestamptz NOT NULL DEFAULT now(),
                         updated_at timestamptz NOT NULL DEFAULT now());
    CREATE TABLE deliveries (order_id bigint PRIMARY KEY, customer text NOT NULL, delivered_at timestamptz);
    ALTER TABLE orders REPLICA IDENTITY FULL;
    GRANT SELECT ON orders, deliveries TO reader;";

/// A server with a database and a role that may read its log of changes.
fn database(settings: &[&str]) -> Option<Server> {
    let server = Server::start(settings)?;
    server.sql("postgres", "CREATE DATABASE shop");
    server.sql("postgres", "CREATE ROLE reader LOGIN REPLICATION PASSWORD 'a reader''s word'");
    server.sql("shop", TABLES);
    Some(server)
}

/// One that reads it, with `more` settings of the source.
fn nexusflow(server: &Server, mapping: &str, more: &str) -> Nexusflow {
    let mut nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    nexusflow.set_outside("SHOP_PASSWORD", "a reader's word");
    configure(&nexusflow, server, mapping, more);
    nexusflow
}

fn configure(nexusflow: &Nexusflow, server: &Server, mapping: &str, more: &str) {
    let settings = format!(
        "[[source]]\nname = \"shop\"\nkind = \"postgresql\"\nhost = \"127.0.0.1\"\nport = {}\ndatabase = \"shop\"\n\
         user = \"reader\"\npassword_env = \"SHOP_PASSWORD\"\ntls = true\nca_file = {:?}\nmapping = {mapping:?}\n{more}\n",
        server.port,
        server.certificate(),
    );
    std::fs::create_dir_all(nexusflow.folder().join("config")).unwrap();
    std::fs::write(nexusflow.folder().join("config/nexusflow.toml"), settings).unwrap();
}

/// The log of NexusFlow says it.
fn said(nexusflow: &Nexusflow, what: &str) {
    eventually(SOON, what, || nexusflow.logs().contains(what).then_some(()).ok_or_else(|| nexusflow.logs()));
}

/// Writes orders, changes some and removes some, in transactions of several kinds.
fn write(server: &Server, round: usize) {
    let many = format!(
        "INSERT INTO orders (customer, total) SELECT 'customer-' || n % 50, n + 0.25 FROM generate_series(1, 700) n;
         UPDATE orders SET status = 'cancelled', updated_at = now() WHERE id % 10 = {round} AND status = 'new';"
    );
    server.sql("shop", &many);
    for n in 0..10 {
        server.sql("shop", &format!("INSERT INTO orders (customer, total) VALUES ('customer-{n}', {n}.5)"));
    }
    server.sql("shop", "BEGIN; INSERT INTO orders (customer, total) VALUES ('nobody', 1000000); ROLLBACK");
    server.sql(
        "shop",
        "INSERT INTO deliveries SELECT id, customer, now() FROM orders o WHERE id % 7 = 0
           AND NOT EXISTS (SELECT FROM deliveries WHERE order_id = o.id);
         UPDATE orders SET status = status WHERE id % 100 = 1",
    );
}

/// What the wall shows of all time is what the tables say.
fn agrees(nexusflow: &Nexusflow, server: &Server) {
    let expected = server.sql("shop", "SELECT count(*), (sum(total) * 100)::bigint FROM orders");
    eventually(SOON, "the figures are those of the tables", || {
        let view = nexusflow.json("/api/v1/views/figures?period=all").unwrap_or_default();
        let figures = nexusflow.view("figures?period=all");
        let figure = |key: &str| figures.get(key).and_then(|row| row["value"].as_u64()).unwrap_or_default();
        let shown = format!("{}|{}", figure("orders"), figure("order_value"));
        if shown == expected && view["stale"] == false {
            Ok(())
        } else {
            Err(format!("{shown} of {expected}: {view}\n{}", nexusflow.logs()))
        }
    });
}

#[test]
fn figures_equal_the_tables_through_kills_and_a_restart() {
    let Some(mut server) = database(LOGICAL) else { return };
    server.sql(
        "shop",
        "INSERT INTO orders (customer, total) SELECT 'customer-' || n % 50, n FROM generate_series(1, 1500) n",
    );
    let nexusflow = nexusflow(&server, "example_postgresql", "snapshot = true");
    let _nats = nexusflow.nats();
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);

    // What is missing is told with the statement that mends it, and that statement is right.
    let mut worker = nexusflow.spawn("worker", &["worker"]);
    said(&nexusflow, "as the owner of the tables: CREATE PUBLICATION");
    let logs = nexusflow.logs();
    let statement = &logs[logs.find("CREATE PUBLICATION").unwrap()..];
    server.sql("shop", &statement[..=statement.find(';').unwrap()].replace("\\\"", "\""));

    for round in 0..KILLS {
        // Killed at any moment: while the snapshot is read, in the middle of a transaction, or between.
        let rows = server.sql("shop", "SELECT count(*) FROM orders").parse::<u64>().unwrap();
        if round > 0 {
            eventually(SOON, "something more was read", || {
                let slot = "SELECT count(*) FROM pg_replication_slots WHERE active";
                (server.sql("shop", slot) == "1").then_some(()).ok_or_else(|| format!("{rows} {}", nexusflow.logs()))
            });
        }
        write(&server, round);
        worker.kill();
        write(&server, round + KILLS);
        worker = nexusflow.spawn("worker", &["worker"]);
    }
    agrees(&nexusflow, &server);

    server.stop();
    said(&nexusflow, "a source can't be read");
    server.run(LOGICAL);
    write(&server, 9);
    agrees(&nexusflow, &server);

    // The server need not keep what is stored.
    eventually(SOON, "the slot has moved on", || {
        let behind = server.sql(
            "shop",
            "SELECT pg_current_wal_lsn() - confirmed_flush_lsn FROM pg_replication_slots WHERE slot_name = 'nexusflow_shop'",
        );
        behind.parse::<u64>().is_ok_and(|bytes| bytes < 1 << 16).then_some(()).ok_or(behind)
    });
    for (kind, rows) in [("order.cancelled", "orders WHERE status = 'cancelled'"), ("delivery.delivered", "deliveries")]
    {
        let rows = server.sql("shop", &format!("SELECT count(*) FROM {rows}"));
        assert_eq!(told(&nexusflow, kind).len().to_string(), rows, "{kind}");
    }

    // A slot that is gone is told, and how to go on; with a new one the tables are read anew, and count once.
    worker.kill();
    eventually(SOON, "the slot is dropped", || {
        server.try_sql("shop", "SELECT pg_drop_replication_slot('nexusflow_shop')").map(drop)
    });
    write(&server, 9);
    let worker = nexusflow.spawn("worker", &["worker"]);
    said(&nexusflow, "the replication slot nexusflow_shop is gone: changes since it was read last may be missing");
    worker.kill();
    configure(&nexusflow, &server, "example_postgresql", "snapshot = true\nslot = \"another\"");
    let _worker = nexusflow.spawn("worker", &["worker"]);
    agrees(&nexusflow, &server);
}

/// All events of a type in the log, by their ids.
fn told(nexusflow: &Nexusflow, kind: &str) -> std::collections::BTreeMap<String, Value> {
    let events = harness::stored(nexusflow).into_iter().filter(|event| event["type"] == kind);
    events.map(|event| (event["id"].as_str().unwrap().to_owned(), event)).collect()
}

const THINGS: &str = r#"
[source]
uri = "/postgresql/things"
zone = "Europe/Madrid"
currency = "EUR"
[[file]]
name = "things"
path = "public.things"
[[event]]
type = "order.placed"
from = "things"
id = "{id} {$op}"
subject = { template = "thing-{id}" }
time = ["at", "$at"]
data.order = { template = "{$lsn}/{$row}" }
data.total = { value = 1, type = "money" }
data.site = ["facts.address.city", "note"]
data.channel = { column = "amount" }
data.status = { template = "{flag} {$changed.flag} {$old.amount}" }
[[event]]
type = "order.cancelled"
from = "things"
when = [{ column = "large", starts_with = "xxx" }]
id = "{id} {$op}"
subject = { template = "thing-{id}" }
time = "local"
data.order = "id"
"#;

#[test]
fn values_come_as_they_are() {
    let Some(server) = database(LOGICAL) else { return };
    server.sql(
        "shop",
        "CREATE TABLE things (id integer PRIMARY KEY, amount numeric, at timestamptz, local timestamp, facts jsonb, flag boolean, large text, note text);
         ALTER TABLE things REPLICA IDENTITY FULL; ALTER TABLE things ALTER large SET STORAGE EXTERNAL;
         CREATE PUBLICATION nexusflow_shop FOR TABLE things",
    );
    let nexusflow = nexusflow(&server, "things.toml", "");
    std::fs::write(nexusflow.folder().join("things.toml"), THINGS).unwrap();
    let _up = nexusflow.up(&[]);
    eventually(SOON, "the slot is used", || {
        let used = server.sql("shop", "SELECT count(*) FROM pg_replication_slots WHERE active");
        (used == "1").then_some(()).ok_or_else(|| nexusflow.logs())
    });
    server.sql(
        "shop",
        r#"INSERT INTO things VALUES (1, 12345678901234567890.0100, '2026-01-05 12:00:00.123+02', '2026-07-01 12:00', '{"address": {"city": "Bilbao"}}', true, repeat('x', 3000), NULL)"#,
    );
    server.sql("shop", "UPDATE things SET flag = false, amount = NULL, facts = NULL, note = 'kept' WHERE id = 1");
    server.sql("shop", "DELETE FROM things WHERE id = 1");
    let placed = eventually(SOON, "all three changes are read", || {
        let placed = told(&nexusflow, "order.placed");
        let cancelled = told(&nexusflow, "order.cancelled");
        if placed.len() == 3 {
            Ok((placed, cancelled))
        } else {
            Err(format!("{placed:?} {cancelled:?} {}", nexusflow.logs()))
        }
    });
    let (placed, cancelled) = placed;
    let insert = &placed["1 insert"];
    assert_eq!(insert["time"], "2026-01-05T10:00:00.123Z");
    assert_eq!(
        (&insert["data"]["channel"], &insert["data"]["site"]),
        (&json!("12345678901234567890.0100"), &json!("Bilbao"))
    );
    // Neither what changed nor what was is known of an insert.
    assert_eq!(insert["data"].get("status"), None);
    let update = &placed["1 update"];
    assert_eq!(update["data"]["status"], "false true 12345678901234567890.0100");
    assert_eq!((update["data"].get("channel"), &update["data"]["site"]), (None, &json!("kept")));
    assert_eq!(placed["1 delete"]["data"]["site"], "kept");
    // A large value that did not change is what it was; a time without a zone is of the mapping's.
    assert_eq!(cancelled.keys().collect::<Vec<_>>(), ["1 delete", "1 insert", "1 update"]);
    assert_eq!(cancelled["1 update"]["time"], "2026-07-01T10:00:00.000Z");
}

#[test]
fn a_server_that_says_too_little_is_told_what_to_say() {
    let Some(server) = database(&["wal_level=replica"]) else { return };
    let nexusflow = nexusflow(&server, "example_postgresql", "");
    let _up = nexusflow.up(&[]);
    said(&nexusflow, "wal_level is replica");
    said(&nexusflow, "ALTER SYSTEM SET wal_level = logical");
    server.sql("shop", "ALTER ROLE reader NOREPLICATION");
    said(&nexusflow, "REPLICATION;");
}

/// How much memory a process has had at most, in KiB.
#[cfg(target_os = "linux")]
fn most_memory_kib(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn a_flood_waits_in_the_server_and_not_in_memory() {
    let Some(server) = database(LOGICAL) else { return };
    server.sql("shop", "ALTER TABLE orders ADD note text; ALTER TABLE orders ALTER note SET STORAGE EXTERNAL");
    server.sql("shop", "CREATE PUBLICATION nexusflow_shop FOR TABLE orders, deliveries");
    // 160 MB of rows in the snapshot, and as many in one transaction.
    let flood = "INSERT INTO orders (customer, total, note)
                 SELECT 'customer-' || n % 50, 1, repeat(md5(n::text), 512) FROM generate_series(1, 10000) n";
    server.sql("shop", flood);
    let nexusflow = nexusflow(&server, "example_postgresql", "snapshot = true");
    let _nats = nexusflow.nats();
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    let worker = nexusflow.spawn("worker", &["worker"]);
    said(&nexusflow, "a replication slot was made");
    server.sql("shop", flood);
    agrees(&nexusflow, &server);
    let most = most_memory_kib(worker.id());
    eprintln!("320 MB of rows, {most} KiB of memory at most");
    assert!(most < 200 << 10, "{most} KiB");
}
