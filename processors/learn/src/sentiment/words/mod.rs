//! The own lexicon, made for NexusFlow: words that people praise and complain with. Valences are in tenths, -40 to 40, on the scale of
//! Hutto and Gilbert (2014); no word or value was taken from another list.

mod english;
mod german;
mod inflect;
mod portuguese;
mod spanish;
mod verbs;

use super::lexicon::{Lexicon, Role};
use crate::language::Language;

type List = &'static [(i8, &'static str)];

struct Builder(Lexicon, Language);

impl Builder {
    fn forms(&mut self, list: List, forms: impl Fn(&str) -> Vec<String>) {
        for (valence, words) in list {
            for form in words.split_whitespace().flat_map(&forms) {
                self.0.add(self.1, &form, *valence, Role::Plain);
            }
        }
    }

    fn role(&mut self, words: &str, role: Role) {
        for word in words.split_whitespace() {
            // "super" is both praise and emphasis.
            let valence = self.0.valence(self.1, word).unwrap_or_default();
            self.0.add(self.1, word, valence, role);
        }
    }
}

/// Puts the lexicon together.
pub(super) fn lexicon() -> Lexicon {
    let mut to = Builder(Lexicon::empty(), Language::English);
    to.forms(verbs::VERBS, inflect::verb);
    to.forms(english::NOUNS, |word| vec![word.into(), inflect::plural(word)]);
    to.forms(english::ADJECTIVES, inflect::adjective);
    to.forms(english::WORDS, |word| vec![word.into()]);
    for (valence, phrases) in english::PHRASES {
        phrases.split(", ").for_each(|phrase| to.0.add(to.1, phrase, *valence, Role::Plain));
    }
    to.role(english::EMPHASIS, Role::Emphasis);
    to.role(english::DAMPERS, Role::Damper);
    to.role(english::NEGATIONS, Role::Negation);
    to.role(english::BUT, Role::But);

    to.1 = Language::Spanish;
    to.forms(spanish::ADJECTIVES, inflect::romance);
    to.forms(spanish::WORDS, |word| vec![word.into()]);
    to.role(spanish::EMPHASIS, Role::Emphasis);
    to.role(spanish::DAMPERS, Role::Damper);
    to.role(spanish::NEGATIONS, Role::Negation);
    to.role(spanish::BUT, Role::But);

    to.1 = Language::Portuguese;
    let typed =
        |word: String| if inflect::plain(&word) == word { vec![word] } else { vec![inflect::plain(&word), word] };
    to.forms(portuguese::ADJECTIVES, |word| inflect::romance(word).into_iter().flat_map(typed).collect());
    to.forms(portuguese::WORDS, |word| typed(word.into()));
    to.role(portuguese::EMPHASIS, Role::Emphasis);
    to.role(portuguese::DAMPERS, Role::Damper);
    to.role(portuguese::NEGATIONS, Role::Negation);
    to.role(portuguese::BUT, Role::But);

    to.1 = Language::German;
    to.forms(german::ADJECTIVES, inflect::german);
    to.forms(german::WORDS, |word| vec![word.into()]);
    to.role(german::EMPHASIS, Role::Emphasis);
    to.role(german::DAMPERS, Role::Damper);
    to.role(german::NEGATIONS, Role::Negation);
    to.role(german::BUT, Role::But);

    for language in [Language::English, Language::Spanish, Language::Portuguese, Language::German] {
        to.1 = language;
        to.forms(EMOJI, |word| vec![word.into()]);
    }
    to.0
}

/// What faces and signs say, in any language.
const EMOJI: List = &[
    (30, "😍 🥰 🤩 ❤ 💖 💕 💯 😻"),
    (22, "😀 😃 😄 😁 😊 ☺ 🎉 👏 🙌 💪 😘 🤗 💙 💚 💛 🧡 💜 🏆 🥳 :D :-D =D <3 😇 💗 💓 ♥"),
    (16, "🙂 👍 🙏 😉 ✨ 🌟 ⭐ 😎 😂 🤣 👌 ✅ :) :-) ;) ;-) =) :] 😋 ♡"),
    (-14, "🙄 😕 🙁 ☹ 😐 🤔 😬 😒 :/ :-/ :\\ :| =/ 😓 😪 😑 ⚠"),
    (-22, "😞 😢 😟 😔 😩 😫 😣 😖 👎 😭 😤 💔 :( :-( =( :'( :[ 😥 😰 😨 ❌ </3 😿"),
    (-32, "😠 😡 🤬 💩 🤮 🤢 🖕 😾"),
];

#[cfg(test)]
mod tests {
    use super::lexicon;
    use crate::language::Language;

    #[test]
    fn words_are_known_in_their_own_language_and_in_their_forms() {
        let lexicon = lexicon();
        for (language, word, good) in [
            (Language::English, "amazingly", true),
            (Language::English, "disappointed", false),
            (Language::English, ":-(", false),
            (Language::Spanish, "buenas", true),
            (Language::Portuguese, "pessima", false),
            (Language::German, "schlechtes", false),
            (Language::German, "👍", true),
        ] {
            let valence = lexicon.valence(language, word).unwrap_or_default();
            assert!(if good { valence > 0 } else { valence < 0 }, "{word}: {valence}");
        }
        assert_eq!(lexicon.valence(Language::English, "schlecht"), None);
        assert!(lexicon.words() > 2_000, "{}", lexicon.words());
    }
}
