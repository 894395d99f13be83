use super::*;
use proptest::prelude::*;

fn score(text: &str) -> Option<i16> {
    Model::shipped().judge(text).map(|own| own.score_milli)
}

#[test]
fn texts_sound_as_they_do_to_people() {
    let praise = [
        "Great service, thank you!",
        "I absolutely LOVE it 😍",
        "No problem, very fast delivery",
        "not bad at all",
        "Sehr gut, danke",
        "O produto chegou antes do prazo, recomendo",
        "Muy amable, gracias",
        ":-)",
    ];
    let complaint = [
        "Not great.",
        "The parcel came late and the machine is broken",
        "Waste of money, stay away",
        "It was good but now it is terrible",
        "Péssimo atendimento, não recomendo",
        "El pedido llegó tarde y roto",
        "Die Lieferung war leider zu spät und kaputt",
        "👎",
    ];
    for text in praise {
        assert!(score(text) > Some(100), "{text}: {:?}", score(text));
    }
    for text in complaint {
        assert!(score(text).is_some_and(|own| own < -100), "{text}: {:?}", score(text));
    }
}

#[test]
fn what_is_not_known_has_no_number() {
    for text in [
        "",
        "Order 4711 of Tuesday",
        "不好",
        "这个产品非常糟糕",
        "Очень плохое обслуживание, не рекомендую",
        "Je suis très déçu, la commande n'est pas arrivée",
        "Paczka nie dotarła i jest bardzo źle",
        "Paketet kom inte fram och jag är mycket besviken",
        "xyzzy plugh",
    ] {
        assert_eq!(Model::shipped().judge(text), None, "{text}");
    }
}

#[test]
fn emphasis_capitals_and_marks_strengthen_and_negation_turns() {
    let of = |text| score(text).unwrap();
    assert!(of("the food is very good") > of("the food is good"));
    assert!(of("the food is GOOD") > of("the food is good"));
    assert!(of("the food is good!!!") > of("the food is good"));
    assert!(of("the food is sooo good") > of("the food is good"));
    assert!(of("the food is slightly good") < of("the food is good"));
    assert!(of("the food is not good") < 0);
    assert!(of("the food isn\u{2019}t bad") > of("the food is bad"));
}

#[test]
fn the_words_that_carried_a_score_are_named() {
    let text = "The staff was lovely but the room was filthy 😡";
    let words: Vec<&str> = Model::shipped().explain(text).iter().map(|word| &text[word.from..word.to]).collect();
    assert!(words.contains(&"filthy") && words.contains(&"😡") && words.contains(&"lovely"), "{words:?}");
    let sign =
        |word: &str| Model::shipped().explain(text).iter().find(|own| &text[own.from..own.to] == word).unwrap().milli;
    assert!(sign("lovely") > 0 && sign("filthy") < 0);
}

#[test]
fn a_correction_moves_the_score_towards_it() {
    let text = "The parcel came with the usual courier";
    let mut model = Model::shipped().clone();
    assert_eq!(model.judge(text), None);
    model.learn(text, Class::Negative);
    let once = model.judge(text).unwrap();
    assert!(once.score_milli < 0);
    model.learn(text, Class::Negative);
    assert!(model.judge(text).unwrap().score_milli < once.score_milli);
    // And back: the last word is the person's.
    for _ in 0..12 {
        model.learn(text, Class::Positive);
    }
    assert_eq!(model.judge(text).unwrap().class, Class::Positive);
    // What it learned goes with its bytes, and what ships is as it was.
    assert_eq!(Model::from_bytes(&model.to_bytes()).unwrap(), model);
    assert_eq!(Model::shipped().judge(text), None);
}

fn examples() -> Vec<(String, Class)> {
    let sides = [
        ("came late and broken", Class::Negative),
        ("is in the box", Class::Neutral),
        ("works a treat", Class::Positive),
    ];
    let of =
        |n: usize| sides.map(|(what, class)| (format!("The parcel {n} {what}, number {} of the week", n % 7), class));
    (0..40).flat_map(of).collect()
}

fn trained() -> Model {
    let texts = examples();
    let examples: Vec<Example<'_>> =
        texts.iter().map(|(text, class)| Example { text, class: *class, weight: 1.0 }).collect();
    train(&examples, Lexicon::own(), &Settings::default(), |_, _| {})
}

#[test]
fn training_learns_what_it_is_shown_and_is_the_same_each_time() {
    let model = trained();
    for (text, class) in examples() {
        assert_eq!(model.judge(&text).unwrap().class, class, "{text}");
    }
    assert_eq!(model.to_bytes(), trained().to_bytes());
    assert_eq!(Model::from_bytes(&model.to_bytes()).unwrap(), model);
    let state = serde_json::to_string(&model).unwrap();
    assert_eq!(serde_json::from_str::<Model>(&state).unwrap(), model);
}

#[test]
fn bytes_that_were_changed_are_refused() {
    let bytes = Model::shipped().to_bytes();
    assert!(bytes.len() < 200_000, "{}", bytes.len());
    let mut flipped = bytes.clone();
    flipped[100] ^= 1;
    assert!(Model::from_bytes(&flipped).unwrap_err().contains("checksum"));
    assert!(Model::from_bytes(&bytes[..bytes.len() - 1]).is_err());
    assert!(Model::from_bytes(b"").is_err());
}

#[test]
fn a_lexicon_is_refused_at_the_line_at_fault() {
    assert!(Lexicon::with_file("good\t1.9\t0.9\t[1]\nbad").unwrap_err().starts_with("line 2"));
    assert!(Lexicon::with_file("good\tvery").unwrap_err().contains("\"very\" is no number"));
    assert!(Lexicon::with_file("good\t9").unwrap_err().contains("out of range"));
    assert_eq!(Lexicon::with_file("plugh\t-3.2\n").unwrap().valence(Language::English, "plugh"), Some(-32));
}

proptest! {
    #[test]
    fn any_text_can_be_judged_explained_and_learned(text in "\\PC{0,80}|[a-z@#:;()!?'<3 ]{0,60}") {
        let mut model = Model::shipped().clone();
        if let Some(said) = model.judge(&text) {
            prop_assert!((-1_000..=1_000).contains(&said.score_milli) && said.sure_milli <= 1_000);
        }
        for word in model.explain(&text) {
            prop_assert!(text.get(word.from..word.to).is_some());
        }
        model.learn(&text, Class::Positive);
        prop_assert_eq!(Model::from_bytes(&model.to_bytes()).unwrap().judge(&text), model.judge(&text));
    }

    #[test]
    fn any_bytes_are_a_model_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Model::from_bytes(&bytes).is_err());
        // With the right beginning and checksum too: whatever follows is read or refused.
        bytes.splice(0..0, *b"NFsent01");
        let sum = xxhash_rust::xxh3::xxh3_64(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        drop(Model::from_bytes(&bytes));
    }
}
