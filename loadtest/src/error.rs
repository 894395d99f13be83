//! Why a load test ends without a result.

use tokio_tungstenite::tungstenite;

/// Why a load test ends without a result.
#[derive(Debug, thiserror::Error)]
pub enum LoadtestError {
    /// An address that can't be used.
    #[error("{url:?} is no address of a gateway: {reason}")]
    Address {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Settings that make no load.
    #[error("{0}")]
    Settings(&'static str),
    /// Nobody listens there, or not for us.
    #[error("can't reach the gateway at {authority}: {cause}. Is NexusFlow up?")]
    Connect {
        /// Host and port.
        authority: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The gateway does not talk HTTP as it should.
    #[error("the gateway at {authority} does not answer as it should: {cause}")]
    Http {
        /// Host and port.
        authority: String,
        /// What the client said.
        cause: hyper::Error,
    },
    /// The log, which knows when it had what, can't be read.
    #[error("the log can't be read: {0}")]
    Log(String),
    /// The WebSocket failed.
    #[error("the WebSocket: {0}")]
    WebSocket(#[from] Box<tungstenite::Error>),
    /// The gateway said something that is not in the protocol, or refused.
    #[error("the WebSocket: {0}")]
    Protocol(String),
    /// Somebody else publishes too.
    #[error(
        "events keep coming in from elsewhere: nothing can be said about what gets lost. Stop what publishes, or the demonstration"
    )]
    NotAlone,
    /// A part of the load test died.
    #[error("a part of the load test ended unexpectedly: {0}")]
    Task(#[from] tokio::task::JoinError),
}

impl From<tungstenite::Error> for LoadtestError {
    fn from(error: tungstenite::Error) -> Self {
        Self::WebSocket(Box::new(error))
    }
}
