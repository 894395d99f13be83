//! Sources: systems outside that say what happens, each in its own way. A source is a name and a kind in nexusflow.toml; a kind is a
//! [`Connector`]: one file, and one line in [`CONNECTORS`].

mod body;
mod customers;
mod readers;
mod settings;

pub use body::Body;
pub use customers::{Customers, Known};
pub use readers::Readers;
pub use settings::{Secrets, SourceError, Sources, read_secrets};

use crate::arrival::Decoder;
use crate::hook::Verify;
use crate::intake::Intake;
use nexusflow_log::Log;
use nexusflow_model::Source as SourceUri;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::watch;

/// The list. A connector is one file and one line here.
pub const CONNECTORS: &[&Connector] = &[
    &crate::hook::standard::CONNECTOR,
    &crate::hook::hmac::CONNECTOR,
    &crate::hook::shopify::CONNECTOR,
    &crate::hook::stripe::CONNECTOR,
    &crate::hook::zendesk::CONNECTOR,
    &crate::hook::hubspot::CONNECTOR,
    &crate::hook::intercom::CONNECTOR,
    &crate::hook::typeform::CONNECTOR,
    &crate::hook::twilio::CONNECTOR,
    &crate::hook::segment::CONNECTOR,
    &crate::table::folder::CONNECTOR,
    &crate::table::postgresql::CONNECTOR,
];

/// A kind of source.
pub struct Connector {
    /// What `kind` says in the settings of a source: lower-case letters, digits and `-`.
    pub kind: &'static str,
    /// One line about it.
    pub about: &'static str,
    /// Reads the settings of a source of this kind.
    pub open: fn(&Named, toml::Table) -> Result<Opened, String>,
    /// The page that says how to connect it, in Markdown: docs/connect/KIND.md.
    pub page: &'static str,
    /// Settings of a source of this kind, with which its samples can be read.
    pub example: &'static str,
    /// Messages as that system sends them, and what becomes of them: for its page, and for the harness that every connector goes
    /// through.
    pub samples: &'static [Sample],
}

impl std::fmt::Debug for Connector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connector({})", self.kind)
    }
}

/// A message as a system sends it.
#[derive(Debug, Clone, Copy)]
pub struct Sample {
    /// What it is.
    pub what: &'static str,
    /// What is said about it, names in lower case, without signatures.
    pub headers: &'static [(&'static str, &'static str)],
    /// The message.
    pub body: &'static str,
    /// The types of the events it becomes, in order.
    pub becomes: &'static [&'static str],
}

/// What every source has.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its name: lower-case letters, digits and `-`.
    pub name: Arc<str>,
    /// The CloudEvents source of its events: `/sources/NAME`.
    pub uri: SourceUri,
    /// The folder that relative paths in its settings begin at.
    pub folder: PathBuf,
}

/// A source whose settings were read.
#[derive(Debug)]
pub struct Opened {
    /// How its messages become events.
    pub decoder: Arc<dyn Decoder>,
    /// How they come in.
    pub way: Way,
}

/// How the messages of a source come in.
#[derive(Debug)]
pub enum Way {
    /// It calls us: at `/hooks/NAME`, and proves that it is who it says.
    Hook(Box<dyn Verify>),
    /// We ask it, in one process at a time.
    Read(Box<dyn Read>),
}

/// What runs to its end.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>>;

/// Reads a source until it is told to stop. One process at a time reads; a place that must survive is kept in the log's bucket, and
/// moved only when [`Intake::bring`] has returned.
pub trait Read: Send + Sync + std::fmt::Debug {
    /// Reads until `site.shutdown` is raised. An error is told to the operator, and it is begun anew after a pause that grows.
    fn run<'a>(&'a self, site: &'a Site, decoder: &'a dyn Decoder) -> Running<'a>;
}

/// Where a source is read.
#[derive(Debug, Clone)]
pub struct Site {
    /// The source.
    pub named: Named,
    /// What its kind is called.
    pub kind: &'static str,
    /// Where its events go.
    pub intake: Intake,
    /// For places that must survive.
    pub log: Log,
    /// The wall clock.
    pub now: fn() -> nexusflow_model::Timestamp,
    /// Raised when it is to stop.
    pub shutdown: watch::Receiver<bool>,
}

/// A source, ready.
#[derive(Debug)]
pub struct Source {
    /// What it is called.
    pub named: Named,
    /// What its kind is called.
    pub kind: &'static str,
    /// How its messages become events.
    pub decoder: Arc<dyn Decoder>,
    /// How they come in.
    pub way: Way,
}
