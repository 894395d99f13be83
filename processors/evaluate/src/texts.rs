//! The labelled texts that evaluations read.

use crate::files::{EvaluateError, bytes};
use nexusflow_learn::sentiment::Class;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::Path;

/// A message to an airline.
#[derive(Debug, Clone)]
pub(crate) struct Tweet {
    pub(crate) text: String,
    pub(crate) class: Class,
    /// Why somebody complains; empty where nobody does.
    pub(crate) reason: String,
    /// How sure its annotators were of the reason.
    pub(crate) reason_sure: f64,
    pub(crate) airline: String,
    pub(crate) at: jiff::Timestamp,
}

const TWEETS: &str = "airline_tweets/Tweets.csv";

#[derive(Deserialize)]
struct TweetRow {
    airline_sentiment: String,
    negativereason: String,
    negativereason_confidence: Option<f64>,
    airline: String,
    text: String,
    tweet_created: String,
}

/// The messages to airlines, by time.
pub(crate) fn tweets(data: &Path) -> Result<Vec<Tweet>, EvaluateError> {
    let all = rows::<TweetRow>(data, TWEETS)?;
    let mut tweets = all
        .into_iter()
        .map(|(line, row)| {
            let bad = |reason: String| EvaluateError::Line { file: data.join(TWEETS), line, reason };
            let class = match row.airline_sentiment.as_str() {
                "negative" => Class::Negative,
                "neutral" => Class::Neutral,
                "positive" => Class::Positive,
                other => return Err(bad(format!("{other:?} is no sentiment"))),
            };
            let at = jiff::Timestamp::strptime("%Y-%m-%d %H:%M:%S %z", &row.tweet_created)
                .map_err(|error| bad(format!("{:?} is no time: {error}", row.tweet_created)))?;
            let (reason, reason_sure) = (row.negativereason, row.negativereason_confidence.unwrap_or(0.0));
            Ok(Tweet { text: row.text, class, reason, reason_sure, airline: row.airline, at })
        })
        .collect::<Result<Vec<_>, _>>()?;
    // Of the same second in the order of the file.
    tweets.sort_by_key(|tweet| tweet.at);
    Ok(tweets)
}

/// The first 80 % by time, and the rest without texts that were among the first.
pub(crate) fn by_time(tweets: &[Tweet]) -> (Vec<&Tweet>, Vec<&Tweet>) {
    let (before, after) = tweets.split_at(tweets.len() * 4 / 5);
    let seen: BTreeSet<&str> = before.iter().map(|tweet| tweet.text.trim()).collect();
    (before.iter().collect(), after.iter().filter(|tweet| !seen.contains(tweet.text.trim())).collect())
}

/// A question and what it is about.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Question {
    pub(crate) text: String,
    pub(crate) category: String,
}

/// The questions of one part of banking77: `train` or `test`.
pub(crate) fn questions(data: &Path, part: &str) -> Result<Vec<Question>, EvaluateError> {
    Ok(rows(data, &format!("banking77/{part}.csv"))?.into_iter().map(|(_, row)| row).collect())
}

fn rows<T: for<'a> Deserialize<'a>>(data: &Path, file: &str) -> Result<Vec<(u64, T)>, EvaluateError> {
    let bytes = bytes(data, file)?;
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let line = |error: csv::Error| {
        let line = error.position().map_or(1, csv::Position::line);
        EvaluateError::Line { file: data.join(file), line, reason: error.to_string() }
    };
    let headers = reader.headers().map_err(line)?.clone();
    let mut all = Vec::new();
    for record in reader.records() {
        let record = record.map_err(line)?;
        let at = record.position().map_or(1, csv::Position::line);
        all.push((at, record.deserialize(Some(&headers)).map_err(line)?));
    }
    Ok(all)
}

/// Texts of one trade, praise or complaint.
#[derive(Debug, Clone)]
pub(crate) struct Domain {
    pub(crate) name: &'static str,
    /// A text, and whether it is praise.
    pub(crate) texts: Vec<(String, bool)>,
}

/// The trades: messages to airlines, tweets, snippets of reviews, and sentences about things, films and restaurants. What is neither praise
/// nor complaint is left out.
pub(crate) fn domains(data: &Path) -> Result<Vec<Domain>, EvaluateError> {
    let airlines = tweets(data)?
        .into_iter()
        .filter(|tweet| tweet.class != Class::Neutral)
        .map(|tweet| (tweet.text, tweet.class == Class::Positive))
        .collect();
    let mut all = vec![Domain { name: "airlines", texts: airlines }];
    for (name, file) in [
        ("tweets", "vader_groundtruth/tweets_GroundTruth.txt"),
        ("snippets of reviews", "vader_groundtruth/amazonReviewSnippets_GroundTruth.txt"),
    ] {
        // A number, the mean of twenty ratings from -4 to 4, the text. Within half a point of 0 it is neither.
        let texts = tabbed(data, file, |line| {
            let mut parts = line.splitn(3, '\t').skip(1);
            let rating: f64 = parts.next()?.trim().parse().ok()?;
            Some((parts.next()?.to_owned(), rating))
        })?;
        let texts =
            texts.into_iter().filter(|(_, rating)| rating.abs() >= 0.5).map(|(text, rating)| (text, rating > 0.0));
        all.push(Domain { name, texts: texts.collect() });
    }
    for (name, file) in [
        ("things bought", "uci_sentences/amazon_cells_labelled.txt"),
        ("films", "uci_sentences/imdb_labelled.txt"),
        ("restaurants", "uci_sentences/yelp_labelled.txt"),
    ] {
        let texts = tabbed(data, file, |line| {
            let (text, label) = line.rsplit_once('\t')?;
            Some((
                text.trim().to_owned(),
                match label.trim() {
                    "1" => true,
                    "0" => false,
                    _ => return None,
                },
            ))
        })?;
        all.push(Domain { name, texts });
    }
    Ok(all)
}

fn tabbed<T>(data: &Path, file: &str, of: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, EvaluateError> {
    let bytes = bytes(data, file)?;
    let text = String::from_utf8_lossy(&bytes);
    // Only `\n` ends a line: some texts hold the line ends of other systems.
    text.split('\n')
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(at, line)| {
            let reason = "it is not a text and its label with a tab between".to_owned();
            of(line).ok_or(EvaluateError::Line { file: data.join(file), line: at as u64 + 1, reason })
        })
        .collect()
}

/// VADER's lexicon, which is prior to the own one where a model may have it.
pub(crate) fn lexicon(data: &Path) -> Result<nexusflow_learn::sentiment::Lexicon, EvaluateError> {
    let file = "vader_groundtruth/vader_sentiment_lexicon.txt";
    let bytes = bytes(data, file)?;
    nexusflow_learn::sentiment::Lexicon::with_file(&String::from_utf8_lossy(&bytes))
        .map_err(|reason| EvaluateError::Line { file: data.join(file), line: 0, reason })
}
