//! A wall that follows a topic, and goes to another gateway when its own is gone.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

/// Without a frame for so long a gateway is given up: it sends a heartbeat every 2 s.
const SILENT_AFTER: Duration = Duration::from_secs(5);

/// A viewer of the figures of all time.
pub(crate) struct Viewer {
    seen: Arc<Seen>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Seen {
    is_over: AtomicBool,
    rows: Mutex<BTreeMap<String, Value>>,
    connected: AtomicUsize,
    refused: AtomicUsize,
}

impl Viewer {
    /// One that looks at the first of these gateways (`ws://host:port`) as long as it is there, then at the next.
    pub(crate) fn start(gateways: Vec<String>) -> Self {
        let seen = Arc::new(Seen::default());
        let own = Arc::clone(&seen);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(look(&own, gateways));
        });
        Self { seen, thread: Some(thread) }
    }

    /// The rows it has on the screen, by key.
    pub(crate) fn rows(&self) -> BTreeMap<String, Value> {
        self.seen.rows.lock().unwrap().clone()
    }

    /// How often it has found a gateway.
    pub(crate) fn connected(&self) -> usize {
        self.seen.connected.load(Ordering::Relaxed)
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.seen.is_over.store(true, Ordering::Relaxed);
        drop(self.thread.take().map(JoinHandle::join));
    }
}

async fn look(seen: &Seen, mut gateways: Vec<String>) {
    while !seen.is_over.load(Ordering::Relaxed) {
        // However it ends, what is on the screen stays there until another gateway says better.
        if follow(seen, &gateways[0]).await.is_err() {
            seen.refused.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        gateways.rotate_left(1);
    }
}

async fn follow(seen: &Seen, gateway: &str) -> Result<(), Box<Error>> {
    let mut request = format!("{gateway}/api/v1/live").into_client_request().map_err(Box::new)?;
    request.headers_mut().insert("sec-websocket-protocol", "nexusflow.live.v1".parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.map_err(Box::new)?;
    let hello = json!({"type": "hello", "v": 1, "client": "test", "build": "x"});
    let wanted = json!({"type": "sub", "id": "f", "topic": "figures", "params": {"period": "all"}, "rate_ms": 50});
    for frame in [hello, wanted] {
        socket.send(Message::text(frame.to_string())).await.map_err(Box::new)?;
    }
    let (mut seq, mut is_whole) = (Value::Null, true);
    while !seen.is_over.load(Ordering::Relaxed) {
        let Ok(Some(message)) = tokio::time::timeout(SILENT_AFTER, socket.next()).await else { return Ok(()) };
        let Message::Text(text) = message.map_err(Box::new)? else { continue };
        let mut frame: Value = serde_json::from_str(&text).unwrap();
        let mut rows = seen.rows.lock().unwrap();
        match frame["type"].as_str().unwrap() {
            "snap" => {
                if is_whole {
                    rows.clear();
                    seen.connected.fetch_add(1, Ordering::Relaxed);
                }
                is_whole = frame["last"] == true;
                put(&mut rows, &mut frame["rows"]);
            }
            "delta" => {
                assert_eq!(frame["prev"], seq, "a gap in what a viewer is told");
                put(&mut rows, &mut frame["up"]);
                for key in frame["rm"].as_array().into_iter().flatten() {
                    rows.remove(key[0].as_str().unwrap());
                }
            }
            "welcome" | "hb" => continue,
            other => panic!("{other}: {frame}"),
        }
        seq = frame["seq"].take();
    }
    Ok(())
}

fn put(rows: &mut BTreeMap<String, Value>, said: &mut Value) {
    for row in said.as_array_mut().into_iter().flatten() {
        rows.insert(row[0].as_str().unwrap().to_owned(), row.take());
    }
}
