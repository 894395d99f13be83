//! The live protocol, as a client meets it.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod harness;

use futures_util::{SinkExt, StreamExt};
use harness::{Nexusflow, SOON, eventually};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

struct Viewer(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Viewer {
    async fn connect(nexusflow: &Nexusflow) -> Self {
        let mut request = nexusflow.url("/api/v1/live").replace("http", "ws").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "nexusflow.live.v1".parse().unwrap());
        let (socket, answer) = tokio_tungstenite::connect_async(request).await.unwrap();
        assert_eq!(answer.headers()["sec-websocket-protocol"], "nexusflow.live.v1");
        let mut viewer = Self(socket);
        viewer.say(&json!({"type": "hello", "v": 1, "client": "test", "build": "x"})).await;
        let welcome = viewer.hear("welcome").await;
        assert_eq!((&welcome["v"], &welcome["time_zone"]), (&json!(1), &json!("Europe/Madrid")));
        viewer
    }

    async fn say(&mut self, frame: &Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame of that type.
    async fn hear(&mut self, kind: &str) -> Value {
        let next = async {
            loop {
                if let Message::Text(text) = self.0.next().await.unwrap().unwrap() {
                    let frame: Value = serde_json::from_str(&text).unwrap();
                    if frame["type"] == kind {
                        return frame;
                    }
                }
            }
        };
        tokio::time::timeout(SOON, next).await.unwrap()
    }
}

fn order(id: u32) -> Value {
    json!({
        "specversion": "1.0", "id": id.to_string(), "source": "/shop", "type": "order.placed", "subject": format!("c-{id}"),
        "data": {"order": id.to_string(), "total": {"minor": 100, "currency": "EUR"}}
    })
}

#[tokio::test]
async fn a_viewer_gets_the_whole_then_what_changes_and_what_happens() {
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    assert_eq!(nexusflow.publish(&order(1)).0, 201);
    // Else the first order may be in the first delta, and with it whatever it changes.
    eventually(SOON, "the first order is on the wall", || {
        let row = nexusflow.json("/api/v1/views/figures?period=all").unwrap_or_default()["rows"].to_string();
        if row.contains("[\"orders\",1,") { Ok(()) } else { Err(row) }
    });
    let mut viewer = Viewer::connect(&nexusflow).await;
    viewer
        .say(&json!({"type": "sub", "id": "f", "topic": "figures", "params": {"period": "all"}, "rate_ms": 50}))
        .await;
    let snap = viewer.hear("snap").await;
    assert_eq!((&snap["id"], &snap["last"], &snap["key"]), (&json!("f"), &json!(true), &json!(["key"])));
    let mut seq = snap["seq"].as_u64().unwrap();
    assert_eq!(nexusflow.publish(&order(2)).0, 201);
    loop {
        let delta = viewer.hear("delta").await;
        assert_eq!(delta["prev"].as_u64().unwrap(), seq, "no gap");
        seq = delta["seq"].as_u64().unwrap();
        let rows = delta["up"].as_array().unwrap();
        if rows.iter().any(|row| row[0] == "orders" && row[1] == 2) {
            assert!(rows.iter().all(|row| row[0] != "nps"), "what did not change is not sent");
            break;
        }
    }

    viewer.say(&json!({"type": "sub", "id": "a", "topic": "activity"})).await;
    let kept = viewer.hear("event").await;
    assert_eq!(kept["items"].as_array().unwrap().len(), 2);
    let (_, answer) = nexusflow.publish(&order(3));
    let told = viewer.hear("event").await;
    assert_eq!(told["items"][0]["place"], answer["place"]);
    assert_eq!(told["items"][0]["headline"]["amount"], json!({"minor": 100, "currency": "EUR"}));

    let beat = viewer.hear("hb").await;
    assert_eq!((&beat["topics"]["f"]["stale"], &beat["topics"]["a"]["seq"]), (&json!(false), &told["seq"]));

    // Somebody who comes back with what they have is not sent it again.
    let current = viewer.hear("hb").await["topics"]["f"]["seq"].clone();
    let mut again = Viewer::connect(&nexusflow).await;
    let since = json!({"epoch": snap["epoch"], "seq": current});
    again
        .say(&json!({"type": "sub", "id": "f", "topic": "figures", "params": {"period": "all"}, "since": since}))
        .await;
    loop {
        let topics = again.hear("hb").await["topics"].take();
        if let Some(topic) = topics.get("f") {
            assert_eq!(topic["seq"], current);
            break;
        }
    }

    again.say(&json!({"type": "sub", "id": "x", "topic": "figurs"})).await;
    assert!(again.hear("err").await["msg"].as_str().unwrap().contains("/api/v1/views"));
    again.say(&json!({"type": "sub", "id": "x", "topic": "figures", "params": {"period": "week"}})).await;
    assert!(again.hear("err").await["msg"].as_str().unwrap().contains("30d"));
}

/// The same by server-sent events.
#[test]
fn curl_can_follow_a_topic() {
    use std::io::{BufRead, BufReader};
    let nexusflow = Nexusflow::new("EUR", "Europe/Madrid");
    let _up = nexusflow.up(&[]);
    let answer = ureq::get(nexusflow.url("/api/stream?topic=figures&period=all")).call().unwrap();
    let mut lines = BufReader::new(answer.into_body().into_reader()).lines().map(Result::unwrap);
    let mut data = || -> Value {
        let line = lines.find(|line| line.starts_with("data:")).unwrap();
        serde_json::from_str(line.trim_start_matches("data:").trim()).unwrap()
    };
    assert_eq!(data()["type"], "snap");
    assert_eq!(nexusflow.publish(&order(1)).0, 201);
    let delta = data();
    assert_eq!((&delta["type"], &delta["up"][0][0]), (&json!("delta"), &json!("orders")));
}
