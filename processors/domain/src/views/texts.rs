//! Single texts of customers, with what was made of them and which words it was made from. Holds personal data.

use crate::query::Which;
use crate::voice::Heard;
use crate::voice::models::Models;
use crate::voice::newest::Spot;
use crate::voice::texts::Meant;
use crate::voice::words;
use crate::{Business, Profile};
use nexusflow_learn::sentiment::{Class, Word};
use nexusflow_model::event::learning::ModelKind;
use nexusflow_model::{Envelope, Place, Timestamp, partition};
use serde_json::{Value, json};

const DAY_MS: i64 = 86_400_000;
/// Words of a text that are told at the most.
const WORDS_MAX: usize = 12;
/// A word that carried less than such a part of what the strongest did is not told: what was learned lies a little on every word.
const WEAKEST: u16 = 5;

/// The texts that are asked for.
pub fn which(heard: &Heard, business: &Business, clock: Timestamp, which: &Which, limit: usize) -> Vec<Spot> {
    let fits = |own: &&Spot| {
        let theme = which.theme.as_deref().is_none_or(|theme| {
            if theme.is_empty() { own.themes.is_empty() } else { own.themes.iter().any(|own| own.as_str() == theme) }
        });
        let sentiment = which.sentiment.as_deref().is_none_or(|sentiment| sentiment == class(own.meant));
        let channel = which.channel.as_deref().is_none_or(|channel| channel == own.channel.as_str());
        theme && sentiment && channel
    };
    if which.review {
        let since = clock.plus_ms(-i64::from(business.voice.review_days) * DAY_MS);
        return heard.newest.review(since).filter(fits).take(limit).cloned().collect();
    }
    heard.newest.texts().filter(fits).take(limit).cloned().collect()
}

/// What a score comes to, in a word.
const fn class(meant: Option<Meant>) -> &'static str {
    match meant {
        Some((_, Class::Negative)) => "negative",
        Some((_, Class::Neutral)) => "neutral",
        Some((_, Class::Positive)) => "positive",
        None => "unknown",
    }
}

/// The texts, whole, in the order of `spots`. One whose event the log did not hand out is left out.
pub fn rows(
    models: &Models,
    business: &Business,
    partition: u32,
    spots: &[Spot],
    events: &[(Place, Envelope)],
) -> Vec<Value> {
    let row = |spot: &Spot| {
        let place = spot.place(partition);
        let (_, envelope) = events.iter().find(|(at, _)| *at == place)?;
        let text = words::of(&envelope.event)?;
        let theme = models.themes(&business.voice).guess(&text).first().copied();
        let names = models.themes(&business.voice).themes();
        Some(json!({
            "place": format!("{}:{}:{}", place.partition, place.sequence, place.index),
            "customer": spot.customer,
            "source": envelope.source,
            "id": envelope.id,
            "kind": envelope.event.kind().as_str(),
            "at": spot.at,
            "channel": spot.channel,
            "text": text,
            "score_milli": spot.meant.map(|(score, _)| score),
            "sentiment": class(spot.meant),
            "themes": spot.themes,
            "sure_milli": spot.sure_milli,
            "labelled": spot.is_labelled,
            "theme_guess": theme.and_then(|guess| Some(json!({
                "theme": names.get(usize::from(guess.theme))?, "sure_milli": guess.sure_milli,
            }))),
            "words": carriers(models, &text),
        }))
    };
    spots.iter().filter_map(row).collect()
}

/// Which models judge texts.
pub fn models(models: &Models, business: &Business) -> Value {
    json!({
        "sentiment": models.in_force(ModelKind::Sentiment, &business.voice),
        "themes": models.in_force(ModelKind::Themes, &business.voice),
        "trouble": models.trouble(),
    })
}

/// The words that carry the score of a text by the model in force: where they stand, in bytes, and what they carry.
fn carriers(models: &Models, text: &str) -> Vec<Value> {
    let words = models.sentiment().explain(text);
    let strongest = words.iter().map(|word| word.milli.unsigned_abs()).max().unwrap_or_default();
    let told = |word: Word| json!({"from": word.from, "to": word.to, "milli": word.milli});
    let carried = |word: &Word| word.milli.unsigned_abs() >= strongest / WEAKEST;
    words.into_iter().filter(carried).take(WORDS_MAX).map(told).collect()
}

/// The timeline of a customer page, with what was made of each text.
pub fn explained(models: &Models, business: &Business, profile: &Profile, mut timeline: Value) -> Value {
    let model = json!(models.in_force(ModelKind::Sentiment, &business.voice));
    for activity in timeline.as_array_mut().into_iter().flatten() {
        let (Some(source), Some(id)) = (activity["source"].as_str(), activity["id"].as_str()) else { continue };
        let identity = partition::hash_of(&format!("{source}\0{id}"));
        let Some(text) = profile.voice.text(identity) else { continue };
        let words = activity["text"].as_str().map(|words| carriers(models, words)).unwrap_or_default();
        activity["sentiment"] = json!({
            "score_milli": text.meant().map(|(score, _)| score),
            "class": class(text.meant()),
            "themes": text.themes(),
            "competitors": text.competitors,
            "sure_milli": text.sure_milli(),
            "labelled": text.is_labelled(),
            "words": words,
            "model": model,
        });
    }
    timeline
}
