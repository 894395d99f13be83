//! Upstream systems on NATS: NexusFlow's own, with a user that may publish and nothing else, and theirs.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use harness::{Nexusflow, SOON, eventually, free_port, nats_server, root, signal};
use nexusflow_log::async_nats;
use serde_json::{Value, json};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

fn order(id: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/shop", "type": "order.placed", "subject": "c-1",
        "data": {"order": id, "total": {"minor": 100, "currency": "EUR"}}
    })
}

fn configure(nexusflow: &Nexusflow, toml: &str) {
    std::fs::create_dir_all(nexusflow.folder().join("config")).unwrap();
    std::fs::write(nexusflow.folder().join("config/nexusflow.toml"), toml).unwrap();
}

fn orders(nexusflow: &Nexusflow, wanted: u64) {
    eventually(SOON, "the orders are on the wall", || {
        let orders = nexusflow.view("figures").get("orders").map(|row| row["value"].clone());
        if orders == Some(json!(wanted)) { Ok(()) } else { Err(format!("{orders:?}\n{}", nexusflow.logs())) }
    });
}

/// Waits until something says what it has to, at once or within a while.
async fn soon<T, E: std::fmt::Display, F: Future<Output = Result<T, E>>>(mut attempt: impl FnMut() -> F) -> T {
    let began = std::time::Instant::now();
    loop {
        match attempt().await {
            Ok(done) => return done,
            Err(error) => assert!(began.elapsed() < SOON, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn connect(port: u16, user: &str, password: &str) -> async_nats::Client {
    let options = async_nats::ConnectOptions::with_user_and_password(user.into(), password.into());
    options.connect(format!("127.0.0.1:{port}")).await.unwrap()
}

/// What a publisher was told to be wrong, in order.
async fn connect_and_hear(port: u16) -> (async_nats::Client, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    let options = async_nats::ConnectOptions::with_user_and_password("shop".into(), "secret of a test".into());
    let options = options.event_callback(move |event| {
        let tell = tell.clone();
        async move {
            if matches!(event, async_nats::Event::ServerError(_)) {
                tell.send(event.to_string()).unwrap();
            }
        }
    });
    (options.connect(format!("127.0.0.1:{port}")).await.unwrap(), told)
}

const SHOP: &str = "[[own_nats.publisher]]\nname = \"shop\"\nsubject = \"shop.>\"\npassword_file = \"shop.txt\"\n\
                    [[source]]\nname = \"shop\"\nkind = \"nats\"\nsubject = \"shop.>\"\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_of_our_own_server_publishes_and_does_nothing_else() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    // What was there before there were publishers stays.
    let up = nexusflow.up(&[]);
    assert_eq!(nexusflow.publish(&order("before")).0, 201);
    orders(&nexusflow, 1);
    up.stop();
    std::fs::write(nexusflow.folder().join("shop.txt"), "secret of a test\n").unwrap();
    configure(&nexusflow, SHOP);
    let up = nexusflow.up(&[]);
    orders(&nexusflow, 1);

    let (client, mut told) = connect_and_hear(nexusflow.nats_port).await;
    let jetstream = async_nats::jetstream::new(client.clone());
    let publish = async |subject: &'static str, body: Value| {
        let ack = jetstream.publish(subject, body.to_string().into()).await.unwrap();
        ack.await
    };
    // Until the source has its stream nobody answers, and the publisher is told so.
    soon(|| publish("shop.orders", order("one"))).await;
    publish("shop.orders", order("one")).await.unwrap();
    let mut headers = async_nats::HeaderMap::new();
    let attributes =
        [("id", "two"), ("source", "/x"), ("type", "order.placed"), ("subject", "c-1"), ("specversion", "1.0")];
    attributes.iter().for_each(|(name, value)| headers.insert(format!("ce-{name}").as_str(), *value));
    let two = order("two")["data"].to_string();
    jetstream.publish_with_headers("shop.eu.orders", headers, two.into()).await.unwrap().await.unwrap();
    publish("shop.orders", json!({"no": "event"})).await.unwrap();
    orders(&nexusflow, 3);

    // An answer goes to the one who asked, wherever they say it has to go: never into the log.
    client.publish_with_reply("shop.orders", "nexusflow.log.0", order("three").to_string().into()).await.unwrap();
    orders(&nexusflow, 4);
    for forbidden in ["nexusflow.log.0", "nexusflow.dead", "$JS.API.STREAM.DELETE.NEXUSFLOW_LOG_000", "shops.x"] {
        client.publish(forbidden, "[]".into()).await.unwrap();
        let said = told.recv().await.unwrap().to_lowercase();
        assert!(said.contains("permissions violation") && said.contains(&forbidden.to_lowercase()), "{said}");
    }
    for hidden in ["nexusflow.>", "shop.>", "$JS.>", ">"] {
        let _listens = client.subscribe(hidden).await.unwrap();
        let said = told.recv().await.unwrap().to_lowercase();
        assert!(said.contains("permissions violation for subscription"), "{said}");
    }
    let token = std::fs::read_to_string(nexusflow.folder().join(".nexusflow/nats/token")).unwrap();
    let ours = async_nats::jetstream::new(connect(nexusflow.nats_port, "nexusflow", token.trim()).await);
    let mut dead = ours.get_stream("NEXUSFLOW_DEAD").await.unwrap();
    assert_eq!(dead.info().await.unwrap().state.messages, 1);
    for partition in 0..4 {
        let stream = ours.get_stream(format!("NEXUSFLOW_LOG_{partition:03}")).await.unwrap();
        for sequence in 1..=stream.cached_info().state.last_sequence {
            let record = stream.get_raw_message(sequence).await.unwrap().payload;
            assert!(record.starts_with(b"[{\"specversion\""), "{record:?}");
        }
    }
    // What is in the log is kept twice no longer.
    soon(async || match ours.get_stream("NEXUSFLOW_SOURCE_shop").await.unwrap().cached_info().state.messages {
        0 => Ok(()),
        left => Err(format!("{left} are left")),
    })
    .await;
    up.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_counted_twice_when_the_reader_is_killed() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    std::fs::write(nexusflow.folder().join("shop.txt"), "secret of a test\n").unwrap();
    configure(&nexusflow, SHOP);
    let _nats = nexusflow.nats();
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    let mut worker = Some(nexusflow.spawn("worker", &["worker"]));
    nexusflow.wait_until_ready();
    let client = connect(nexusflow.nats_port, "shop", "secret of a test").await;
    let jetstream = async_nats::jetstream::new(client);
    for number in 0..400 {
        let body = order(&number.to_string()).to_string();
        soon(async || {
            let ack = jetstream.publish("shop.orders", body.clone().into()).await.unwrap();
            ack.await
        })
        .await;
        if number % 100 == 50 {
            worker.take().unwrap().kill();
            worker = Some(nexusflow.spawn("worker", &["worker"]));
        }
    }
    orders(&nexusflow, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_is_told_that_it_is_stored_or_what_is_wrong() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    std::fs::write(nexusflow.folder().join("shop.txt"), "secret of a test\n").unwrap();
    configure(&nexusflow, &format!("{SHOP}answer = true\n"));
    let _nats = nexusflow.nats();
    let client = connect(nexusflow.nats_port, "shop", "secret of a test").await;
    let ask = async |body: String| client.request("shop.orders", body.into()).await;
    let nobody = ask(order("one").to_string()).await.unwrap_err();
    assert_eq!(nobody.kind(), async_nats::RequestErrorKind::NoResponders);
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    let _worker = nexusflow.spawn("worker", &["worker"]);
    let stored = soon(|| ask(order("one").to_string())).await;
    let status = |message: &async_nats::Message| {
        let status = message.headers.as_ref().unwrap().get("nexusflow-status").unwrap().to_string();
        (status, serde_json::from_slice::<Value>(&message.payload).unwrap())
    };
    let (code, body) = status(&stored);
    assert_eq!((code.as_str(), body["stored"].as_u64()), ("201", Some(1)), "{body}");
    let mut wrong = order("two");
    wrong["data"]["total"]["currency"] = "euro".into();
    let (code, body) = status(&ask(wrong.to_string()).await.unwrap());
    assert_eq!((code.as_str(), body["error"]["field"].as_str()), ("422", Some("data.total.currency")), "{body}");
    let (code, body) = status(&ask(Value::from(vec![order("one"), order("three")]).to_string()).await.unwrap());
    assert_eq!((code.as_str(), body["stored"].as_u64()), ("200", Some(2)), "{body}");
    orders(&nexusflow, 2);
}

struct Theirs(Child, u16);

impl Theirs {
    fn start(nexusflow: &Nexusflow) -> Self {
        let port = free_port();
        let config = format!(
            "host: 127.0.0.1\nport: {port}\nauthorization {{ user: theirs, password: \"their secret\" }}\n\
             jetstream {{ store_dir: \"theirs\" }}\n"
        );
        std::fs::write(nexusflow.folder().join("theirs.conf"), config).unwrap();
        let path = format!("{}:{}", root().join(".tools/venv/bin").display(), std::env::var("PATH").unwrap());
        let mut command = Command::new("nats-server");
        command.args(["-c", "theirs.conf"]).env("PATH", path).current_dir(nexusflow.folder());
        let server = Self(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap(), port);
        eventually(SOON, "their NATS listens", || {
            std::net::TcpStream::connect(("127.0.0.1", port)).map(drop).map_err(|error| error.to_string())
        });
        server
    }
}

impl Drop for Theirs {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// While the log stands still, no more is taken from their NATS than a handful, and when it goes on, so does everything.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_log_leaves_what_is_published_where_it_is_kept() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let theirs = Theirs::start(&nexusflow);
    std::fs::write(nexusflow.folder().join("theirs.txt"), "their secret").unwrap();
    configure(
        &nexusflow,
        &format!(
            "[[source]]\nname = \"shop\"\nkind = \"nats\"\nsubject = \"orders.*\"\nurl = \"nats://127.0.0.1:{}\"\n\
             user = \"theirs\"\npassword_file = \"theirs.txt\"\n",
            theirs.1
        ),
    );
    let client = connect(theirs.1, "theirs", "their secret").await;
    let jetstream = async_nats::jetstream::new(client);
    let ours = nexusflow.nats();
    let _worker = nexusflow.spawn("worker", &["worker"]);
    let _gateway = nexusflow.spawn("gateway", &["gateway"]);
    nexusflow.wait_until_ready();
    eventually(SOON, "it is told that nobody keeps the subject", || {
        let logs = nexusflow.logs();
        if logs.contains("no stream keeps what is published on orders.*") { Ok(()) } else { Err(logs) }
    });
    let config = async_nats::jetstream::stream::Config {
        name: "ORDERS".into(),
        subjects: vec!["orders.>".into()],
        ..async_nats::jetstream::stream::Config::default()
    };
    let stream = jetstream.create_stream(config).await.unwrap();
    let publish = async |number: u32| {
        let body = order(&number.to_string()).to_string();
        jetstream.publish("orders.eu", body.into()).await.unwrap().await.unwrap();
    };
    publish(0).await;
    orders(&nexusflow, 1);
    let server = nats_server(ours.id());
    signal("-STOP", server);
    for number in 1..=500 {
        publish(number).await;
    }
    let info = soon(async || {
        let mut consumer: async_nats::jetstream::consumer::PullConsumer =
            stream.get_consumer("nexusflow-shop").await.unwrap();
        match consumer.info().await.unwrap().clone() {
            info if info.num_ack_pending > 0 => Ok(info),
            info => Err(format!("{info:?}")),
        }
    })
    .await;
    assert!(info.num_ack_pending <= 64 && info.num_pending >= 436, "{info:?}");
    signal("-CONT", server);
    orders(&nexusflow, 501);
}
