//! Somebody who looks: a WebSocket in `nexusflow.live.v1`.

use crate::LoadtestError;
use crate::target::Target;
use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};

/// A gateway speaks every two seconds; one that is silent for so long is gone.
const SILENT_MAX: Duration = Duration::from_secs(10);
/// How often somebody in front of a wall is told something new.
const ONLOOKER_RATE: Duration = Duration::from_millis(250);

/// What the gateway says, as far as it matters here.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(crate) enum Frame {
    Welcome {
        server: String,
    },
    Snap {
        id: String,
        cols: Vec<String>,
        rows: Vec<Vec<Value>>,
    },
    Delta {
        id: String,
        up: Vec<Vec<Value>>,
    },
    Event {
        items: Vec<Item>,
    },
    Resync {
        id: String,
    },
    Err {
        msg: String,
    },
    #[serde(other)]
    Other,
}

/// A line of the ticker.
#[derive(Debug, Deserialize)]
pub(crate) struct Item {
    pub(crate) place: String,
    /// When the gateway heard of it, in microseconds since the epoch.
    pub(crate) taken_in_us: u64,
}

/// A connection that looks.
pub(crate) struct Viewer {
    socket: WebSocketStream<TcpStream>,
}

impl Viewer {
    pub(crate) async fn open(target: &Target) -> Result<Self, LoadtestError> {
        Self::greet(target.live(target.connect().await?).await?).await
    }

    /// One whose system keeps next to nothing for it, so that the gateway notices when it does not read.
    pub(crate) async fn open_narrow(target: &Target) -> Result<Self, LoadtestError> {
        Self::greet(target.live(target.connect_narrow().await?).await?).await
    }

    async fn greet(socket: WebSocketStream<TcpStream>) -> Result<Self, LoadtestError> {
        let mut viewer = Self { socket };
        viewer.say(&json!({"type": "hello", "v": 1, "client": "loadtest"})).await?;
        Ok(viewer)
    }

    /// Looks at a topic. The subscription has the name of the topic.
    pub(crate) async fn look_at(&mut self, topic: &str, params: &Value, rate: Duration) -> Result<(), LoadtestError> {
        let rate_ms = rate.as_millis() as u64;
        self.say(&json!({"type": "sub", "id": topic, "topic": topic, "params": params, "rate_ms": rate_ms})).await
    }

    /// Asks for a pong.
    pub(crate) async fn ping(&mut self) -> Result<(), LoadtestError> {
        self.say(&json!({"type": "ping", "t": 0})).await
    }

    async fn say(&mut self, frame: &Value) -> Result<(), LoadtestError> {
        Ok(self.socket.send(Message::Text(frame.to_string().into())).await?)
    }

    /// The next frame and when it was there.
    pub(crate) async fn next(&mut self) -> Result<(Instant, Frame), LoadtestError> {
        let (at, text) = self.next_text().await?;
        let frame = serde_json::from_str(text.as_str());
        let frame = frame.map_err(|error| LoadtestError::Protocol(format!("{error} in {text}")))?;
        Ok((at, frame))
    }

    /// The same as it was said.
    pub(crate) async fn next_text(&mut self) -> Result<(Instant, Utf8Bytes), LoadtestError> {
        loop {
            let next = tokio::time::timeout(SILENT_MAX, self.socket.next()).await;
            let at = Instant::now();
            let lost = |why: &str| Err(LoadtestError::Protocol(why.to_owned()));
            match next {
                Err(_) => return lost("the gateway is silent"),
                Ok(None | Some(Ok(Message::Close(_)))) => return lost("the gateway closed it"),
                Ok(Some(Ok(Message::Text(text)))) => return Ok((at, text)),
                Ok(Some(Ok(_))) => {}
                Ok(Some(Err(error))) => return Err(error.into()),
            }
        }
    }
}

/// Somebody in front of a wall, until the handle is aborted; ends by itself only when something is wrong.
pub(crate) async fn onlooker(target: &Target) -> Result<JoinHandle<LoadtestError>, LoadtestError> {
    let mut viewer = Viewer::open(target).await?;
    viewer.look_at("figures", &json!({"period": "all"}), ONLOOKER_RATE).await?;
    Ok(tokio::spawn(async move {
        loop {
            if let Err(error) = viewer.next().await {
                return error;
            }
        }
    }))
}
