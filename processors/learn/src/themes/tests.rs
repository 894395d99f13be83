use super::*;
use proptest::prelude::*;

const SEEDS: &[(&str, &[&str])] = &[("delivery", &["late", "parcel"]), ("billing", &["invoice", "charged twice"])];

#[test]
fn seed_words_are_known_and_nothing_else() {
    let model = Model::empty(SEEDS);
    assert_eq!(model.themes(), ["delivery", "billing"]);
    assert_eq!(model.guess("My parcel is late")[0].theme, 0);
    let billing = model.guess("You have charged twice for it");
    assert_eq!(billing[0].theme, 1);
    assert!(billing[0].sure_milli > 500 && billing.len() == 2);
    assert!(model.guess("Good morning").is_empty() && model.guess("").is_empty());
    assert_eq!(Model::shipped().name(), "shipped-1");
}

#[test]
fn a_correction_moves_the_guess_towards_it() {
    let mut model = Model::empty(SEEDS);
    let text = "The parcel was opened by the courier";
    let before = model.chances(text)[1];
    model.learn(text, 1);
    assert!(model.chances(text)[1] > before);
    for _ in 0..10 {
        model.learn(text, 1);
    }
    assert_eq!(model.guess(text)[0].theme, 1);
    // A theme that there is not changes nothing.
    let same = model.clone();
    model.learn(text, 9);
    assert_eq!(model, same);
    assert_eq!(Model::from_bytes(&model.to_bytes()).unwrap(), model);
}

#[test]
fn training_is_the_same_each_time_and_survives_its_bytes() {
    let texts: Vec<(String, u16)> = (0..30)
        .flat_map(|n| {
            [(format!("where is order {n}"), 0), (format!("the bill {n} is wrong"), 1), (format!("app {n} crashes"), 2)]
        })
        .collect();
    let examples: Vec<Example<'_>> =
        texts.iter().map(|(text, theme)| Example { text, theme: *theme, weight: 1.0 }).collect();
    let themes = ["orders", "bills", "app"].map(str::to_owned);
    let settings = Settings::default().tuned(&examples, &themes);
    let model = train(&examples, &themes, &settings, |_, _| {});
    assert!(texts.iter().all(|(text, theme)| model.guess(text)[0].theme == *theme));
    assert_eq!(model.to_bytes(), train(&examples, &themes, &settings, |_, _| {}).to_bytes());
    assert_eq!(Model::from_bytes(&model.to_bytes()).unwrap(), model);
}

proptest! {
    #[test]
    fn any_bytes_are_a_model_or_refused(mut bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(Model::from_bytes(&bytes).is_err());
        bytes.splice(0..0, *b"NFthem01");
        let sum = xxhash_rust::xxh3::xxh3_64(&bytes);
        bytes.extend_from_slice(&sum.to_le_bytes());
        drop(Model::from_bytes(&bytes));
    }
}
