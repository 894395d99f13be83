//! A folder and a bucket as sources: every row counts once, whatever is killed, and what can't be understood says where it stands.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::{Nexusflow, SOON, dead_letters, eventually, stored};
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;

/// One that reads the folder `exports`, with `more` settings of the source.
fn nexusflow(path: &str, more: &str) -> Nexusflow {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    std::fs::create_dir_all(nexusflow.folder().join("config")).unwrap();
    std::fs::create_dir_all(nexusflow.folder().join("exports")).unwrap();
    let settings = format!(
        "[[source]]\nname = \"exports\"\nkind = \"folder\"\npath = {path:?}\nmapping = \"example_folder\"\npoll_s = 1\nsettle_s = 1\n{more}\n"
    );
    std::fs::write(nexusflow.folder().join("config/nexusflow.toml"), settings).unwrap();
    nexusflow
}

/// Orders as CSV, `from` up to and without `to`, each of one euro.
fn orders(from: u32, to: u32) -> String {
    let mut text = "id,customer,placed_at,total,paid_at\n".to_owned();
    for n in from..to {
        writeln!(text, "{n},customer-{},2026-01-05T10:00:00Z,1.00,", n % 50).unwrap();
    }
    text
}

/// Puts a file there as one should: under another name first.
fn put(folder: &Path, name: &str, text: &str) {
    let hidden = folder.join(format!(".{name}"));
    std::fs::write(&hidden, text).unwrap();
    std::fs::rename(hidden, folder.join(name)).unwrap();
}

/// Every order counts, and once.
fn counts(nexusflow: &Nexusflow, orders: u64) {
    eventually(SOON, "the orders are counted", || {
        let figures = nexusflow.view("figures?period=all");
        let figure = |key: &str| figures.get(key).and_then(|row| row["value"].as_u64());
        let shown = (figure("orders"), figure("order_value"));
        (shown == (Some(orders), Some(orders * 100)))
            .then_some(())
            .ok_or_else(|| format!("{shown:?}\n{}", nexusflow.logs()))
    });
}

#[test]
fn every_row_counts_once_though_the_reader_is_killed() {
    let nexusflow = nexusflow("exports", "");
    let exports = nexusflow.folder().join("exports");
    let _nats = nexusflow.nats();
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    let mut worker = nexusflow.spawn("worker", &["worker"]);
    nexusflow.wait_until_ready();
    put(&exports, "orders-1.csv", &orders(0, 20_000));
    for kill in 1..=3 {
        // In the middle: some rows are stored, and not all.
        let goal = kill * 2_000;
        eventually(SOON, "some rows are stored", || {
            let figures = nexusflow.view("figures?period=all");
            let shown = figures.get("orders").and_then(|row| row["value"].as_u64()).unwrap_or_default();
            (shown >= goal).then_some(()).ok_or_else(|| format!("{shown}\n{}", nexusflow.logs()))
        });
        worker.kill();
        worker = nexusflow.spawn("worker", &["worker"]);
    }
    counts(&nexusflow, 20_000);

    // What was read is not read again, by another process either; what has changed is, and counts once.
    worker.kill();
    let _worker = nexusflow.spawn("worker", &["worker"]);
    put(&exports, "orders-1.csv", &orders(0, 20_010));
    counts(&nexusflow, 20_010);
    assert!(exports.join("orders-1.csv").is_file());
    assert_eq!(dead_letters(&nexusflow), []);
}

/// What stands in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_cannot_be_understood_says_where_it_stands_and_files_are_moved_when_they_were_read() {
    let nexusflow = nexusflow("exports", "after = \"move\"");
    let exports = nexusflow.folder().join("exports");
    put(
        &exports,
        "orders-1.csv",
        &(orders(0, 3) + "7,customer-7,yesterday,1.00,\n8,customer-8\n9,customer-9,2026-01-05T10:00:00Z,1.00,\n"),
    );
    put(&exports, "orders-2.csv", "id;customer\n1;2\n");
    put(
        &exports,
        "orders-3.csv",
        &format!("{}10,customer-1,2026-01-05T10:00:00Z,1.00,\"open\n{}", orders(20, 22), "x,".repeat(1 << 20)),
    );
    put(
        &exports,
        "deliveries-1.jsonl",
        "{\"order\":\"1\",\"customer\":\"customer-1\",\"delivered_at\":\"2026-01-06T10:00:00Z\"}\n[1]\n\n{\n",
    );
    put(&exports, "other.csv", "a\n1\n");
    let _up = nexusflow.up(&[]);
    counts(&nexusflow, 6);
    let mut expected = vec![
        "must be a time like 2026-01-31 09:30:00, with or without an offset (orders-1.csv, line 5)",
        "has 2 cells, the header has 5 (orders-1.csv, line 6)",
        "is no JSON object (deliveries-1.jsonl, line 2)",
        "is no JSON object (deliveries-1.jsonl, line 4)",
        "orders-2.csv: has no column \"id\" in its first line, which the mapping uses",
        "orders-3.csv: the row that begins at line 4 is longer than 1 MiB: is a quote left open?",
    ];
    expected.sort_unstable();
    let letters = eventually(SOON, "all are kept", || {
        let mut letters = dead_letters(&nexusflow);
        letters.sort_by(|(a, _), (b, _)| a.cmp(b));
        if letters.len() >= expected.len() { Ok(letters) } else { Err(format!("{letters:?}\n{}", nexusflow.logs())) }
    });
    let reasons: Vec<&str> = letters.iter().map(|(reason, _)| reason.as_str()).collect();
    assert_eq!(reasons, expected);
    // As it was decoded: it can be tried again with another mapping.
    let row = letters.iter().map(|(_, row)| row).find(|row| row["id"] == "7").unwrap();
    assert_eq!(
        (&row["$file"], &row["$line"], &row["placed_at"]),
        (&json!("orders-1.csv"), &json!(5), &json!("yesterday"))
    );

    eventually(SOON, "what was read is moved", || {
        let (left, moved) = (names(&exports), names(&exports.join("done")));
        let expected = ["done", "orders-2.csv", "orders-3.csv", "other.csv"];
        (left == expected && moved == ["deliveries-1.jsonl", "orders-1.csv"])
            .then_some(())
            .ok_or(format!("{left:?} {moved:?}"))
    });
    // Another file of the same name is another file, and the first stays.
    put(&exports, "orders-1.csv", &orders(100, 101));
    counts(&nexusflow, 7);
    eventually(SOON, "both are there", || {
        let done = names(&exports.join("done"));
        (done.len() == 3).then_some(()).ok_or(format!("{done:?}"))
    });
    assert!(
        stored(&nexusflow)
            .iter()
            .filter(|event| event["type"] == "order.placed")
            .all(|event| event["source"] == "/sources/exports")
    );
}

/// The files that pyarrow wrote: tests/folder/make.py.
#[cfg(feature = "parquet")]
#[test]
fn parquet_is_read_exactly() {
    let nexusflow = nexusflow("exports", "");
    let mapping = r#"
[source]
uri = "/files/parquet"
zone = "Europe/Madrid"
currency = "EUR"
[[file]]
name = "orders"
path = "*.parquet"
format = "parquet"
[[event]]
type = "order.placed"
from = "orders"
id = "{$file}/{$line}"
subject = ["customer", "id"]
time = "at_local"
data.order = "id"
data.total = { value = 1, type = "money" }
data.channel = { template = "{total} {at_us} {at_ns}" }
data.site = { template = "{day} {flag} {lines.0.sku} {lines.0.quantity} {facts.city}" }
data.status = "ratio"
"#;
    std::fs::write(nexusflow.folder().join("parquet.toml"), mapping).unwrap();
    let settings = nexusflow.folder().join("config/nexusflow.toml");
    let text = std::fs::read_to_string(&settings).unwrap().replace("example_folder", "parquet.toml");
    std::fs::write(settings, text).unwrap();
    let codecs = ["snappy", "zstd", "gzip", "lz4", "none"];
    let exports = nexusflow.folder().join("exports");
    for codec in codecs {
        let name = format!("orders-{codec}.parquet");
        std::fs::copy(harness::root().join("tests/folder").join(&name), exports.join(&name)).unwrap();
    }
    put(&exports, "broken.parquet", "PAR1 not at all");
    let _up = nexusflow.up(&[]);
    let events = eventually(SOON, "every row is read", || {
        let events: Vec<_> = stored(&nexusflow).into_iter().filter(|event| event["type"] == "order.placed").collect();
        if events.len() == 15 { Ok(events) } else { Err(format!("{events:?} {}", nexusflow.logs())) }
    });
    for codec in codecs {
        let of = |line: u32| {
            let id = format!("orders-{codec}.parquet/{line}");
            events.iter().find(|event| event["id"] == id.as_str()).unwrap()
        };
        let first = &of(1)["data"];
        assert_eq!(first["channel"], "12345678901234.10 2026-01-05T10:00:00.123456Z 2026-01-05T10:00:00.123456Z");
        assert_eq!(first["site"], "2026-01-05 true a 2 Bilbao");
        assert_eq!((&first["status"], &of(1)["time"]), (&json!("0.1"), &json!("2026-07-01T10:00:00.000Z")));
        assert_eq!((&of(2)["data"]["status"], of(3)["data"].get("status")), (&json!("1000000000000000000000"), None));
        assert_eq!(
            (&of(3)["subject"], &of(3)["data"]["order"]),
            (&json!("9007199254740993"), &json!("9007199254740993"))
        );
    }
    let letters = dead_letters(&nexusflow);
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].0, "broken.parquet: is no Parquet file that can be read");
}

#[cfg(feature = "s3")]
mod bucket {
    use super::{counts, dead_letters, nexusflow, orders};
    use crate::harness::{SOON, eventually, free_port, moto_server};
    use std::process::{Child, Command, Stdio};

    struct Server(Child);

    impl Drop for Server {
        fn drop(&mut self) {
            drop(self.0.kill());
            drop(self.0.wait());
        }
    }

    #[test]
    fn objects_of_a_bucket_are_read_as_files_are() {
        let Some(program) = moto_server() else { return };
        let port = free_port();
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(Stdio::null()).stderr(Stdio::null());
        let _server = Server(command.spawn().unwrap());
        let url = |object: &str| format!("http://127.0.0.1:{port}/exports{object}");
        eventually(SOON, "there is a bucket", || {
            ureq::put(url("")).send_empty().map(drop).map_err(|error| error.to_string())
        });
        let put = |object: &str, content: &str| {
            let nobody = "AWS4-HMAC-SHA256 Credential=nobody/20260101/us-east-1/s3/aws4_request";
            ureq::put(url(&format!("/{object}"))).header("authorization", nobody).send(content).unwrap();
        };
        let mut nexusflow = nexusflow("s3://exports/from/shop", "after = \"move\"");
        for (key, value) in [
            ("AWS_ENDPOINT", format!("http://127.0.0.1:{port}")),
            ("AWS_ALLOW_HTTP", "true".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_ACCESS_KEY_ID", "nobody".into()),
            ("AWS_SECRET_ACCESS_KEY", "nothing".into()),
        ] {
            nexusflow.set_outside(key, &value);
        }
        put("from/shop/2026/orders-1.csv", &orders(0, 2_000));
        put("from/orders-2.csv", &orders(5_000, 5_001));
        let _up = nexusflow.up(&[]);
        counts(&nexusflow, 2_000);
        let keys = || {
            let list = ureq::get(url("?list-type=2")).call().unwrap().body_mut().read_to_string().unwrap();
            let keys = list.split("<Key>").skip(1).filter_map(|rest| rest.split("</Key>").next());
            keys.map(str::to_owned).collect::<Vec<_>>()
        };
        let is_moved = |times: usize| {
            let keys = keys();
            let moved = keys.iter().filter(|key| key.starts_with("from/shop/done/2026/orders-1.csv")).count();
            // Beside them there is the one that is not below the prefix.
            (moved == times && keys.len() == times + 1).then_some(()).ok_or(format!("{keys:?}"))
        };
        eventually(SOON, "what was read is moved", || is_moved(1));
        put("from/shop/2026/orders-1.csv", &orders(1_000, 3_000));
        counts(&nexusflow, 3_000);
        eventually(SOON, "both are there", || is_moved(2));
        assert_eq!(dead_letters(&nexusflow), []);
    }
}

/// What the page says to try does what it says.
#[test]
fn the_session_of_the_page_works_as_it_is_written() {
    let nexusflow = nexusflow("exports", "");
    let page = std::fs::read_to_string(harness::root().join("docs/connect/folder.md")).unwrap();
    let session = page.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let ran = std::process::Command::new("bash").args(["-euc", session]).current_dir(nexusflow.folder()).status();
    assert!(ran.unwrap().success());
    let _up = nexusflow.up(&[]);
    eventually(SOON, "the rows are read", || {
        let (events, letters) = (stored(&nexusflow), dead_letters(&nexusflow));
        let of = |kind: &str| events.iter().filter(|event| event["type"] == kind).count();
        let shown = (of("order.placed"), of("payment.received"), letters.len());
        (shown == (2, 1, 1)).then_some(()).ok_or_else(|| format!("{shown:?} {letters:?}\n{}", nexusflow.logs()))
    });
}
