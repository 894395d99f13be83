//! Finding names in texts: whole words, whatever their case and accents, the longest phrase first.
//!
//! Our own names are looked for too: a competitor's name within one of ours is none.

use crate::voice::config::Competitor;
use nexusflow_model::Label;
use std::collections::BTreeMap;

/// Names, by their first word.
#[derive(Debug, Default)]
pub struct Names {
    phrases: BTreeMap<u64, Vec<Phrase>>,
}

#[derive(Debug)]
struct Phrase {
    words: Vec<u64>,
    /// Whose name it is, by place; none for what is not to be counted.
    of: Option<u16>,
}

impl Names {
    /// Those of competitors, and our own.
    pub(crate) fn new(own: &[Label], competitors: &[Competitor]) -> Self {
        let mut names = Self::default();
        own.iter().for_each(|name| names.add(name, None));
        for (at, competitor) in competitors.iter().enumerate() {
            let called = std::iter::once(&competitor.name).chain(&competitor.aliases);
            called.for_each(|name| names.add(name, Some(at as u16)));
            competitor.unless.iter().for_each(|phrase| names.add(phrase, None));
        }
        for phrases in names.phrases.values_mut() {
            phrases.sort_by_key(|phrase| std::cmp::Reverse(phrase.words.len()));
        }
        names
    }

    fn add(&mut self, name: &Label, of: Option<u16>) {
        let words = Self::words(name.as_str());
        if let Some(first) = words.first() {
            self.phrases.entry(*first).or_default().push(Phrase { words, of });
        }
    }

    /// Whether there is nothing to look for.
    pub(crate) fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }

    /// The words of a text as numbers, which are the same for words that differ in case and accents only.
    pub(crate) fn words(text: &str) -> Vec<u64> {
        let mut words = Vec::new();
        let mut hash = None;
        for c in text.chars() {
            // What an accent is written with may come after its letter.
            if matches!(c, '\u{300}'..='\u{36f}') {
                continue;
            }
            if c.is_alphanumeric() {
                let mut own = hash.unwrap_or(FNV_OFFSET);
                plain(c, |plain| own = (own ^ u64::from(plain)).wrapping_mul(FNV_PRIME));
                hash = Some(own);
            } else {
                words.extend(hash.take());
            }
        }
        words.extend(hash);
        words
    }

    /// Whose names stand in a text, each once, by place.
    pub(crate) fn find(&self, text: &str) -> Vec<u16> {
        if self.is_empty() {
            return Vec::new();
        }
        let words = Self::words(text);
        let mut found = Vec::new();
        let mut rest = words.as_slice();
        while let Some(first) = rest.first() {
            let phrases = self.phrases.get(first).map_or(&[][..], Vec::as_slice);
            let longest = phrases.iter().find(|phrase| rest.starts_with(&phrase.words));
            if let Some(of) = longest.and_then(|phrase| phrase.of)
                && !found.contains(&of)
            {
                found.push(of);
            }
            rest = rest.get(longest.map_or(1, |phrase| phrase.words.len())..).unwrap_or_default();
        }
        found.sort_unstable();
        found
    }
}

/// The hash of Fowler, Noll and Vo (FNV-1a), 64 bits, a letter at a time.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0100_0000_01b3;

/// A letter, small and without its accent; one that is written as two is two.
fn plain(c: char, mut take: impl FnMut(u32)) {
    if c.is_ascii() {
        return take(u32::from(c.to_ascii_lowercase()));
    }
    for small in c.to_lowercase() {
        let plain = match small {
            'à'..='å' | 'ā' | 'ă' | 'ą' => "a",
            'æ' => "ae",
            'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
            'ď' | 'đ' | 'ð' => "d",
            'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
            'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
            'ĥ' | 'ħ' => "h",
            'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
            'ĵ' => "j",
            'ķ' => "k",
            'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
            'ñ' | 'ń' | 'ņ' | 'ň' => "n",
            'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
            'œ' => "oe",
            'ŕ' | 'ř' => "r",
            'ß' => "ss",
            'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
            'ţ' | 'ť' | 'ț' => "t",
            'þ' => "th",
            'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
            'ŵ' => "w",
            'ý' | 'ÿ' => "y",
            'ź' | 'ż' | 'ž' => "z",
            // The second half of a letter that became two.
            '\u{300}'..='\u{36f}' => "",
            other => {
                take(u32::from(other));
                continue;
            }
        };
        plain.bytes().for_each(|byte| take(u32::from(byte)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn label(text: &str) -> Label {
        Label::new(text).unwrap()
    }

    fn labels(texts: &[&str]) -> Vec<Label> {
        texts.iter().map(|text| label(text)).collect()
    }

    fn names() -> Names {
        let competitor = |name: &str, aliases: &[&str], unless: &[&str]| Competitor {
            name: label(name),
            aliases: labels(aliases),
            unless: labels(unless),
        };
        let competitors = [
            competitor("Café Nero", &["Nero Kaffee"], &[]),
            competitor("Uno", &[], &["uno dos tres"]),
            competitor("Straße & Söhne", &["S+S Röster"], &[]),
            competitor("Бариста", &[], &[]),
        ];
        Names::new(&labels(&["Altamora Uno", "Casa Nero Kaffee"]), &competitors)
    }

    #[test]
    fn names_are_found_as_people_write_them() {
        let names = names();
        let cases: &[(&str, &[u16])] = &[
            ("Switched to CAFE NERO last week", &[0]),
            ("cafe\u{301} nero, café-nero and Nero Kaffee", &[0]),
            ("the café of Nero", &[]),
            ("Nerokaffee", &[]),
            ("uno's machine is cheaper", &[1]),
            ("We like Uno, but UNO is late", &[1]),
            // Part of our own name, with whatever between its words.
            ("My Altamora Uno leaks", &[]),
            ("My ALTAMORA-UNO leaks, Uno does not", &[1]),
            ("Casa Nero Kaffee is you", &[]),
            // Part of another word.
            ("unopened parcel from the unofficial shop", &[]),
            // What means something else.
            ("uno dos tres, testing", &[]),
            ("STRASSE + SÖHNE called me", &[2]),
            ("s+s roster", &[2]),
            ("бариста лучше", &[3]),
            ("", &[]),
            ("!!! ...", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(names.find(text), *expected, "{text}");
        }
    }

    #[test]
    fn letters_lose_their_case_and_accents_and_nothing_else() {
        let folded = |text: &str| {
            let mut letters = String::new();
            text.chars().for_each(|c| plain(c, |code| letters.extend(char::from_u32(code))));
            letters
        };
        insta::assert_snapshot!(folded("Straße ÆRØ Çağ ŁÓDŹ Ὀδυσσεύς İstanbul 不好 42"), @"strasse aero cag lodz ὀδυσσεύς istanbul 不好 42");
    }

    #[test]
    fn nothing_is_found_where_there_is_nothing_to_look_for() {
        assert!(Names::default().find("Café Nero").is_empty());
    }
}
