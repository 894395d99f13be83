//! What was decided about commands.

use nexusflow_model::Place;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// Decisions kept for those who ask: an answer is asked for within seconds, and a repeated command within minutes.
pub const DECISIONS_KEPT: usize = 4_096;

/// Whether a command was accepted, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// Whether what was asked for is so from now on.
    pub accepted: bool,
    /// The reason for programs, such as `not_enough`.
    pub code: String,
    /// The reason for people, without anything personal.
    pub message: String,
}

/// A decision, and where in the log it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// (source, id) of the command as 64 bits.
    pub identity: u64,
    /// Where it was decided.
    pub place: Place,
    /// What was decided.
    pub outcome: Outcome,
}

/// The last decisions of a partition. A command that is sent again finds what was decided the first time.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decisions(VecDeque<Decision>);

impl Decisions {
    pub(crate) fn keep(&mut self, decision: Decision) {
        if self.0.len() >= DECISIONS_KEPT {
            self.0.pop_front();
        }
        self.0.push_back(decision);
    }

    /// What was decided about the command of that identity; none where it was not decided, or too long ago.
    pub fn of(&self, identity: u64) -> Option<&Decision> {
        self.0.iter().rev().find(|decision| decision.identity == identity)
    }
}
