//! What could not be understood when it came, and now can.

use super::{Intake, Origin, check};
use nexusflow_log::AppendError;
use nexusflow_model::{Envelope, Place, Reject};
use std::time::Duration;

/// Why it was not stored.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AgainError {
    /// A publisher may not say this.
    #[error("{}: {}", .0.field, .0.reason)]
    Refused(Reject),
    /// The log did not take it. Trying once more is safe.
    #[error("{0}")]
    Unstored(String),
}

impl Intake {
    /// Stores the events of one dead letter, all of them or, where a publisher may not say one, none. No dead letter comes of it and
    /// nothing is counted: its source said nothing now.
    ///
    /// # Errors
    /// The first that may not be said; where the log did not confirm all of them within `patience`.
    pub async fn again(
        &self,
        origin: &Origin,
        events: Vec<Envelope>,
        patience: Duration,
    ) -> Result<Vec<Place>, AgainError> {
        let checked: Result<Vec<Envelope>, Reject> = events.into_iter().map(|event| check(event, origin)).collect();
        let checked = checked.map_err(AgainError::Refused)?;
        let stored = async {
            let mut waiting = Vec::with_capacity(checked.len());
            for event in &checked {
                waiting.push(self.appender.append(event).await?);
            }
            let mut places = Vec::with_capacity(waiting.len());
            for receipt in waiting {
                places.push(receipt.await?);
            }
            Ok::<_, AppendError>(places)
        };
        match tokio::time::timeout(patience, stored).await {
            Ok(Ok(places)) => Ok(places),
            Ok(Err(error)) => Err(AgainError::Unstored(error.to_string())),
            Err(_) => Err(AgainError::Unstored("the log did not answer in time".into())),
        }
    }
}
