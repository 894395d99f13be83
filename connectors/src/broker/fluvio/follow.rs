//! Following a partition: records are stored, then the place is moved behind them. Whatever happens in between, the next one that
//! follows begins at a record that is not known to be stored.

use super::{Cluster, Record, Records, Trouble};
use futures_util::{FutureExt, StreamExt};
use std::future::Future;
use std::pin::Pin;

/// Records that are stored at a time, which is also how many are held in memory beside what the client has fetched.
const AT_ONCE: usize = 64;

/// What is done at home.
pub(super) type Done<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// Where records go, and where it is kept how far they are read.
pub(super) trait Home: Send + Sync {
    /// The offset to go on from; none where the partition was never read.
    fn place(&self, partition: u32) -> Done<'_, Option<i64>>;
    /// Stores records, however long it takes.
    fn store(&self, partition: u32, records: Vec<Record>) -> Done<'_, ()>;
    /// Keeps that everything before `offset` is stored.
    fn move_to(&self, partition: u32, offset: i64) -> Done<'_, ()>;
}

/// Follows a partition for as long as it can be read. It never ends well: who calls begins anew.
pub(super) async fn partition(
    cluster: &dyn Cluster,
    home: &dyn Home,
    topic: &str,
    partition: u32,
) -> Result<(), String> {
    let place = home.place(partition).await?;
    match (read(cluster, home, topic, partition, place).await, place) {
        (Err(Trouble::NotThere), Some(place)) => {
            tracing::error!(
                topic,
                partition,
                place,
                "the topic does not have what is to be read next: it was made anew, or what was not read yet was removed. \
                 It is read from its oldest record on"
            );
            read(cluster, home, topic, partition, None).await.map_err(|error| error.to_string())
        }
        (ended, _) => ended.map_err(|error| error.to_string()),
    }
}

async fn read(
    cluster: &dyn Cluster,
    home: &dyn Home,
    topic: &str,
    partition: u32,
    mut next: Option<i64>,
) -> Result<(), Trouble> {
    let mut records = cluster.records(topic, partition, next).await?;
    loop {
        let (batch, trouble) = take(&mut records, next).await;
        if let (Some(expected), Some(first)) = (next, batch.first())
            && first.offset > expected
        {
            let missing = first.offset - expected;
            tracing::error!(topic, partition, missing, "records were removed before they were read");
        }
        if let Some(last) = batch.last().map(|record| record.offset) {
            home.store(partition, batch).await.map_err(Trouble::Other)?;
            home.move_to(partition, last + 1).await.map_err(Trouble::Other)?;
            next = Some(last + 1);
        }
        if let Some(trouble) = trouble {
            return Err(trouble);
        }
    }
}

/// Waits for a record and takes those that are there with it, and what came behind them that is none. Records before `next` are left out:
/// a cluster hands out whole batches.
async fn take(records: &mut Records, next: Option<i64>) -> (Vec<Record>, Option<Trouble>) {
    let mut batch = Vec::new();
    let mut one = records.next().await;
    loop {
        match one {
            Some(Ok(record)) => {
                if next.is_none_or(|next| record.offset >= next) {
                    batch.push(record);
                }
            }
            Some(Err(trouble)) => return (batch, Some(trouble)),
            None => return (batch, Some(Trouble::Other("the stream of records ended".into()))),
        }
        if batch.len() == AT_ONCE {
            return (batch, None);
        }
        one = match records.next().now_or_never() {
            Some(ready) => ready,
            None if batch.is_empty() => records.next().await,
            None => return (batch, None),
        };
    }
}
