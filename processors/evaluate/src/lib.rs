//! How right NexusFlow is, on public data that nobody here wrote.
//!
//! An evaluation reads files, takes them in as they came, and gives figures. Each says what it is compared with: the floor below
//! which it fails, what guessing would give, how the cases to learn from were kept apart from those to be judged, how many there were,
//! and how sure it is. Where the data have a time, the split is by time.
#![warn(missing_docs)]

mod figure;
mod files;
mod revenue;
mod review;
mod sentiment;
mod speed;
mod texts;
mod themes;

pub use figure::{Better, Figure};
pub use files::EvaluateError;

use std::path::Path;

/// Something to be right about.
#[derive(Debug, Clone, Copy)]
pub struct Evaluation {
    /// What it is called on the command line.
    pub name: &'static str,
    /// What it judges, in a sentence.
    pub about: &'static str,
    /// The folders of the data it reads.
    pub reads: &'static [&'static str],
    /// Its figures, from the folder that the data are in.
    pub run: fn(&Path) -> Result<Vec<Figure>, EvaluateError>,
}

/// The list of evaluations. One is a file and a line here.
pub const EVALUATIONS: &[Evaluation] = &[
    Evaluation {
        name: "sentiment",
        about: "sentiment of messages to airlines, trained on the first 80 % by time",
        reads: &["airline_tweets", "vader_groundtruth"],
        run: sentiment::airlines,
    },
    Evaluation {
        name: "sentiment-elsewhere",
        about: "praise or complaint in a trade that the model never saw",
        reads: &["airline_tweets", "vader_groundtruth", "uci_sentences"],
        run: sentiment::elsewhere,
    },
    Evaluation {
        name: "sentiment-speed",
        about: "how many texts a second one core judges: a timing of this machine as it is now",
        reads: &["airline_tweets", "vader_groundtruth"],
        run: speed::sentiment,
    },
    Evaluation {
        name: "themes",
        about: "why people complain to airlines, trained on the first 80 % by time",
        reads: &["airline_tweets"],
        run: themes::airlines,
    },
    Evaluation {
        name: "themes-many",
        about: "what questions to a bank are about, of 77 intents",
        reads: &["banking77"],
        run: themes::many,
    },
    Evaluation {
        name: "revenue-month",
        about: "What will be won next month, at the start of each month.",
        reads: &["crm_sales"],
        run: revenue::next_month,
    },
    Evaluation {
        name: "revenue-quarter",
        about: "What will be won next quarter, at the start of each quarter.",
        reads: &["crm_sales"],
        run: revenue::next_quarter,
    },
    Evaluation {
        name: "revenue-mid-month",
        about: "What will be won this month, on the evening of the 15th.",
        reads: &["crm_sales"],
        run: revenue::mid_month,
    },
    Evaluation {
        name: "revenue-interval",
        about: "Whether the 80 % interval of what will be won holds 80 %.",
        reads: &["crm_sales"],
        run: revenue::intervals,
    },
    Evaluation {
        name: "review-queue",
        about: "what correcting the least sure texts gains, against as many at random",
        reads: &["airline_tweets"],
        run: review::queue,
    },
];

/// The evaluation of that name.
pub fn evaluation(name: &str) -> Option<&'static Evaluation> {
    EVALUATIONS.iter().find(|own| own.name == name)
}
