//! A console: a WebSocket that keeps rows as a browser does.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use crate::harness::{Nexusflow, SOON};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

/// A subscription's rows, by their keys, each an object by column.
#[derive(Default)]
pub(crate) struct Console {
    socket: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    cols: Vec<String>,
    keys: Vec<String>,
    pub(crate) rows: BTreeMap<String, Map<String, Value>>,
    pub(crate) epoch: String,
    pub(crate) seq: u64,
    /// How many snapshots were told.
    pub(crate) snapshots: usize,
}

impl Console {
    /// Looks at a topic until its rows are there.
    pub(crate) async fn open(nexusflow: &Nexusflow, topic: &str, params: Value) -> Self {
        let mut console = Self::default();
        console.connect(nexusflow).await;
        console.say(&json!({"type": "sub", "id": "a", "topic": topic, "params": params})).await;
        while console.snapshots == 0 {
            console.hear().await;
        }
        console
    }

    /// Comes back with what it has.
    pub(crate) async fn come_back(&mut self, nexusflow: &Nexusflow, topic: &str) {
        self.connect(nexusflow).await;
        let since = json!({"epoch": self.epoch, "seq": self.seq});
        self.say(&json!({"type": "sub", "id": "a", "topic": topic, "since": since})).await;
    }

    async fn connect(&mut self, nexusflow: &Nexusflow) {
        let mut request = nexusflow.url("/api/v1/live").replace("http", "ws").into_client_request().unwrap();
        request.headers_mut().insert("sec-websocket-protocol", "nexusflow.live.v1".parse().unwrap());
        let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
        self.socket = Some(socket);
        self.say(&json!({"type": "hello", "v": 1, "client": "test", "build": "x"})).await;
    }

    pub(crate) async fn say(&mut self, frame: &Value) {
        self.socket.as_mut().unwrap().send(Message::text(frame.to_string())).await.unwrap();
    }

    /// Takes the next frame in.
    pub(crate) async fn hear(&mut self) -> Value {
        let next = tokio::time::timeout(SOON, self.socket.as_mut().unwrap().next()).await;
        let Message::Text(text) = next.unwrap().unwrap().unwrap() else { return Value::Null };
        let frame: Value = serde_json::from_str(&text).unwrap();
        match frame["type"].as_str().unwrap() {
            "snap" => {
                let texts = |field: &str| {
                    let all = frame[field].as_array().unwrap().iter();
                    all.map(|text| text.as_str().unwrap().to_owned()).collect()
                };
                (self.cols, self.keys) = (texts("cols"), texts("key"));
                self.rows.clear();
                self.put(&frame["rows"]);
                self.snapshots += 1;
            }
            "delta" => {
                assert_eq!(frame["prev"].as_u64().unwrap(), self.seq, "no gap");
                for key in frame["rm"].as_array().unwrap() {
                    assert!(self.rows.remove(&key.to_string()).is_some(), "{key} was there");
                }
                self.put(&frame["up"]);
            }
            _ => return frame,
        }
        self.epoch = frame["epoch"].as_str().unwrap().to_owned();
        self.seq = frame["seq"].as_u64().unwrap();
        frame
    }

    fn put(&mut self, rows: &Value) {
        for row in rows.as_array().unwrap() {
            let row: Map<String, Value> = self.cols.iter().cloned().zip(row.as_array().unwrap().clone()).collect();
            let key: Vec<&Value> = self.keys.iter().map(|key| &row[key]).collect();
            self.rows.insert(json!(key).to_string(), row);
        }
    }

    pub(crate) fn row(&self, key: &[&str]) -> Option<&Map<String, Value>> {
        self.rows.get(&json!(key).to_string())
    }

    /// Hears until something is so.
    pub(crate) async fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let until = tokio::time::Instant::now() + SOON;
        while !is_so(self) {
            assert!(tokio::time::Instant::now() < until, "{what}; there is {:?}", self.rows.keys());
            self.hear().await;
        }
    }
}

/// An unhappy answer to a survey.
pub(crate) fn unhappy(id: &str, customer: &str) -> Value {
    json!({
        "specversion": "1.0", "id": id, "source": "/survey", "type": "survey.answered", "subject": customer,
        "data": {"survey": format!("s-{id}"), "measures": "csat", "score": 1}
    })
}

/// The key of the alert that follows from it.
pub(crate) fn recovery(customer: &str) -> String {
    format!("recovery:{customer}:feedback")
}

/// Does something about a customer's recovery: (status, answer).
pub(crate) fn act(nexusflow: &Nexusflow, customer: &str, verb: &str, body: &Value) -> (u16, Value) {
    let path = format!("/api/v1/alerts/{customer}/{}/{verb}", recovery(customer));
    nexusflow.post(&path, "application/json", &body.to_string())
}
