//! What customers write: counted right in any order, corrected, taught, and named competitors told.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod desk;

use desk::Desk;
use nexusflow_domain::voice::tone::{Tone, VoiceCounts};
use nexusflow_domain::{Business, Commerce};
use nexusflow_engine::{Emission, Pane, Partition};
use nexusflow_learn::figures::Chance;
use nexusflow_learn::sentiment::{Class, Model};
use nexusflow_model::event::control::ConfigChanged;
use nexusflow_model::event::voice::FeedbackLabelled;
use nexusflow_model::{Envelope, Event, Id, Kind, Source, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const HOUR_MS: i64 = 3_600_000;

fn start() -> Timestamp {
    "2026-01-05T08:00:00Z".parse().unwrap()
}

fn business() -> Business {
    let voice = json!({
        "own_names": ["Altamora Uno"],
        "theme": [
            {"name": "delivery", "words": ["late", "courier", "parcel"]},
            {"name": "price", "words": ["expensive", "price"]},
        ],
        "competitor": [{"name": "Kaffwerk", "aliases": ["Kaff Werk"]}, {"name": "Uno"}],
    });
    Business { voice: serde_json::from_value(voice).unwrap(), ..Business::default() }
}

fn event(n: u64, subject: &str, at_h: i64, kind: &str, data: &Value) -> Envelope {
    let event = Event::from_json(Kind::from_name(kind).unwrap(), &data.to_string()).unwrap();
    let at = start().plus_ms(at_h * HOUR_MS);
    let (id, source, subject) =
        (Id::new(&format!("e-{n}")).unwrap(), Source::new("/test").unwrap(), Id::new(subject).unwrap());
    Envelope { id, source, subject, occurred_at: at, recorded_at: at, forwarded: 0, event }
}

/// The texts that a made-up world writes: of each mood, theme, language and rival some.
const TEXTS: [&str; 9] = [
    "The courier was late and the parcel is broken, terrible",
    "Great machine, wonderful coffee, thank you",
    "Far too expensive, Kaffwerk has a better price",
    "My Altamora Uno is great",
    "The Uno of kaff-werk is awful",
    "It is a machine",
    "\u{4e0d}\u{597d}\u{7684}\u{670d}\u{52a1}",
    "Terrible, rude, never again",
    "late late late",
];

/// A world of texts, corrections (some of them before their texts, some twice) and customers who say what they are.
fn world(seed: u64) -> Vec<Envelope> {
    let mut chance = Chance::new(seed);
    let mut events = Vec::new();
    let customers = ["a", "b", "c", "d", "e"];
    for n in 0..120_u64 {
        let customer = customers[chance.below(customers.len())];
        let at_h = chance.below(50) as i64;
        let text = TEXTS[chance.below(TEXTS.len())];
        let name = format!("t-{n}");
        events.push(match chance.below(4) {
            0 => event(n, customer, at_h, "ticket.opened", &json!({"ticket": name, "text": text})),
            1 => {
                let product = ["Uno", "Duo"][chance.below(2)];
                event(
                    n,
                    customer,
                    at_h,
                    "feedback.received",
                    &json!({"feedback": name, "channel": "web", "text": text, "product": product}),
                )
            }
            2 => event(
                n,
                customer,
                at_h,
                "chat.message",
                &json!({"message": name, "direction": "inbound", "text": text}),
            ),
            _ => event(
                n,
                customer,
                at_h,
                "review.posted",
                &json!({"review": name, "score": 3, "scale": {"min": 1, "max": 5}, "text": text, "sku": "S-1"}),
            ),
        });
        for again in 0..chance.below(3) as u64 {
            let themes: &[&str] = [&["delivery"][..], &["price"], &["unheard-of"], &[]][chance.below(4)];
            let mut label = json!({"feedback": name, "by": "Ana", "themes": themes});
            if chance.below(3) > 0 {
                label["sentiment"] = json!(chance.below(2_001) as i64 - 1_000);
            }
            // By the thing it is in, or by its event.
            if chance.below(2) == 0 {
                label["feedback"] = json!(format!("e-{n}"));
            }
            events.push(event(
                1_000 + n * 10 + again,
                customer,
                50 + chance.below(20) as i64,
                "feedback.labelled",
                &label,
            ));
        }
    }
    for (n, customer) in customers.iter().enumerate() {
        for (again, kind) in ["business", "consumer"].iter().enumerate() {
            let at_h = chance.below(60) as i64;
            let tier = ["gold", "silver"][chance.below(2)];
            let data = json!({"kind": kind, "tier": tier});
            events.push(event(5_000 + (n * 2 + again) as u64, customer, at_h, "customer.identified", &data));
        }
    }
    events
}

fn fold(events: &[Envelope]) -> Partition<Commerce> {
    let mut partition = Partition::new(0);
    let content = serde_json::to_value(business()).unwrap();
    let configuration = ConfigChanged::envelope("v1", "a test", content, start()).unwrap();
    let all = std::iter::once(&configuration).chain(events);
    for (at, event) in all.enumerate() {
        assert_eq!(partition.fold(at as u64 + 1, vec![Ok(event.clone())]).unreadable, []);
    }
    partition
}

/// The counts of a pane without what was taken back altogether.
fn counted(partition: &Partition<Commerce>, pane: Pane) -> VoiceCounts {
    let mut counts = partition.rollups().panes().get(&pane).map(|rollup| rollup.voice.clone()).unwrap_or_default();
    let is_something = |tone: &mut Tone| *tone != Tone::default();
    counts.by_channel.retain(|_, tone| is_something(tone));
    for named in [
        &mut counts.by_kind,
        &mut counts.by_tier,
        &mut counts.by_product,
        &mut counts.by_theme,
        &mut counts.by_competitor,
    ] {
        named.retain(|_, tone| is_something(tone));
    }
    counts.unknown_in.retain(|_, n| *n != 0);
    counts
}

#[test]
fn order_and_duplicates_make_no_difference() {
    for seed in 0..6 {
        let in_order = world(seed);
        let expected = fold(&in_order);
        let mut chance = Chance::new(seed + 100);
        for _ in 0..4 {
            let mut events = in_order.clone();
            events.extend(in_order.iter().filter(|_| chance.below(8) == 0).cloned().collect::<Vec<_>>());
            chance.shuffle(&mut events);
            let other = fold(&events);
            for pane in expected.rollups().panes().keys() {
                assert_eq!(counted(&other, *pane), counted(&expected, *pane), "seed {seed}, {pane:?}");
            }
            for customer in ["a", "b", "c", "d", "e"] {
                let of = |partition: &Partition<Commerce>| {
                    let slot = partition.profile(0, &Id::new(customer).unwrap()).unwrap();
                    (slot.profile.voice, slot.profile.sentiment)
                };
                assert_eq!(of(&other), of(&expected), "seed {seed}, {customer}");
            }
        }
    }
}

/// The last that was said of each text: by time, then by what tells events of one time apart.
fn last_words(events: &[Envelope]) -> BTreeMap<String, Vec<&Envelope>> {
    let mut words: BTreeMap<String, Vec<&Envelope>> = BTreeMap::new();
    for envelope in events {
        if let Event::FeedbackLabelled(it) = &envelope.event {
            let name = it.feedback.as_str().trim_start_matches(['e', 't', '-']).to_owned();
            words.entry(name).or_default().push(envelope);
        }
    }
    words.values_mut().for_each(|said| {
        said.sort_by_key(|envelope| (envelope.occurred_at, nexusflow_model::partition::identity_hash(envelope)));
    });
    words
}

/// What is counted, by counting text by text.
#[derive(Debug, Default, PartialEq)]
struct Recount {
    all: Tone,
    labelled: i64,
    by_theme: BTreeMap<String, i64>,
    by_competitor: BTreeMap<String, i64>,
}

impl Recount {
    fn of(events: &[Envelope]) -> Self {
        let labels = last_words(events);
        let mut own = Self::default();
        for envelope in events {
            let Some(text) = nexusflow_domain::voice::words::of_customer(&envelope.event) else { continue };
            let said = labels.get(envelope.id.as_str().trim_start_matches("e-")).map_or(&[][..], Vec::as_slice);
            let said: Vec<&FeedbackLabelled> = said.iter().map(|envelope| label_of(envelope)).collect();
            own.labelled += i64::from(!said.is_empty());
            let corrected = said.iter().rev().find_map(|it| it.sentiment).map(|score| i64::from(score.get()));
            let judged = Model::shipped().judge(&text).map(|own| (i64::from(own.score_milli), own.class));
            own.count(corrected.map(|score| (score, class_of(score))).or(judged));
            own.themes(&text, &said);
            for (rival, names) in [("Kaffwerk", &["Kaffwerk", "kaff-werk"][..]), ("Uno", &["The Uno of"])] {
                let is_named = names.iter().any(|name| text.contains(name));
                *own.by_competitor.entry(rival.into()).or_default() += i64::from(is_named);
            }
        }
        own
    }

    fn count(&mut self, meant: Option<(i64, Class)>) {
        let Some((score, class)) = meant else {
            self.all.unknown += 1;
            return;
        };
        self.all.mean.n += 1;
        self.all.mean.sum_milli += score;
        self.all.squares += score * score;
        match class {
            Class::Negative => self.all.negative += 1,
            Class::Neutral => self.all.neutral += 1,
            Class::Positive => self.all.positive += 1,
        }
    }

    /// Those a person said last, of those that are configured; else by the seed words, which stand in single texts here.
    fn themes(&mut self, text: &str, said: &[&FeedbackLabelled]) {
        let known_of = |it: &&FeedbackLabelled| -> Vec<String> {
            let names = it.themes.iter().map(ToString::to_string);
            names.filter(|own| ["delivery", "price"].contains(&own.as_str())).collect()
        };
        let mut themes = said.iter().rev().map(known_of).find(|known| !known.is_empty()).unwrap_or_default();
        if themes.is_empty() {
            let is_of = |words: &[&str]| words.iter().any(|word| text.contains(word));
            let seeded = [("delivery", &["courier", "late"][..]), ("price", &["expensive"])];
            themes.extend(seeded.iter().find(|(_, words)| is_of(words)).map(|(name, _)| (*name).to_owned()));
        }
        themes.into_iter().for_each(|theme| *self.by_theme.entry(theme).or_default() += 1);
    }
}

fn label_of(envelope: &Envelope) -> &FeedbackLabelled {
    match &envelope.event {
        Event::FeedbackLabelled(it) => it,
        other => panic!("{other:?}"),
    }
}

fn class_of(score: i64) -> Class {
    match score {
        100.. => Class::Positive,
        ..=-100 => Class::Negative,
        _ => Class::Neutral,
    }
}

#[test]
fn the_counts_are_those_of_counting_again() {
    for seed in 0..6 {
        let events = world(seed);
        let partition = fold(&events);
        let counts = counted(&partition, Pane::All);
        let texts = |of: &BTreeMap<nexusflow_model::Label, Tone>| {
            of.iter().map(|(name, tone)| (name.to_string(), tone.texts())).collect::<BTreeMap<_, _>>()
        };
        let folded = Recount {
            all: counts.all,
            labelled: counts.labelled,
            by_theme: texts(&counts.by_theme),
            by_competitor: texts(&counts.by_competitor),
        };
        assert_eq!(folded, Recount::of(&events), "seed {seed}");
        // Whatever is counted apart adds up to the whole.
        let whole = counts.all.texts();
        assert_eq!(counts.by_channel.values().map(Tone::texts).sum::<i64>(), whole);
        assert_eq!(counts.by_kind.values().map(Tone::texts).sum::<i64>(), whole, "everybody has said what they are");
        assert_eq!(counts.unknown_in.values().sum::<i64>(), counts.all.unknown);
        let is_day = |(pane, _): &(&Pane, &nexusflow_domain::Rollup)| matches!(pane, Pane::Day(_));
        let days = partition.rollups().panes().iter().filter(is_day).map(|(_, own)| own.voice.all.texts());
        assert_eq!(days.sum::<i64>(), whole);
    }
}

/// Folds an event, and what follows from it in every partition.
fn fold_all(partitions: &mut [Partition<Commerce>], at: usize, envelope: Envelope) {
    let mut next = vec![(at, envelope)];
    while let Some((at, envelope)) = next.pop() {
        let partition = &mut partitions[at];
        let folded = partition.fold(partition.sequence() + 1, vec![Ok(envelope)]);
        assert_eq!(folded.unreadable, []);
        for emission in folded.emissions {
            if let Emission::Derived(_, envelope) = emission {
                assert!(envelope.event.kind().is_for_all());
                next.extend((0..partitions.len()).map(|at| (at, (*envelope).clone())));
            }
        }
    }
}

#[test]
fn every_partition_learns_from_a_correction_and_a_checkpoint_keeps_what_was_learned() {
    let configuration =
        ConfigChanged::envelope("v1", "a test", serde_json::to_value(business()).unwrap(), start()).unwrap();
    let mut partitions: Vec<Partition<Commerce>> = (0..3).map(Partition::new).collect();
    (0..3).for_each(|at| fold_all(&mut partitions, at, configuration.clone()));
    let text = "the frother drips on the counter";
    let judged =
        |partition: &Partition<Commerce>| partition.shared().models.sentiment().judge(text).map(|own| own.score_milli);
    let about = |partition: &Partition<Commerce>| {
        let models = &partition.shared().models;
        models.themes(&business().voice).guess(text).first().map(|own| own.theme)
    };
    let (before, theme_before) = (judged(&partitions[0]), about(&partitions[0]));
    for n in 0..4 {
        let label =
            json!({"feedback": format!("f-{n}"), "sentiment": -900, "themes": ["price"], "by": "Ana", "text": text});
        fold_all(&mut partitions, n % 3, event(n as u64, "c", n as i64, "feedback.labelled", &label));
    }
    let after = judged(&partitions[0]);
    assert!(after.is_some_and(|after| after < before.unwrap_or(0) - 200), "{before:?} -> {after:?}");
    assert_ne!(theme_before, Some(1));
    assert_eq!(about(&partitions[0]), Some(1));
    for partition in &mut partitions {
        assert_eq!(judged(partition), after);
        let cut = partition.cut_whole().unwrap();
        let restored: Partition<Commerce> =
            Partition::restore(cut.changed.iter().map(|(part, bytes)| (*part, bytes.as_slice()))).unwrap();
        // Where the weights of a theme lie in memory depends on what came first; what is stored does not.
        let stored = |own: &Partition<Commerce>| serde_json::to_vec(own.shared()).unwrap();
        assert!(stored(&restored) == stored(partition));
        assert_eq!(judged(&restored), after);
    }
}

#[test]
fn a_trained_model_is_in_force_from_its_last_part_on_and_a_broken_one_never() {
    use base64::Engine;
    let mut partition = fold(&[]);
    let mut taught = Model::shipped().clone();
    (0..5).for_each(|_| taught.learn("the frother drips", Class::Negative));
    let bytes = taught.to_bytes();
    let part = |n: u64, part: usize, bytes: &[u8], application: &str| {
        let content = base64::engine::general_purpose::STANDARD.encode(bytes);
        let data = json!({
            "model": "sentiment", "application": application, "version": "ours-1", "part": part, "parts": 2,
            "content": content, "actor": "Ana",
        });
        event(n, "model.sentiment", 1, "model.applied", &data)
    };
    let mut say = |envelope: Envelope| {
        let folded = partition.fold(partition.sequence() + 1, vec![Ok(envelope)]);
        assert_eq!(folded.unreadable, []);
        (partition.shared().models.sentiment().clone(), partition.shared().models.trouble().map(str::to_owned))
    };
    let half = bytes.len() / 2;
    assert!(say(part(1, 0, &bytes[..half], "one")).0 == *Model::shipped());
    // Another one begins: the first is given up.
    assert!(say(part(2, 1, &bytes[half..], "two")).0 == *Model::shipped());
    let (model, trouble) = say(part(3, 0, &bytes[..half], "two"));
    assert!(model == taught && trouble.is_none(), "{trouble:?}");
    let mut broken = bytes.clone();
    broken[half] ^= 1;
    say(part(4, 0, &broken[..half], "three"));
    let (model, trouble) = say(part(5, 1, &broken[half..], "three"));
    assert!(model == taught && trouble.is_some());
}

#[test]
fn a_competitor_is_told_where_a_deal_is_open_and_no_more_when_it_is_decided() {
    let mut desk = Desk::with(business());
    let review = |n: u32, text: &str| json!({"review": format!("r-{n}"), "score": 4, "scale": {"min": 1, "max": 5}, "text": text});
    desk.say("acme", "review.posted", review(1, "Kaffwerk is cheaper"));
    let key = "competitor:acme:Kaffwerk";
    assert!(desk.alert("acme", key).is_none(), "there is no deal");
    let deal =
        json!({"opportunity": "o-1", "stage": "Demo", "amount": {"minor": 1000, "currency": "EUR"}, "owner": "Elke"});
    desk.say("acme", "opportunity.created", deal);
    desk.say("acme", "review.posted", review(2, "My Altamora Uno is great"));
    assert!(desk.alert("acme", "competitor:acme:Uno").is_none(), "that is our own");
    desk.say("acme", "review.posted", review(3, "We are looking at KAFF-WERK too"));
    let alert = desk.alert("acme", key).unwrap();
    assert_eq!(alert.why.sentence(), "Named Kaffwerk with a deal open");
    assert!(alert.state.is_open());
    desk.say("acme", "opportunity.won", json!({"opportunity": "o-1"}));
    assert!(!desk.alert("acme", key).unwrap().state.is_open());
}
