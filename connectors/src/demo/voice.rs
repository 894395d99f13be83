//! What customers say when they are asked, and when they are not.

use super::calendar::{DAY, HOUR, MINUTE, SECOND};
use super::catalogue::{AGENTS, PRODUCTS};
use super::customer::CustomerKind;
use super::desk::{Desk, Step, free_text, id, label, score, share_bp, stamp};
use super::orders::Order;
use super::recovery;
use super::text::{self, Mood, Theme, staff};
use super::truths::TOUCHPOINTS;
use nexusflow_model::event::experience::ExpectationSet;
use nexusflow_model::event::voice::{
    FeedbackLabelled, FeedbackReceived, MentionDetected, ReplySent, ReviewPosted, Scale, SurveyAnswered, SurveyKind,
    SurveyStep,
};
use nexusflow_model::{Event, Label};

/// The mean satisfaction with a delivery that came late.
const LATE_DELIVERY_MEAN: f64 = 2.1;
/// The share of asked customers who answer.
const ANSWERS: f64 = 0.4;
/// How often a relationship survey is sent.
const NPS_EVERY: i64 = 60 * DAY;

/// Something somebody may be asked about or may say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Opinion {
    serial: u32,
    measures: SurveyKind,
    touchpoint: Option<&'static str>,
    /// The mean of the answers to such a question.
    mean: f64,
    order: Option<u32>,
    ticket: Option<u32>,
    /// For a review or mention: what it is about and how it is meant.
    theme: Theme,
    mood: Mood,
    days: i64,
    product: usize,
    stars: i64,
}

/// What is next.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    Ask,
    Start,
    Answer,
    Relationship,
    Review,
    Excuse,
    Mention,
    Chatter,
    /// A person labels what was said: the kind of id it has.
    Label(&'static str),
}

pub(super) fn run(desk: &mut Desk<'_>, opinion: Opinion, next: Next) {
    match next {
        Next::Ask => ask(desk, opinion),
        Next::Start => step(desk, opinion, Event::SurveyStarted),
        Next::Answer => answer(desk, opinion),
        Next::Relationship => relationship(desk, opinion),
        Next::Review => review(desk, opinion),
        Next::Excuse => excuse(desk, opinion),
        Next::Mention => mention(desk, opinion),
        Next::Chatter => chatter(desk, opinion),
        Next::Label(what) => label_it(desk, opinion, what),
    }
}

const fn opinion(measures: SurveyKind, touchpoint: Option<&'static str>, mean: f64, theme: Theme) -> Opinion {
    Opinion {
        serial: 0,
        measures,
        touchpoint,
        mean,
        order: None,
        ticket: None,
        theme,
        mood: Mood::Content,
        days: 0,
        product: 1,
        stars: 0,
    }
}

/// Satisfaction (1 to 5) with a touchpoint.
pub(super) fn csat(touchpoint: &'static str) -> Opinion {
    let mean = TOUCHPOINTS.iter().find(|(name, ..)| *name == touchpoint).map_or(4.0, |(_, mean, _)| *mean);
    let theme = match touchpoint {
        "delivery" => Theme::Delivery,
        "onboarding" => Theme::Setup,
        "support" => Theme::Staff,
        "renewal" => Theme::Price,
        _ => Theme::Quality,
    };
    opinion(SurveyKind::Csat, Some(touchpoint), mean, theme)
}

/// Satisfaction with a delivery that came late.
pub(super) fn csat_of_late_delivery() -> Opinion {
    Opinion { mean: LATE_DELIVERY_MEAN, ..csat("delivery") }
}

/// The effort (1 to 7, 7 is easy) of getting help in that many answers.
pub(super) fn effort(answers: u8) -> Opinion {
    let mean = (6.6 - 0.9 * f64::from(answers)).max(2.0);
    opinion(SurveyKind::Ces, Some("support"), mean, Theme::Staff)
}

impl Opinion {
    pub(super) fn of_order(self, serial: u32) -> Self {
        Self { order: Some(serial), ..self }
    }

    pub(super) fn of_ticket(self, serial: u32) -> Self {
        Self { ticket: Some(serial), ..self }
    }

    pub(super) fn after_days(self, days: i64) -> Self {
        Self { days, ..self }
    }
}

pub(super) fn ask_in(desk: &mut Desk<'_>, in_ms: i64, opinion: Opinion) {
    desk.later(in_ms, Step::Voice(opinion, Next::Ask));
}

/// What customers say from time to time, whatever happens.
pub(super) fn settle(desk: &mut Desk<'_>) {
    let wait = desk.dice().between(0, NPS_EVERY / HOUR) * HOUR;
    let nps = opinion(SurveyKind::Nps, None, 8.0, Theme::Quality);
    desk.in_office_hours(wait, Step::Voice(nps, Next::Relationship));
    plan_chatter(desk);
}

fn relationship(desk: &mut Desk<'_>, nps: Opinion) {
    if !desk.customer.active {
        return;
    }
    let theme = if desk.customer.goodwill < 0.0 { Theme::Delivery } else { nps.theme };
    let mean = (8.3 + 1.9 * desk.customer.goodwill + desk.customer.dice.normal(0.0, 1.4)).clamp(0.5, 9.9);
    desk.in_office_hours(NPS_EVERY, Step::Voice(nps, Next::Relationship));
    ask_in(desk, MINUTE, Opinion { mean, theme, ..nps });
}

fn step(desk: &mut Desk<'_>, asked: Opinion, of: fn(SurveyStep) -> Event) {
    let event = SurveyStep {
        survey: desk.name("s", asked.serial),
        measures: asked.measures,
        touchpoint: asked.touchpoint.map(label),
        channel: Some(label(channel(desk))),
        template: Some(label(template(asked))),
    };
    desk.emit("/demo/survey", of(event));
}

/// Each customer is always asked the same way.
fn channel(desk: &Desk<'_>) -> &'static str {
    match desk.customer.kind {
        CustomerKind::Consumer => ["email", "in-app", "sms"][desk.who as usize % 3],
        _ => "email",
    }
}

fn template(asked: Opinion) -> &'static str {
    match asked.measures {
        SurveyKind::Nps => "relationship",
        SurveyKind::Csat => "after-contact",
        SurveyKind::Ces => "effort",
    }
}

fn ask(desk: &mut Desk<'_>, asked: Opinion) {
    let asked = Opinion { serial: desk.serial(), ..asked };
    step(desk, asked, Event::SurveyRequested);
    // Some addresses bounce.
    if desk.chance(0.97) {
        step(desk, asked, Event::SurveyDelivered);
        let wait = desk.dice().wait(9 * HOUR) + 3 * MINUTE;
        let answers = desk.chance(ANSWERS);
        if answers || desk.chance(0.05) {
            desk.later(wait, Step::Voice(asked, Next::Start));
        }
        if answers {
            let filling = desk.dice().between(20, 240) * SECOND;
            desk.later(wait + filling, Step::Voice(asked, Next::Answer));
        }
    }
}

/// A score between the ends with exactly that mean: the number of heads among as many biased coins as there are steps.
fn draw(desk: &mut Desk<'_>, low: i64, high: i64, mean: f64) -> i64 {
    let p = (mean - low as f64) / (high - low) as f64;
    low + (low..high).filter(|_| desk.customer.dice.chance(p)).count() as i64
}

fn answer(desk: &mut Desk<'_>, asked: Opinion) {
    let (given, mood) = match asked.measures {
        SurveyKind::Nps => {
            let given = draw(desk, 0, 10, asked.mean);
            (given, Mood::of(given, 9, 7, 3))
        }
        SurveyKind::Csat => {
            let given = draw(desk, 1, 5, asked.mean);
            (given, Mood::of(given, 5, 4, 1))
        }
        SurveyKind::Ces => {
            let given = draw(desk, 1, 7, asked.mean);
            (given, Mood::of(given, 7, 5, 2))
        }
    };
    let written = desk.chance(0.4).then(|| {
        let rivals = if asked.measures == SurveyKind::Nps { 0.1 } else { 0.03 };
        let slots = desk.slots(asked.days, rivals);
        desk.write(asked.theme, mood, slots)
    });
    let event = SurveyAnswered {
        survey: desk.name("s", asked.serial),
        measures: asked.measures,
        score: score(given),
        scale: None,
        touchpoint: asked.touchpoint.map(label),
        channel: Some(label(channel(desk))),
        template: Some(label(template(asked))),
        text: written.as_deref().and_then(text::text),
        order: asked.order.map(|serial| desk.name("o", serial)),
        ticket: asked.ticket.map(|serial| desk.name("t", serial)),
    };
    desk.emit("/demo/survey", Event::SurveyAnswered(event));
    if written.is_some() {
        maybe_label(desk, "s", asked.serial, asked.theme, mood);
    }
    let is_bad = match asked.measures {
        SurveyKind::Nps => given <= 6,
        SurveyKind::Csat => given <= 2,
        SurveyKind::Ces => given <= 3,
    };
    if is_bad {
        recovery::open(desk, asked.theme);
    }
    if asked.measures == SurveyKind::Csat && desk.chance(0.3) {
        expect(desk, asked);
    }
}

/// One in three is also asked what they had expected.
fn expect(desk: &mut Desk<'_>, asked: Opinion) {
    let Some((name, _, mean)) = TOUCHPOINTS.iter().find(|(name, ..)| Some(*name) == asked.touchpoint) else { return };
    let expected = draw(desk, 1, 5, *mean);
    let importance = Some(share_bp(desk.dice().between(60, 100) * 100));
    let event = ExpectationSet { touchpoint: label(name), expected: score(expected), importance };
    desk.emit("/demo/survey", Event::ExpectationSet(event));
}

/// A review some days after a delivery.
pub(super) fn review_in(desk: &mut Desk<'_>, order: Order, late: bool) {
    let weights = if late { [30, 30, 20, 12, 8] } else { [4, 4, 10, 28, 54] };
    let stars = 1 + desk.dice().weighted(weights.into_iter()) as i64;
    let theme = match stars {
        1..=3 if late => Theme::Delivery,
        1..=3 => [Theme::Quality, Theme::Price, Theme::Setup][desk.dice().below(3)],
        _ => [Theme::Quality, Theme::Quality, Theme::Delivery, Theme::Price][desk.dice().below(4)],
    };
    let about = opinion(SurveyKind::Csat, None, 0.0, theme);
    let review = Opinion { stars, product: order.product, mood: Mood::of(stars, 5, 4, 1), ..about };
    let wait = desk.dice().wait(2 * DAY) + 2 * HOUR;
    desk.later(wait, Step::Voice(review.of_order(order.serial).after_days(3), Next::Review));
}

fn review(desk: &mut Desk<'_>, said: Opinion) {
    let said = Opinion { serial: desk.serial(), ..said };
    let slots = text::Slots { product: PRODUCTS[said.product].name, ..desk.slots(said.days, 0.08) };
    let written = desk.write(said.theme, said.mood, slots);
    let title = match said.mood {
        Mood::Delighted => ["Wonderful", "Love it", "Five stars"][desk.dice().below(3)],
        Mood::Content => ["Good", "As expected", "Solid"][desk.dice().below(3)],
        Mood::Annoyed => ["Could be better", "Disappointed", "Meh"][desk.dice().below(3)],
        Mood::Furious => ["Never again", "Terrible", "Stay away"][desk.dice().below(3)],
    };
    let event = ReviewPosted {
        review: desk.name("r", said.serial),
        score: score(said.stars),
        scale: Scale { min: score(1), max: score(5) },
        title: text::short(title),
        text: text::text(&written),
        order: said.order.map(|serial| desk.name("o", serial)),
        sku: Some(id(PRODUCTS[said.product].sku)),
        site: Some(label(desk.dice().pick(&["shop", "shop", "Kaufstern", "Opinia"]))),
        asked_at: Some(stamp(desk.at - DAY)),
    };
    desk.emit("/demo/shop", Event::ReviewPosted(event));
    maybe_label(desk, "r", said.serial, said.theme, said.mood);
    if said.stars <= 2 && desk.chance(0.6) {
        let wait = desk.dice().between(30 * MINUTE, 9 * HOUR);
        desk.in_office_hours(wait, Step::Voice(said, Next::Excuse));
    }
}

fn excuse(desk: &mut Desk<'_>, said: Opinion) {
    let written = desk.dice().pick(staff::APOLOGIES);
    let event = ReplySent {
        feedback: desk.name("r", said.serial),
        channel: Some(label("review site")),
        text: text::text(written),
        template: desk.chance(0.5).then(|| label(staff::TEMPLATES[said.theme as usize])),
        by: Some(label(AGENTS[desk.customer.dice.below(AGENTS.len())])),
    };
    desk.emit("/demo/helpdesk", Event::ReplySent(event));
}

/// Somebody writes of the company in public.
pub(super) fn mention_in(desk: &mut Desk<'_>, mean_ms: i64, theme: Theme, mood: Mood) {
    let wait = desk.dice().wait(mean_ms);
    let said = Opinion { mood, ..opinion(SurveyKind::Csat, None, 0.0, theme) };
    desk.later(wait, Step::Voice(said, Next::Mention));
}

fn mention(desk: &mut Desk<'_>, said: Opinion) {
    let serial = desk.serial();
    let slots = desk.slots(4, 0.4);
    let written = desk.write(said.theme, said.mood, slots);
    let event = MentionDetected {
        mention: desk.name("mention", serial),
        site: label(desk.dice().pick(&["forum", "social", "social", "blog"])),
        text: free_text(&written),
        competitor: slots.rival.map(label),
    };
    desk.emit("/demo/web", Event::MentionDetected(event));
    maybe_label(desk, "mention", serial, said.theme, said.mood);
}

fn plan_chatter(desk: &mut Desk<'_>) {
    let wait = desk.dice().wait(240 * DAY);
    let pulse = desk.customer.kind.pulse();
    let at = desk.world.calendar.arrival(&mut desk.customer.dice, pulse, desk.at + wait, 4.0);
    let said = opinion(SurveyKind::Csat, None, 0.0, Theme::ALL[desk.customer.dice.below(Theme::ALL.len())]);
    desk.on(at, Step::Voice(said, Next::Chatter));
}

/// In public or in the app, as one feels.
fn chatter(desk: &mut Desk<'_>, said: Opinion) {
    if !desk.customer.active {
        return;
    }
    let mood = match desk.customer.dice.normal(desk.customer.goodwill, 0.6) {
        warm if warm > 0.6 => Mood::Delighted,
        mild if mild > 0.0 => Mood::Content,
        cool if cool > -0.6 => Mood::Annoyed,
        _ => Mood::Furious,
    };
    if desk.chance(0.5) {
        mention(desk, Opinion { mood, ..said });
    } else {
        let serial = desk.serial();
        let slots = desk.slots(4, 0.05);
        let written = desk.write(said.theme, mood, slots);
        let event = FeedbackReceived {
            feedback: desk.name("f", serial),
            channel: label(desk.dice().pick(&["in-app", "web", "email"])),
            text: free_text(&written),
            touchpoint: None,
            product: Some(label(desk.customer.machine_name())),
        };
        desk.emit("/demo/web", Event::FeedbackReceived(event));
        maybe_label(desk, "f", serial, said.theme, mood);
    }
    plan_chatter(desk);
}

/// Somebody reads one in twelve texts and says what it is about and how it is meant: the examples others can learn from.
pub(super) fn maybe_label(desk: &mut Desk<'_>, what: &'static str, serial: u32, theme: Theme, mood: Mood) {
    if desk.chance(0.08) {
        let said = Opinion { serial, mood, ..opinion(SurveyKind::Csat, None, 0.0, theme) };
        let wait = desk.dice().wait(8 * HOUR);
        desk.in_office_hours(wait, Step::Voice(said, Next::Label(what)));
    }
}

fn label_it(desk: &mut Desk<'_>, said: Opinion, what: &'static str) {
    let by: Label = label(AGENTS[desk.customer.dice.below(AGENTS.len())]);
    let event = FeedbackLabelled {
        feedback: desk.name(what, said.serial),
        themes: vec![label(said.theme.as_str())],
        sentiment: Some(score(said.mood.sentiment())),
        text: None,
        by,
    };
    desk.emit("/demo/helpdesk", Event::FeedbackLabelled(event));
}
