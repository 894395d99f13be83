//! Sources opened with the example settings of their kinds.

use bytes::Bytes;
use nexusflow_connectors::arrival::{Arrival, Headers, Incoming};
use nexusflow_connectors::source::{CONNECTORS, Connector, Named, Opened, Sample};
use nexusflow_model::{Source, Timestamp};
use std::path::Path;
use std::sync::LazyLock;

/// What the secrets of all webhooks are here: the new one and the old one. Standard Webhooks wants them in this form, the others
/// take any.
pub(crate) const SECRETS: [&str; 2] =
    ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"];

/// When arrivals come, unless a test says otherwise: after everything in the samples.
pub(crate) fn now() -> Timestamp {
    "2027-06-01T12:00:00Z".parse().unwrap()
}

static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), SECRETS.join("\n")).unwrap();
    folder
});

pub(crate) fn named(kind: &str) -> Named {
    named_in(kind, FOLDER.path())
}

fn named_in(kind: &str, folder: &Path) -> Named {
    let uri = Source::new(&format!("/sources/{kind}")).unwrap();
    Named { name: kind.into(), uri, folder: folder.to_owned() }
}

/// A source of that kind with its example settings.
pub(crate) fn open(connector: &Connector) -> Opened {
    let settings = connector.example.parse().unwrap_or_else(|error| panic!("{}: example: {error}", connector.kind));
    (connector.open)(&named(connector.kind), settings)
        .unwrap_or_else(|why| panic!("{}: example: {why}", connector.kind))
}

/// What a sample is as an arrival.
pub(crate) fn arrival(sample: &Sample, at: Timestamp) -> Arrival {
    let headers: Headers = sample.headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Arrival { headers, body: Bytes::from_static(sample.body.as_bytes()), at }
}

/// Every kind, and every sample of it.
pub(crate) fn samples() -> impl Iterator<Item = (&'static Connector, &'static Sample)> {
    CONNECTORS.iter().flat_map(|connector| connector.samples.iter().map(move |sample| (*connector, sample)))
}

/// Everything that rejections say, which must never be a value.
pub(crate) fn said(events: &[Incoming]) -> String {
    let rejects = events.iter().filter_map(|incoming| incoming.event.as_ref().err());
    rejects.map(|reject| format!("{reject:?}\n{reject}\n")).collect()
}
