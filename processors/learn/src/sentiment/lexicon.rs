//! A lexicon of words that people praise and complain with, in English, Spanish, Portuguese and German.
//!
//! Made for NexusFlow: the words a support floor meets, valued in tenths from -40 to 40. How they are put together follows
//! Hutto and Gilbert, "VADER" (2014): negation turns and weakens, emphasis strengthens, and a sum x becomes
//! x / sqrt(x^2 + 15). In integers, so that every machine comes to the same score.

/// Words that turn the next few.
const NEGATIONS: &[&str] = &[
    "aren't", "can't", "cannot", "cant", "couldn't", "didn't", "didnt", "doesn't", "doesnt", "don't", "dont", "hardly",
    "isn't", "isnt", "jamás", "kein", "keine", "keinen", "keiner", "nada", "nao", "nem", "never", "ni", "nicht", "nie",
    "no", "none", "not", "nothing", "nunca", "não", "ohne", "sem", "sin", "tampoco", "wasn't", "wasnt", "without",
    "won't", "wont", "wouldn't",
];
/// Words that strengthen the next one.
const EMPHASIS: &[&str] = &[
    "absolut",
    "absolutely",
    "bastante",
    "completely",
    "demais",
    "extrem",
    "extremely",
    "highly",
    "incredibly",
    "muito",
    "muy",
    "really",
    "realmente",
    "sehr",
    "so",
    "tan",
    "total",
    "totally",
    "totalmente",
    "truly",
    "utterly",
    "very",
    "wirklich",
];
/// (word, valence in tenths), by word.
#[rustfmt::skip]
const VALENCES: &[(&str, i16)] = &[
    ("absurdo", -30), ("abysmal", -32), ("adore", 32), ("adorei", 30), ("amable", 20),
    ("amables", 20), ("amazing", 32), ("amei", 30), ("angry", -24), ("annoyed", -24),
    ("annoying", -24), ("appalling", -32), ("appreciate", 24), ("appreciated", 24), ("asco", -30),
    ("atrasado", -20), ("atraso", -20), ("atrocious", -32), ("ausgezeichnet", 30), ("awesome", 32),
    ("awful", -32), ("bad", -24), ("beautiful", 24), ("begeistert", 30), ("beschädigt", -20),
    ("besser", 20), ("best", 24), ("betrug", -30), ("better", 16), ("bien", 20),
    ("boa", 20), ("bom", 20), ("bonito", 20), ("brilliant", 32), ("broken", -24),
    ("buena", 20), ("bueno", 20), ("buenísimo", 20), ("cancel", -16), ("cancelled", -16),
    ("cara", -20), ("caro", -20), ("certinho", 20), ("cheaply", -16), ("clean", 16),
    ("cold", -16), ("comfortable", 16), ("complain", -16), ("complaint", -16), ("confiavel", 20),
    ("confiável", 20), ("confused", -16), ("confusing", -16), ("contenta", 20), ("contento", 20),
    ("crash", -16), ("crashed", -16), ("crooked", -16), ("damaged", -16), ("danificado", -20),
    ("danke", 20), ("decepcionada", -20), ("decepcionado", -20), ("decepcionante", -20), ("decepción", -20),
    ("decepção", -20), ("defective", -16), ("defectuosa", -20), ("defectuoso", -20), ("defeito", -20),
    ("defekt", -20), ("delay", -16), ("delayed", -16), ("delays", -16), ("delighted", 32),
    ("delightful", 32), ("demora", -20), ("demorado", -20), ("demorou", -20), ("descaso", -20),
    ("difficult", -16), ("dirty", -16), ("disappointed", -24), ("disappointing", -24), ("disappointment", -24),
    ("disgrace", -32), ("disgraceful", -32), ("disgusting", -32), ("dissatisfied", -24), ("easy", 16),
    ("efficient", 16), ("eficiente", 20), ("einfach", 20), ("empfehlen", 20), ("empfehlenswert", 20),
    ("encanta", 30), ("encantada", 30), ("encantado", 30), ("enfadada", -20), ("enfadado", -20),
    ("enjoy", 24), ("enjoyable", 24), ("enjoyed", 24), ("enttäuschend", -20), ("enttäuscht", -20),
    ("enttäuschung", -20), ("errada", -20), ("errado", -20), ("error", -16), ("errors", -16),
    ("estafa", -30), ("estupenda", 30), ("estupendo", 30), ("excelente", 30), ("excelentes", 30),
    ("excellent", 32), ("exceptional", 32), ("expensive", -16), ("fail", -24), ("failed", -24),
    ("failing", -24), ("fails", -24), ("failure", -24), ("fair", 16), ("falsch", -20),
    ("falta", -20), ("faltando", -20), ("faltou", -20), ("fantastic", 32), ("fantastisch", 30),
    ("fantástica", 30), ("fantástico", 30), ("fast", 16), ("fatal", -30), ("faulty", -16),
    ("fehler", -20), ("fehlt", -20), ("feliz", 20), ("fine", 16), ("fixed", 16),
    ("flawless", 32), ("flimsy", -16), ("fraud", -32), ("frechheit", -30), ("freundlich", 20),
    ("freundlicher", 20), ("friendly", 24), ("frustrated", -24), ("frustrating", -24), ("frustration", -24),
    ("furchtbar", -30), ("furious", -32), ("fácil", 20), ("genial", 30), ("glad", 16),
    ("good", 16), ("gostei", 20), ("gracias", 20), ("grateful", 24), ("great", 24),
    ("großartig", 30), ("gut", 20), ("gute", 20), ("guter", 20), ("gutes", 20),
    ("happy", 24), ("hard", -16), ("hate", -32), ("hated", -32), ("hates", -32),
    ("helpful", 24), ("hervorragend", 30), ("hilfreich", 20), ("horrendous", -32), ("horrible", -32),
    ("horrivel", -30), ("horrível", -30), ("ignored", -16), ("ignoring", -16), ("impeccable", 32),
    ("impressed", 24), ("impressive", 24), ("improved", 16), ("inaceitável", -30), ("inaceptable", -30),
    ("inakzeptabel", -30), ("incompleto", -20), ("incorrect", -16), ("increíble", 30), ("incrivel", 30),
    ("incrível", 30), ("insatisfeita", -20), ("insatisfeito", -20), ("issue", -16), ("issues", -16),
    ("joke", -24), ("kaputt", -20), ("katastrophal", -30), ("katastrophe", -30), ("kind", 16),
    ("klasse", 30), ("langsam", -20), ("late", -16), ("leaking", -16), ("leaks", -16),
    ("leider", -20), ("lenta", -20), ("lento", -20), ("like", 16), ("liked", 16),
    ("linda", 20), ("lindo", 20), ("lost", -16), ("love", 32), ("loved", 32),
    ("lovely", 24), ("loves", 32), ("mal", -20), ("mala", -20), ("malo", -20),
    ("mangelhaft", -20), ("maravilhosa", 30), ("maravilhoso", 30), ("maravillosa", 30), ("maravilloso", 30),
    ("mau", -20), ("mejor", 20), ("melhor", 20), ("missing", -16), ("mistake", -16),
    ("nice", 16), ("nightmare", -32), ("noisy", -16), ("obrigada", 20), ("obrigado", 20),
    ("odiei", -30), ("odio", -30), ("otima", 30), ("otimo", 30), ("outrageous", -32),
    ("outstanding", 32), ("overcharged", -16), ("overpriced", -16), ("parabens", 20), ("parabéns", 20),
    ("pathetic", -32), ("peor", -20), ("perfect", 32), ("perfecta", 30), ("perfecto", 30),
    ("perfeita", 30), ("perfeito", 30), ("perfekt", 30), ("pessima", -30), ("pessimo", -30),
    ("pleasant", 16), ("pleased", 24), ("polite", 16), ("poor", -24), ("poorly", -24),
    ("problem", -16), ("problema", -20), ("problemas", -20), ("problems", -16), ("professional", 16),
    ("prompt", 16), ("promptly", 16), ("puntual", 20), ("pésima", -30), ("pésimo", -30),
    ("péssima", -30), ("péssimo", -30), ("pünktlich", 20), ("qualidade", 20), ("quebrada", -20),
    ("quebrado", -20), ("queja", -20), ("quick", 16), ("quickly", 16), ("rapidez", 20),
    ("rapido", 20), ("reclamação", -20), ("recomendable", 20), ("recomendo", 20), ("recomiendo", 20),
    ("recommend", 24), ("recommended", 24), ("refund", -16), ("reliable", 24), ("resolved", 16),
    ("retrasado", -20), ("retraso", -20), ("ridiculous", -32), ("ridículo", -30), ("rota", -20),
    ("roto", -20), ("rude", -24), ("ruim", -20), ("rápida", 20), ("rápidamente", 20),
    ("rápido", 20), ("satisfecha", 20), ("satisfecho", 20), ("satisfeita", 20), ("satisfeito", 20),
    ("satisfied", 16), ("scam", -32), ("schlecht", -20), ("schlechter", -20), ("schlimmste", -30),
    ("schnell", 20), ("schnelle", 20), ("schrecklich", -30), ("scratched", -16), ("sensacional", 30),
    ("shame", -24), ("slow", -16), ("slowly", -16), ("smooth", 16), ("smoothly", 16),
    ("solid", 16), ("solved", 16), ("stuck", -16), ("super", 30), ("superb", 32),
    ("tarde", -20), ("terrible", -32), ("terribly", -24), ("terrific", 24), ("teuer", -20),
    ("thank", 24), ("thanks", 24), ("thrilled", 24), ("toll", 20), ("unacceptable", -32),
    ("unclear", -16), ("unfortunately", -16), ("unfreundlich", -20), ("unhappy", -24), ("unreliable", -24),
    ("unresolved", -16), ("unverschämt", -30), ("unzufrieden", -20), ("upset", -24), ("useful", 16),
    ("useless", -32), ("vergonha", -30), ("vergonzoso", -30), ("vergüenza", -30), ("verspätet", -20),
    ("verspätung", -20), ("verärgert", -20), ("waiting", -16), ("waste", -24), ("wasted", -24),
    ("welcome", 16), ("well", 16), ("wonderful", 32), ("works", 16), ("worried", -16),
    ("worse", -16), ("worst", -32), ("wrong", -16), ("wunderbar", 30), ("zufrieden", 20),
    ("zuverlässig", 20), ("ärgerlich", -20), ("ótima", 30), ("ótimo", 30), ("útil", 20),
    ("❤", 28), ("🎉", 24), ("👍", 20), ("👎", -22), ("👏", 20),
    ("💔", -24), ("😀", 20), ("😃", 20), ("😄", 22), ("😊", 22),
    ("😍", 30), ("😞", -20), ("😠", -26), ("😡", -30), ("😢", -18),
    ("😤", -20), ("😭", -20), ("🙂", 12), ("🙄", -16), ("🤬", -34),
    ("🥰", 28),
];

/// How many words a negation reaches.
const NEGATION_REACH: usize = 3;

/// The sentiment of a text, -1,000 to 1,000; none where no word of it is known, which is the honest answer for a language the
/// lexicon does not know.
pub fn score(text: &str) -> Option<i16> {
    let (mut sum, mut known) = (0, 0);
    // A negation does not reach over a comma: "no problem, very fast".
    for clause in text.split([',', '.', ';', ':', '!', '?', '\n']) {
        let (own, of) = clause_sum(clause);
        (sum, known) = (sum + own, known + of);
    }
    let marks = text.bytes().filter(|b| *b == b'!').count().min(4) as i64;
    sum += sum.signum() * marks * 290;
    (known > 0).then(|| normalized(sum))
}

/// The sum of the valences of a clause in thousandths, and how many words it is of.
fn clause_sum(clause: &str) -> (i64, u32) {
    let (mut sum, mut known) = (0_i64, 0);
    let mut since_negation = NEGATION_REACH + 1;
    let mut emphasised = false;
    let mut lower = String::new();
    for word in words(clause) {
        lower.clear();
        lower.extend(word.chars().flat_map(char::to_lowercase));
        if contains(NEGATIONS, &lower) {
            since_negation = 0;
            continue;
        }
        since_negation += 1;
        if contains(EMPHASIS, &lower) {
            emphasised = true;
            continue;
        }
        if let Some(valence) = valence(&lower) {
            let mut value = i64::from(valence) * 100;
            if emphasised {
                value += value * 3 / 10;
            }
            if word.len() > 2 && word.chars().all(char::is_uppercase) {
                value += value / 4;
            }
            if since_negation <= NEGATION_REACH {
                value = -value * 74 / 100;
            }
            sum += value;
            known += 1;
        }
        emphasised = false;
    }
    (sum, known)
}

/// x / sqrt(x^2 + 15) for x in thousandths, as thousandths.
fn normalized(sum: i64) -> i16 {
    let root = (sum * sum + 15_000_000).isqrt();
    (sum * 1_000 / root.max(1)) as i16
}

/// The words of a text, an emoji being one too.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '\u{2019}' || is_emoji(c)))
        .flat_map(split_emoji)
        .map(|word| word.trim_matches('\''))
        .filter(|word| !word.is_empty())
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}')
}

/// `great😊👍` -> `great`, `😊`, `👍`.
fn split_emoji(mut text: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        let first = text.chars().next()?;
        let end = if is_emoji(first) { first.len_utf8() } else { text.find(is_emoji).unwrap_or(text.len()) };
        let (word, rest) = text.split_at(end);
        text = rest;
        Some(word)
    })
}

fn contains(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
        || word.contains('\u{2019}') && list.binary_search(&word.replace('\u{2019}', "'").as_str()).is_ok()
}

fn valence(word: &str) -> Option<i16> {
    VALENCES.binary_search_by_key(&word, |(own, _)| own).ok().map(|at| VALENCES[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_so_that_they_can_be_searched() {
        assert!(VALENCES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(NEGATIONS.is_sorted() && EMPHASIS.is_sorted());
    }

    #[test]
    fn texts_sound_as_they_do_to_people() {
        let texts = [
            "Great service, thank you!",
            "Not great.",
            "The parcel came late and the machine is broken",
            "I absolutely LOVE it 😍",
            "No problem, very fast delivery",
            "Péssimo atendimento, não recomendo",
            "Sehr gut, danke",
            "El pedido llegó tarde y roto",
            "Order 4711 of Tuesday",
            "\u{4e0d}\u{597d}",
            "",
        ];
        let line = |text: &str| format!("{text}: {:?}\n", score(text));
        insta::assert_snapshot!(texts.map(line).concat(), @r"
        Great service, thank you!: Some(795)
        Not great.: Some(-416)
        The parcel came late and the machine is broken: Some(-718)
        I absolutely LOVE it 😍: Some(904)
        No problem, very fast delivery: Some(644)
        Péssimo atendimento, não recomendo: Some(-756)
        Sehr gut, danke: Some(765)
        El pedido llegó tarde y roto: Some(-718)
        Order 4711 of Tuesday: None
        不好: None
        : None
        ");
    }
}
