//! The language of a text, by its small words: those that no sentence does without.
//!
//! A word that one language alone has counts most. Scripts other than the Latin one are recognised by their letters, and further
//! languages of that script by small words of their own, so that a text in Polish is not taken for bad English.

use crate::text::{Kind, hash_of, tokens};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;

/// The language of a text, as far as it is recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English.
    English,
    /// Spanish.
    Spanish,
    /// Portuguese.
    Portuguese,
    /// German.
    German,
    /// French.
    French,
    /// Italian.
    Italian,
    /// Dutch.
    Dutch,
    /// Another one, or too little to tell.
    Other,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::English,
        Self::Spanish,
        Self::Portuguese,
        Self::German,
        Self::French,
        Self::Italian,
        Self::Dutch,
        Self::Other,
    ];

    /// What sets this language's words apart in a table of all of them.
    pub(crate) const fn salt(self) -> u64 {
        (self as u64 + 1) << 56
    }
}

/// The small words of each language, in the order of [`Language::ALL`]. Of `Other` those of Swedish, Danish, Norwegian, Polish, Czech,
/// Turkish, Romanian, Finnish, Hungarian, Indonesian and Catalan that none of the seven has.
const SMALL: [&str; 8] = [
    "the and to of is it you that was for on are with as i his they be at this have from or had by but not what all were we \
     when your can said there an each which she do how their if will up about out many then them these so some her would make \
     like him into has look more go see no way could my than been who its now did get me our us am don't didn't isn't wasn't \
     doesn't can't won't i'm it's i've you're that's they're couldn't wouldn't haven't just because very after again any before \
     being both does doing down during few further here itself most off once only other over same should such too under until \
     while why where thanks thank please got still really never always ever think know want need yours ours",
    "el la los las un una unos unas y o pero que de del al en con por para sin sobre es son está están fue era ser he ha han \
     hay no sí se me te le lo les nos su sus mi mis tu tus muy más menos todo todos nada como cuando donde porque ya también \
     este esta esto ese esa eso aquí ahora bien mal gracias hola quiero tengo tiene puede llegó pedido yo usted ustedes nunca \
     siempre desde hasta cada otro otra hace estoy estaba",
    "o a os as um uma e ou mas que de do da dos das em no na nos nas com por para sem sobre é são foi era ser está estão tem \
     têm há não sim se me te lhe lhes seu sua seus suas meu minha muito mais menos tudo nada como quando onde porque já também \
     este esta isto esse essa isso aqui agora bem mal obrigado obrigada olá quero tenho pode chegou produto entrega pelo pela \
     eu você vocês ele ela até ainda nunca sempre antes prazo recebi recomendo ao aos gostei nao",
    "der die das ein eine einen einem einer eines und oder aber dass ist sind war waren sein haben hat hatte habe wird werden \
     wurde nicht kein keine keinen sehr auch nur noch schon mit von zu zum zur für auf an in im aus bei nach über unter vor ich \
     du er sie es wir ihr mich mir dich dir uns euch mein meine dein seine ihre wie was wer wenn weil als dann hier da jetzt \
     immer nie danke bitte mehr alles nichts den dem des man kann können muss leider gut lieferung wieder",
    "le la les un une des du de et ou mais que qui dans sur avec pour par sans est sont était été être avoir ai as a ont avait \
     ne pas plus très tout tous rien comme quand où parce déjà aussi ce cette ces cela ici maintenant bien mal merci bonjour je \
     tu il elle nous vous ils elles me te se mon ma mes ton ta son sa ses notre votre leur au aux c'est j'ai n'est n'ai qu'il \
     d'un d'une l'on jamais toujours encore fait suis reçu commande",
    "il lo la i gli le un uno una e o ma che di del della dei delle da dal in nel nella con per senza su sul è sono era stato \
     stata essere ho ha hanno aveva non sì si mi ti ci vi ne mio mia tuo sua suo loro molto più meno tutto tutti niente come \
     quando dove perché già anche questo questa quello qui ora bene male grazie ciao voglio può sempre mai ancora io lui lei \
     noi voi al alla ai alle c'è l'ho dopo prima",
    "de het een en of maar dat die is zijn was waren heb heeft had hebben wordt worden werd niet geen zeer ook nog al met van \
     te voor op aan in uit bij naar over onder ik jij je u hij zij ze wij we mij me jou ons mijn jouw haar hun hoe wat wie als \
     omdat dan hier daar nu altijd nooit bedankt alles niets kan kunnen moet goed heel erg dit deze om er door na meer wel toch",
    "och är det att som inte för på jag med av till den har ett vi kan så var men jeg ikke er og mig dig af være meget også \
     nie jest się że do na w z to jak co ale czy tak już bardzo dla przez tylko był jsem není je že ale tak pro jako bylo \
     ve bir bu için çok değil ile ama ben sen mi mu var yok gibi daha și este nu la cu pe din sunt foarte mai care ja on ei se \
     että mutta oli olen hän tämä kuin és az egy nem hogy van csak meg volt dan yang di itu ini tidak dengan untuk saya ada \
     dari amb els per és però molt aquest",
];

/// Words of any language: the upper bits of the hash, and a bit a language.
struct Table {
    slots: Vec<(u32, u8)>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Table { slots: vec![(0, 0); 4096] };
        for (at, words) in SMALL.iter().enumerate() {
            words.split_whitespace().for_each(|word| table.add(hash_of(word), 1 << at));
        }
        table
    })
}

impl Table {
    fn place(&self, hash: u64) -> (usize, u32) {
        let key = (hash >> 32) as u32 | 1;
        let mut at = hash as usize % self.slots.len();
        while self.slots[at].0 != 0 && self.slots[at].0 != key {
            at = (at + 1) % self.slots.len();
        }
        (at, key)
    }

    fn add(&mut self, hash: u64, language: u8) {
        let (at, key) = self.place(hash);
        self.slots[at] = (key, self.slots[at].1 | language);
    }

    #[inline]
    fn languages(&self, hash: u64) -> u8 {
        self.slots[self.place(hash).0].1
    }
}

/// How many words are looked at: enough to tell, however long the text is.
const WORDS_MAX: u32 = 48;

/// The language of a text; [`Language::Other`] where it is not recognised.
pub fn of(text: &str) -> Language {
    if is_mostly_of_another_script(text) {
        return Language::Other;
    }
    let table = table();
    // What a word counts: 12 where one language has it, 6 for each of two, and so on.
    let mut votes = [0_u32; 8];
    let mut words = 0;
    for token in tokens(text).filter(|token| token.kind == Kind::Word) {
        words += 1;
        let mut languages = table.languages(token.hash);
        if languages != 0 {
            let vote = 12 / languages.count_ones();
            while languages != 0 {
                votes[languages.trailing_zeros() as usize] += vote;
                languages &= languages - 1;
            }
        }
        if words == WORDS_MAX {
            break;
        }
    }
    decide(&votes, words)
}

fn decide(votes: &[u32; 8], words: u32) -> Language {
    let (mut best, mut second) = (0, 0);
    for at in 1..votes.len() {
        if votes[at] > votes[best] {
            (best, second) = (at, votes[best]);
        } else {
            second = second.max(votes[at]);
        }
    }
    // A tie, one shared word, or hardly any small word among many: not recognised.
    if votes[best] == second || votes[best] < 6 || votes[best] < words { Language::Other } else { Language::ALL[best] }
}

/// Whether most letters are Greek, Cyrillic, Arabic, Chinese ...: by the first bytes of UTF-8.
fn is_mostly_of_another_script(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    let (mut latin, mut other) = (0_u32, 0_u32);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | 0xc3..=0xc9 => latin += 1,
            0xcd..=0xe1 | 0xe3..=0xed => other += 1,
            _ => {}
        }
    }
    other * 2 > latin
}

/// Whether the text has letters, and most of them are Latin ones.
pub(crate) fn is_latin(text: &str) -> bool {
    !is_mostly_of_another_script(text)
}

#[cfg(test)]
mod tests {
    use super::{Language, of};

    #[test]
    fn languages_are_recognised_by_their_small_words() {
        let texts = [
            (Language::English, "The parcel has been late twice this month and nobody answers"),
            (Language::English, "I don't like it"),
            (Language::Spanish, "El pedido llegó tarde y roto, muy mal"),
            (Language::Portuguese, "O produto chegou antes do prazo, recomendo"),
            (Language::German, "Die Lieferung war sehr schnell, danke"),
            (Language::French, "Je suis très déçu, la commande n'est pas arrivée"),
            (Language::Italian, "Il pacco è arrivato in ritardo e non funziona"),
            (Language::Dutch, "Het pakket is niet aangekomen, heel erg jammer"),
        ];
        for (language, text) in texts {
            assert_eq!(of(text), language, "{text}");
        }
    }

    #[test]
    fn what_is_not_recognised_is_said_to_be_other() {
        for text in [
            "",
            "4711",
            "\u{1f600}",
            "这个产品非常糟糕",
            "Очень плохое обслуживание, не рекомендую",
            "الخدمة سيئة جدا",
            "Το προϊόν είναι χαλασμένο",
            "商品が壊れていた iPhone",
            "Paketet kom inte fram och jag är mycket besviken",
            "Paczka nie dotarła i jest bardzo źle",
            "Ürün çok kötü ve değil gibi",
        ] {
            assert_eq!(of(text), Language::Other, "{text}");
        }
    }
}
