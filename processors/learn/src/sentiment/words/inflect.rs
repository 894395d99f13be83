//! The forms of a word.

/// -s, -ed, -ing of an English verb. One that doubles its last letter is written with a `+`: `drag+`.
pub(super) fn verb(word: &str) -> Vec<String> {
    let base = word.trim_end_matches('+');
    let doubled = if base.len() < word.len() { format!("{base}{}", &base[base.len() - 1..]) } else { base.to_owned() };
    if let Some(stem) = base.strip_suffix('e') {
        return vec![base.into(), format!("{base}s"), format!("{base}d"), format!("{stem}ing")];
    }
    if let Some(stem) = base.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        return vec![base.into(), format!("{stem}ies"), format!("{stem}ied"), format!("{base}ing")];
    }
    vec![base.into(), plural(base), format!("{doubled}ed"), format!("{doubled}ing")]
}

/// The plural of an English noun, and -s of a verb.
pub(super) fn plural(word: &str) -> String {
    if let Some(stem) = word.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        return format!("{stem}ies");
    }
    let hisses = ["s", "x", "z", "ch", "sh"].iter().any(|end| word.ends_with(end));
    format!("{word}{}", if hisses { "es" } else { "s" })
}

/// An English adjective, its adverb, and the noun in -ness.
pub(super) fn adjective(word: &str) -> Vec<String> {
    let (adverb, noun) = match word {
        _ if word.ends_with("ic") => (format!("{word}ally"), format!("{word}ness")),
        _ if word.ends_with("ble") || word.ends_with("ple") => {
            (format!("{}y", &word[..word.len() - 1]), format!("{word}ness"))
        }
        _ if word.ends_with('y') => {
            let stem = &word[..word.len() - 1];
            (format!("{stem}ily"), format!("{stem}iness"))
        }
        _ => (format!("{word}ly"), format!("{word}ness")),
    };
    vec![word.into(), adverb, noun]
}

/// The four forms of an adjective in -o of Spanish or Portuguese; else its plural.
pub(super) fn romance(word: &str) -> Vec<String> {
    if let Some(stem) = word.strip_suffix('o') {
        return ["o", "a", "os", "as"].iter().map(|end| format!("{stem}{end}")).collect();
    }
    if let Some(stem) = word.strip_suffix("ável").map(|stem| format!("{stem}áve")) {
        return vec![word.into(), format!("{stem}is")];
    }
    let end = if word.ends_with(['e', 'a']) { "s" } else { "es" };
    vec![word.into(), format!("{word}{end}")]
}

/// A German adjective with its endings.
pub(super) fn german(word: &str) -> Vec<String> {
    let stem = word.strip_suffix('e').unwrap_or(word);
    ["", "e", "er", "es", "en", "em"].iter().map(|end| format!("{stem}{end}")).chain([word.to_owned()]).collect()
}

/// The word without its accents, as people type it.
pub(super) fn plain(word: &str) -> String {
    let strip = |c: char| match c {
        'á' | 'à' | 'â' | 'ã' => 'a',
        'é' | 'ê' => 'e',
        'í' => 'i',
        'ó' | 'ô' | 'õ' => 'o',
        'ú' => 'u',
        'ç' => 'c',
        _ => c,
    };
    word.chars().map(strip).collect()
}

#[cfg(test)]
mod tests {
    use super::{adjective, german, plain, plural, romance, verb};

    #[test]
    fn words_have_the_forms_that_they_have() {
        assert_eq!(verb("love"), ["love", "loves", "loved", "loving"]);
        assert_eq!(verb("annoy"), ["annoy", "annoys", "annoyed", "annoying"]);
        assert_eq!(verb("rectify"), ["rectify", "rectifies", "rectified", "rectifying"]);
        assert_eq!(verb("drag+"), ["drag", "drags", "dragged", "dragging"]);
        assert_eq!(verb("crash")[1], "crashes");
        assert_eq!(plural("delay"), "delays");
        assert_eq!(adjective("terrible")[1], "terribly");
        assert_eq!(adjective("happy"), ["happy", "happily", "happiness"]);
        assert_eq!(adjective("fantastic")[1], "fantastically");
        assert_eq!(romance("bueno"), ["bueno", "buena", "buenos", "buenas"]);
        assert_eq!(german("gut")[1], "gute");
        assert_eq!(plain("péssimo atenção"), "pessimo atencao");
    }
}
