//! The sentences, a file a language: what each is about, its mood, and whether anybody says it or only businesses, because it
//! speaks of guests, staff or tax numbers.

use super::{Mood, Theme};
use crate::demo::customer::Language;
use std::sync::LazyLock;

/// In the order of [`Language`].
const FILES: [&str; 3] = [include_str!("english.csv"), include_str!("spanish.csv"), include_str!("german.csv")];

static PHRASES: LazyLock<[Phrases; 3]> = LazyLock::new(|| FILES.map(Phrases::read));

/// What a sentence is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum About {
    Theme(Theme),
    Opening,
    Closing,
    /// Where a competitor is named, by those who are delighted and those who are annoyed.
    Rival,
}

impl About {
    const KINDS: usize = Theme::ALL.len() + 3;

    const fn index(self) -> usize {
        match self {
            Self::Theme(theme) => theme as usize,
            Self::Opening => Theme::ALL.len(),
            Self::Closing => Theme::ALL.len() + 1,
            Self::Rival => Theme::ALL.len() + 2,
        }
    }

    fn named(name: &str) -> Option<Self> {
        match name {
            "opening" => Some(Self::Opening),
            "closing" => Some(Self::Closing),
            "rival" => Some(Self::Rival),
            _ => Theme::ALL.into_iter().find(|theme| theme.as_str() == name).map(Self::Theme),
        }
    }
}

/// The sentences of a language.
#[derive(Default)]
pub(super) struct Phrases {
    /// By what they are about and mood: those that anybody says, and all of them.
    sentences: [[[Vec<String>; 2]; 4]; About::KINDS],
}

impl Phrases {
    pub(super) fn of(language: Language) -> &'static Self {
        &PHRASES[language as usize]
    }

    pub(super) fn get(&self, about: About, mood: Mood, business: bool) -> &[String] {
        &self.sentences[about.index()][mood as usize][usize::from(business)]
    }

    /// A line that can't be read is left out; the test says that there is none.
    fn read(file: &str) -> Self {
        let mut phrases = Self::default();
        let mut reader = csv::Reader::from_reader(file.as_bytes());
        for line in reader.records().flatten() {
            let (about, mood) = (line.get(0).and_then(About::named), line.get(1).and_then(Mood::named));
            if let (Some(about), Some(mood), Some(who), Some(sentence)) = (about, mood, line.get(2), line.get(3)) {
                let [anybody, all] = &mut phrases.sentences[about.index()][mood as usize];
                all.push(sentence.to_owned());
                if who == "anybody" {
                    anybody.push(sentence.to_owned());
                }
            }
        }
        phrases
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn every_line_of_every_file_was_understood() {
        for (file, phrases) in FILES.iter().zip(PHRASES.iter()) {
            let read = phrases.sentences.iter().flatten().map(|[_, all]| all.len()).sum::<usize>();
            assert_eq!(read + 1, file.lines().count());
            assert!(file.lines().skip(1).all(|line| line.contains(",anybody,") || line.contains(",business,")));
        }
    }

    #[test]
    fn anybody_has_two_sentences_for_everything_and_none_of_them_means_two_things() {
        for phrases in PHRASES.iter() {
            let mut seen = BTreeMap::new();
            for about in Theme::ALL.map(About::Theme).into_iter().chain([About::Opening, About::Closing]) {
                for mood in Mood::ALL {
                    assert!(phrases.get(about, mood, false).len() >= 2, "{about:?} {mood:?}");
                    for sentence in phrases.get(about, mood, true) {
                        let meant = (about.index(), mood >= Mood::Annoyed);
                        assert_eq!(*seen.entry(sentence).or_insert(meant), meant, "{sentence}");
                    }
                }
            }
            assert!(
                [Mood::Delighted, Mood::Annoyed].iter().all(|mood| !phrases.get(About::Rival, *mood, false).is_empty())
            );
        }
    }
}
