//! The texts of a customer: how each is meant and what it is about, by the models that held when it came, or by a person who has said so.
//!
//! What a text counts for is remembered, so that it can be taken back: when a person corrects it, or when it becomes known what kind
//! of customer wrote it. The order in which texts and corrections come makes no difference.

use crate::voice::newest::{Of, Spot};
use crate::voice::tone::{Segment, Sign};
use crate::{Fold, Profile};
use nexusflow_engine::Latest;
use nexusflow_learn::language::{self, Language};
use nexusflow_learn::sentiment::Class;
use nexusflow_model::event::voice::FeedbackLabelled;
use nexusflow_model::partition::hash_of;
use nexusflow_model::{Envelope, Event, Id, Label, Timestamp};
use serde::{Deserialize, Serialize};

/// Texts of a customer that can still be corrected: the newest.
pub const TEXTS_MAX: usize = 30;
/// Corrections of a customer's texts that are remembered: the newest.
const LABELS_MAX: usize = 60;
/// From so many thousandths on a person's score is one that is meant well, and below so many negative ones badly.
const NEUTRAL_BELOW: i16 = 100;
/// Themes of one text that count at the most.
const THEMES_OF_ONE: usize = 2;
/// So many times as likely as the next one a second theme must be, to be one too.
const SECOND_TIMES: u16 = 2;
/// A text that speaks of themes, of none of them surely enough, is doubted from here on, in thousandths.
const THEME_DOUBT_FROM: u16 = 500;
/// A day.
const DAY_MS: i64 = 86_400_000;

/// What a text was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the word for it")]
pub enum Channel {
    Ticket,
    Chat,
    Sms,
    Email,
    Review,
    Survey,
    Mention,
    Feedback,
    Form,
}

impl Channel {
    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ticket => "ticket",
            Self::Chat => "chat",
            Self::Sms => "sms",
            Self::Email => "email",
            Self::Review => "review",
            Self::Survey => "survey",
            Self::Mention => "mention",
            Self::Feedback => "feedback",
            Self::Form => "form",
        }
    }

    const fn of(event: &Event) -> Self {
        match event {
            Event::ChatMessage(_) => Self::Chat,
            Event::SmsMessage(_) => Self::Sms,
            Event::EmailSent(_) | Event::EmailReplied(_) => Self::Email,
            Event::ReviewPosted(_) => Self::Review,
            Event::SurveyAnswered(_) => Self::Survey,
            Event::MentionDetected(_) => Self::Mention,
            Event::FeedbackReceived(_) => Self::Feedback,
            Event::FormSubmitted(_) => Self::Form,
            _ => Self::Ticket,
        }
    }
}

/// How a text is meant: -1,000 to 1,000, and what that comes to.
pub type Meant = (i16, Class);

/// A text of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Text {
    at: Timestamp,
    /// (source, id) of its event as 64 bits.
    identity: u64,
    /// What a correction may call it: the thing it is in, and its event.
    called: [u64; 2],
    /// What it was written in.
    pub channel: Channel,
    /// The product it is about.
    pub product: Option<Label>,
    /// Its language, where nobody could judge it.
    pub language: Language,
    /// Competitors it names.
    pub competitors: Vec<Label>,
    judged: Option<Meant>,
    sure_milli: u16,
    guessed: Vec<Label>,
    said: Option<Said>,
}

/// What people said of a text: of each the latest word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    /// What it was called: the hash of an id.
    called: u64,
    /// The latest of all, by (time, tie).
    newest: (Timestamp, u64),
    meant: Latest<Meant>,
    themes: Latest<Vec<Label>>,
}

/// The texts of a customer, and what people have said of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Texts {
    /// The newest first, by (time, identity).
    newest: Vec<Text>,
    /// What people have said, the newest first; one a text.
    said: Vec<Said>,
    /// What kind of customer they are counted as being of.
    segment: Segment,
}

impl Said {
    /// Nothing yet, of what is called so.
    fn of(called: u64) -> Self {
        Self { called, newest: (Timestamp::MIN, 0), meant: Latest::default(), themes: Latest::default() }
    }
}

impl Text {
    /// How it is meant: as a person says, else as it was judged; none where neither is known.
    pub fn meant(&self) -> Option<Meant> {
        self.said.as_ref().and_then(|said| said.meant.get().copied()).or(self.judged)
    }

    /// What it is about: as a person says, else as far as the models are sure.
    pub fn themes(&self) -> &[Label] {
        self.said.as_ref().and_then(|said| said.themes.get()).unwrap_or(&self.guessed)
    }

    /// Whether a person said how it is meant or what it is about.
    pub fn is_labelled(&self) -> bool {
        self.said.is_some()
    }

    /// How sure the models were of it, 0 to 1,000.
    pub fn sure_milli(&self) -> u16 {
        self.sure_milli
    }

    fn age(&self) -> (Timestamp, u64) {
        (self.at, self.identity)
    }

    fn is_called(&self, called: u64) -> bool {
        self.called.contains(&called)
    }
}

impl Texts {
    /// The text of the event with this identity; none where it is too old to be remembered.
    pub fn text(&self, identity: u64) -> Option<&Text> {
        self.newest.iter().find(|own| own.identity == identity)
    }

    /// What people have said of a text, by whichever name they called it.
    fn said_of(&self, text: &Text) -> Option<Said> {
        let mut all: Option<Said> = None;
        for said in self.said.iter().filter(|said| text.is_called(said.called)) {
            let own = all.get_or_insert_with(|| Said::of(said.called));
            own.newest = own.newest.max(said.newest);
            own.meant.hear(&said.meant);
            own.themes.hear(&said.themes);
        }
        all
    }

    /// The newest texts, the newest first.
    pub fn newest(&self) -> &[Text] {
        &self.newest
    }
}

/// A customer wrote something.
pub(super) fn written(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope, words: &str) {
    let mut text = judged(context, envelope, words);
    let texts = &mut profile.voice;
    text.said = texts.said_of(&text);
    let since = context.clock.plus_ms(-i64::from(context.config.voice.review_days) * DAY_MS);
    let spot = Spot {
        at: text.at,
        identity: text.identity,
        customer: context.subject().clone(),
        sequence: context.place.sequence,
        index: context.place.index,
        channel: text.channel,
        meant: text.meant(),
        themes: text.themes().to_vec(),
        sure_milli: text.sure_milli,
        is_labelled: text.is_labelled(),
    };
    context.shared_mut().newest.written(&spot, since);
    count(context, &text, &texts.segment, Sign::Add);
    profile.sentiment.count(&text, Sign::Add);
    if let Some((score, _)) = text.meant() {
        profile.sentiment.last.say(text.at, text.identity, score);
    }
    let at = texts.newest.partition_point(|own| own.age() > text.age());
    if at < TEXTS_MAX {
        texts.newest.truncate(TEXTS_MAX - 1);
        texts.newest.insert(at, text);
    }
}

/// How a text is meant and what it is about, by the models in force.
fn judged(context: &mut Fold<'_>, envelope: &Envelope, words: &str) -> Text {
    let voice = &context.config.voice;
    let models = &context.shared().models;
    let judgement = models.sentiment().judge(words);
    let guesses = models.themes(voice).guess(words);
    let names = models.themes(voice).themes();
    let has_second =
        matches!(guesses[..], [_, second, third, ..] if second.sure_milli >= SECOND_TIMES * third.sure_milli);
    let best = guesses.iter().take(if has_second { THEMES_OF_ONE } else { 1 });
    let sure = best.take_while(|guess| guess.sure_milli >= voice.theme_sure_milli);
    let guessed = sure.filter_map(|guess| Label::new(names.get(usize::from(guess.theme))?).ok()).collect();
    // Of many themes even the best is likely by little: what counts against a text is that nothing of it was sure enough.
    let theme_sure = guesses.first().filter(|best| best.sure_milli < voice.theme_sure_milli);
    let theme_sure = theme_sure.map_or(1_000, |best| THEME_DOUBT_FROM + best.sure_milli);
    let sure_milli = judgement.map_or(0, |own| own.sure_milli.min(theme_sure));
    let competitors = voice.names().find(words).into_iter();
    let competitors = competitors.filter_map(|at| voice.competitors.get(usize::from(at)).map(|own| own.name.clone()));
    let (thing, product) = about(&envelope.event);
    let event = hash_of(envelope.id.as_str());
    Text {
        at: envelope.occurred_at,
        identity: context.identity,
        called: [thing.map_or(event, |thing| hash_of(thing.as_str())), event],
        channel: Channel::of(&envelope.event),
        language: if judgement.is_none() { language::of(words) } else { Language::Other },
        competitors: competitors.collect(),
        judged: judgement.map(|own| (own.score_milli, own.class)),
        sure_milli,
        guessed,
        said: None,
        product: product.filter(|product| admit(context, Of::Product, product)),
    }
}

/// The thing a text is in, and the product it is about.
fn about(event: &Event) -> (Option<&Id>, Option<Label>) {
    match event {
        Event::ReviewPosted(it) => (Some(&it.review), it.sku.as_ref().and_then(|sku| Label::new(sku.as_str()).ok())),
        Event::FeedbackReceived(it) => (Some(&it.feedback), it.product.clone()),
        Event::MentionDetected(it) => (Some(&it.mention), None),
        Event::SurveyAnswered(it) => (Some(&it.survey), None),
        Event::TicketOpened(it) => (Some(&it.ticket), None),
        Event::ChatMessage(it) | Event::SmsMessage(it) => (Some(&it.message), None),
        Event::EmailSent(it) | Event::EmailReplied(it) => (Some(&it.message), None),
        // Of a ticket's later texts each is told by its event.
        _ => (None, None),
    }
}

/// Whether `name` is counted apart.
fn admit(context: &mut Fold<'_>, of: Of, name: &Label) -> bool {
    context.shared().names.has(of, name) || context.shared_mut().names.admit(of, name)
}

fn count(context: &mut Fold<'_>, text: &Text, segment: &Segment, sign: Sign) {
    context.count_at(text.at, |rollup| {
        rollup.sentiment.count(text, sign);
        rollup.voice.count(text, segment, sign);
    });
}

/// A person said how a text is meant, or what it is about.
pub(super) fn labelled(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope, it: &FeedbackLabelled) {
    teach(context, envelope, it);
    let (at, tie, called) = (envelope.occurred_at, context.identity, hash_of(it.feedback.as_str()));
    let themes: Vec<Label> =
        it.themes.iter().filter(|theme| is_known(context, theme)).take(THEMES_OF_ONE).cloned().collect();
    let texts = &mut profile.voice;
    let known = texts.said.iter().position(|own| own.called == called);
    let mut said = known.map_or_else(|| Said::of(called), |at| texts.said.remove(at));
    // The latest word counts, whatever the order in which they come.
    said.newest = said.newest.max((at, tie));
    if let Some(score) = it.sentiment {
        said.meant.say(at, tie, (score.get().clamp(-1_000, 1_000), class_of(score.get())));
    }
    if !themes.is_empty() {
        said.themes.say(at, tie, themes);
    }
    let place = texts.said.partition_point(|own| own.newest > said.newest);
    texts.said.insert(place, said);
    texts.said.truncate(LABELS_MAX);
    for place in 0..texts.newest.len() {
        let Some(text) = texts.newest.get(place).filter(|text| text.is_called(called)) else { continue };
        count(context, text, &texts.segment, Sign::TakeBack);
        profile.sentiment.count(text, Sign::TakeBack);
        let said = texts.said_of(text);
        let Some(text) = texts.newest.get_mut(place) else { continue };
        text.said = said;
        count(context, text, &texts.segment, Sign::Add);
        profile.sentiment.count(text, Sign::Add);
        context.shared_mut().newest.labelled(text.identity, text.meant(), text.themes());
    }
    let last = texts.newest.iter().find_map(|text| Some((text.at, text.identity, text.meant()?.0)));
    if let Some((at, identity, score)) = last {
        profile.sentiment.last = Latest::default();
        profile.sentiment.last.say(at, identity, score);
    }
}

/// Whether a theme is counted: one that is configured, or that the model in force knows.
fn is_known(context: &Fold<'_>, theme: &Label) -> bool {
    let voice = &context.config.voice;
    voice.themes.iter().any(|own| own.name == *theme)
        || context.shared().models.themes(voice).themes().iter().any(|own| own == theme.as_str())
}

fn class_of(score: i16) -> Class {
    match score {
        NEUTRAL_BELOW.. => Class::Positive,
        _ if score <= -NEUTRAL_BELOW => Class::Negative,
        _ => Class::Neutral,
    }
}

/// Tells every partition what there is to be learned from a correction.
fn teach(context: &mut Fold<'_>, envelope: &Envelope, it: &FeedbackLabelled) {
    let Some(text) = it.text.as_ref().filter(|_| context.config.voice.learn) else { return };
    let (words, voice, models) = (text.reveal().as_str(), &context.config.voice, &context.shared().models);
    let sentiment = it.sentiment.and_then(|score| models.sentiment_lesson(voice, words, class_of(score.get())));
    let theme = it.themes.first().and_then(|theme| models.theme_lesson(voice, words, theme));
    for lesson in [sentiment, theme].into_iter().flatten() {
        let Ok(subject) = Id::new(lesson.model.as_str()) else { continue };
        context.derive(subject, envelope.occurred_at, Event::ModelLearned(lesson));
    }
}

/// It may be known only now what kind of customer this is: what they wrote moves with them.
pub(super) fn moved(context: &mut Fold<'_>, profile: &mut Profile) {
    let (kind, tier) = (profile.identity.kind.get(), profile.identity.tier.get());
    let own = &profile.voice.segment;
    if own.0.as_ref() == kind && own.1.as_ref() == tier {
        return;
    }
    let kind = kind.cloned().filter(|kind| admit(context, Of::Kind, kind));
    let tier = tier.cloned().filter(|tier| admit(context, Of::Tier, tier));
    let before = std::mem::replace(&mut profile.voice.segment, (kind, tier));
    if before == profile.voice.segment {
        return;
    }
    for text in &profile.voice.newest {
        context.count_at(text.at, |rollup| {
            rollup.voice.count_segment(text, &before, Sign::TakeBack);
            rollup.voice.count_segment(text, &profile.voice.segment, Sign::Add);
        });
    }
}
