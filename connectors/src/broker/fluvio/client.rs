//! The official client, as a [`Cluster`].

use super::{Asked, Cluster, Record, Records, Trouble};
use bytes::Bytes;
use fluvio::consumer::{ConsumerConfigExt, RetryMode};
use fluvio::dataplane::link::ErrorCode;
use fluvio::metadata::topic::TopicSpec;
use fluvio::{Fluvio, FluvioClusterConfig, Isolation, Offset};
use futures_util::StreamExt;
use std::fmt::Display;
use std::time::Duration;

/// How long a request to the cluster may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);
/// What the cluster sends at a time, in bytes.
const FETCH_BYTES: i32 = 1024 * 1024;

/// A connection to a cluster.
pub struct Client(Fluvio);

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Client")
    }
}

impl Client {
    /// Connects to the cluster at `endpoint`, without TLS.
    ///
    /// # Errors
    /// Where it does not answer.
    pub async fn connect(endpoint: &str) -> Result<Self, Trouble> {
        let config = FluvioClusterConfig::new(endpoint);
        soon(Fluvio::connect_with_config(&config)).await.map(Self)
    }
}

impl Cluster for Client {
    fn partitions<'a>(&'a self, topic: &'a str) -> Asked<'a, u32> {
        Box::pin(async move {
            let found = soon(async { self.0.admin().await.list::<TopicSpec, _>(vec![topic.to_owned()]).await }).await?;
            let topic = found.into_iter().find(|found| found.name == topic);
            Ok(topic.ok_or_else(|| Trouble::Other("there is no such topic".into()))?.spec.partitions())
        })
    }

    fn records<'a>(&'a self, topic: &'a str, partition: u32, from: Option<i64>) -> Asked<'a, Records> {
        Box::pin(async move {
            let start = match from {
                Some(offset) => Offset::absolute(offset).map_err(other)?,
                None => Offset::beginning(),
            };
            let mut config = ConsumerConfigExt::builder();
            config.topic(topic).partition(partition).offset_start(start);
            // Reconnecting is ours: the place to go on from is.
            config.isolation(Isolation::ReadCommitted).max_bytes(FETCH_BYTES).retry_mode(RetryMode::Disabled);
            let config = config.build().map_err(other)?;
            let stream = soon(self.0.consumer_with_config(config)).await?;
            let records: Records = Box::pin(stream.map(|item| match item {
                Ok(record) => Ok(Record {
                    offset: record.offset(),
                    key: record.key().map(Bytes::copy_from_slice),
                    value: Bytes::copy_from_slice(record.value()),
                }),
                Err(ErrorCode::OffsetOutOfRange | ErrorCode::OffsetEvicted { .. }) => Err(Trouble::NotThere),
                Err(error) => Err(other(error)),
            }));
            Ok(records)
        })
    }

    fn append<'a>(&'a self, topic: &'a str, records: Vec<(String, Vec<u8>)>) -> Asked<'a, ()> {
        Box::pin(async move {
            soon(async {
                let producer = self.0.topic_producer(topic).await.map_err(other)?;
                let sent = producer.send_all(records).await.map_err(other)?;
                producer.flush().await.map_err(other)?;
                for one in sent {
                    one.wait().await.map_err(other)?;
                }
                Ok::<_, Trouble>(())
            })
            .await
        })
    }
}

async fn soon<T, E: Display>(asked: impl Future<Output = Result<T, E>>) -> Result<T, Trouble> {
    let answer = tokio::time::timeout(ANSWER_WITHIN, asked).await;
    answer.map_err(|_| Trouble::Other("no answer in time".into()))?.map_err(other)
}

fn other(cause: impl Display) -> Trouble {
    Trouble::Other(cause.to_string())
}
