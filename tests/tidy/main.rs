//! The house rules, as tests: who may see whom, what the fold must never name, how long a file is, which words and paths
//! never appear, that links lead somewhere. A rule may be argued with where it says so, in a line that gives the reason.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod layers;
mod links;
mod manifests;
mod purity;
mod size;
mod text;
mod tree;
mod words;
