//! The words in an event.

use nexusflow_model::event::support::AuthorKind;
use nexusflow_model::event::touchpoint::Direction;
use nexusflow_model::{Event, Personal, Text};
use std::borrow::Cow;

/// The text of an event, whoever wrote it.
pub fn of(event: &Event) -> Option<Cow<'_, str>> {
    let text: &Option<Personal<Text>> = match event {
        Event::ReviewPosted(it) => return titled(it.title.as_ref().map(|title| title.reveal().as_str()), &it.text),
        Event::TicketOpened(it) => return titled(it.topic.as_ref().map(|topic| topic.reveal().as_str()), &it.text),
        Event::ChatMessage(it) | Event::SmsMessage(it) => return Some(it.text.reveal().as_str().into()),
        Event::MentionDetected(it) => return Some(it.text.reveal().as_str().into()),
        Event::FeedbackReceived(it) => return Some(it.text.reveal().as_str().into()),
        Event::EmailSent(it) | Event::EmailReplied(it) => &it.text,
        Event::CallLogged(it) => &it.text,
        Event::MeetingHeld(it) => &it.text,
        Event::FormSubmitted(it) => &it.text,
        Event::VisitLogged(it) => &it.text,
        Event::TicketReplied(it) => &it.text,
        Event::TicketReopened(it) => &it.reason,
        Event::SurveyAnswered(it) => &it.text,
        Event::ReplySent(it) => &it.text,
        _ => return None,
    };
    text.as_ref().map(|text| Cow::Borrowed(text.reveal().as_str()))
}

/// The text of an event if the customer wrote it.
pub fn of_customer(event: &Event) -> Option<Cow<'_, str>> {
    let by_customer = match event {
        Event::TicketReplied(it) => it.author_kind == AuthorKind::Customer,
        Event::ChatMessage(it) | Event::SmsMessage(it) => it.direction == Direction::Inbound,
        Event::EmailSent(it) => it.direction == Some(Direction::Inbound),
        Event::EmailReplied(it) => it.direction != Some(Direction::Outbound),
        Event::ReviewPosted(_)
        | Event::TicketOpened(_)
        | Event::TicketReopened(_)
        | Event::MentionDetected(_)
        | Event::FeedbackReceived(_)
        | Event::FormSubmitted(_)
        | Event::SurveyAnswered(_) => true,
        // Notes of calls, meetings and visits are ours.
        _ => false,
    };
    of(event).filter(|text| by_customer && !text.trim().is_empty())
}

fn titled<'a>(title: Option<&'a str>, text: &'a Option<Personal<Text>>) -> Option<Cow<'a, str>> {
    match (title, text.as_ref().map(|text| text.reveal().as_str())) {
        (Some(title), Some(text)) => Some(format!("{title}. {text}").into()),
        (Some(only), None) | (None, Some(only)) => Some(only.into()),
        (None, None) => None,
    }
}
