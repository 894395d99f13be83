//! What people write, put together from sentences by language, theme and mood. A text says what its situation is: the theme
//! it was made for is what it is about, the mood how it is meant.

mod phrases;
pub(super) mod staff;

use super::customer::Language;
use super::random::Dice;
use nexusflow_model::{Label, Personal, Text};
use phrases::{About, Phrases};

/// What a text is about. The names are those that the labels of people use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Theme {
    Delivery,
    Damaged,
    Billing,
    Quality,
    Setup,
    Staff,
    Price,
}

impl Theme {
    pub(super) const ALL: [Self; 7] =
        [Self::Delivery, Self::Damaged, Self::Billing, Self::Quality, Self::Setup, Self::Staff, Self::Price];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Damaged => "damaged",
            Self::Billing => "billing",
            Self::Quality => "quality",
            Self::Setup => "setup",
            Self::Staff => "staff",
            Self::Price => "price",
        }
    }
}

/// How a text is meant, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mood {
    Delighted,
    Content,
    Annoyed,
    Furious,
}

impl Mood {
    pub(super) const ALL: [Self; 4] = [Self::Delighted, Self::Content, Self::Annoyed, Self::Furious];

    fn named(name: &str) -> Option<Self> {
        let index = ["delighted", "content", "annoyed", "furious"].into_iter().position(|of| of == name)?;
        Some(Self::ALL[index])
    }

    /// What a person who labels texts would say: -1,000 to 1,000.
    pub(super) const fn sentiment(self) -> i64 {
        match self {
            Self::Delighted => 900,
            Self::Content => 400,
            Self::Annoyed => -500,
            Self::Furious => -950,
        }
    }

    /// The mood behind a score: `high` of it and above delights, `low` and below infuriates.
    pub(super) fn of(score: i64, high: i64, middle: i64, low: i64) -> Self {
        match score {
            s if s >= high => Self::Delighted,
            s if s >= middle => Self::Content,
            s if s > low => Self::Annoyed,
            _ => Self::Furious,
        }
    }
}

/// Who writes, and what stands in for `{product}`, `{rival}` and `{days}`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slots {
    pub(super) business: bool,
    pub(super) product: &'static str,
    pub(super) rival: Option<&'static str>,
    pub(super) days: i64,
}

const EMOJI: [&[&str]; 4] =
    [&["😍", "☕❤️", "👏", "🎉"], &["🙂", "👍", "☕"], &["😕", "🙄", "👎"], &["😡", "🤬", "💔"]];

/// A message about `theme` by somebody in that mood.
pub(super) fn compose(dice: &mut Dice, language: Language, theme: Theme, mood: Mood, slots: Slots) -> String {
    let phrases = Phrases::of(language);
    let sentences = phrases.get(About::Theme(theme), mood, slots.business);
    let any = |dice: &mut Dice, about, mood| dice.any(phrases.get(about, mood, slots.business));
    let mut said = Vec::with_capacity(6);
    if dice.chance(0.45) {
        said.push(any(dice, About::Opening, mood));
    }
    let first = dice.below(sentences.len());
    said.push(&sentences[first]);
    if dice.chance(0.4) && sentences.len() > 1 {
        let other = (first + 1 + dice.below(sentences.len() - 1)) % sentences.len();
        said.push(&sentences[other]);
    }
    if slots.rival.is_some() {
        let mood = if mood >= Mood::Annoyed { Mood::Annoyed } else { Mood::Delighted };
        said.push(any(dice, About::Rival, mood));
    }
    if dice.chance(0.45) {
        said.push(any(dice, About::Closing, mood));
    }
    if dice.chance(0.12) {
        said.push(dice.pick(EMOJI[mood as usize]));
    }
    fill(&said.join(" "), slots)
}

fn fill(template: &str, slots: Slots) -> String {
    if !template.contains('{') {
        return template.to_owned();
    }
    template
        .replace("{product}", slots.product)
        .replace("{rival}", slots.rival.unwrap_or_default())
        .replace("{days}", &slots.days.max(2).to_string())
}

/// A text as events carry it.
pub(super) fn text(written: &str) -> Option<Personal<Text>> {
    Text::new(written).ok().map(Personal::new)
}

/// A short personal text as events carry it.
pub(super) fn short(written: &str) -> Option<Personal<Label>> {
    Label::new(written).ok().map(Personal::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const LANGUAGES: [Language; 3] = [Language::English, Language::Spanish, Language::German];

    #[test]
    fn every_language_has_something_to_say_about_everything_in_every_mood() {
        let mut dice = Dice::new(1, 1);
        for (language, business) in LANGUAGES.into_iter().flat_map(|language| [(language, true), (language, false)]) {
            let slots = Slots { business, product: "Altamora Duo", rival: Some("Kaffwerk"), days: 4 };
            for (theme, mood) in Theme::ALL.into_iter().flat_map(|theme| Mood::ALL.map(|mood| (theme, mood))) {
                let texts: BTreeSet<String> =
                    (0..200).map(|_| compose(&mut dice, language, theme, mood, slots)).collect();
                assert!(texts.len() > 50, "{language:?} {theme:?} {mood:?}: {}", texts.len());
                assert!(texts.iter().all(|text| !text.contains('{')), "a slot was left open");
            }
        }
    }
}
