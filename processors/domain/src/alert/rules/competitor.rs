//! A customer names somebody else while a deal is open: whoever sells to them should know today.

use super::over;
use crate::alert::life::{self, Trigger};
use crate::alert::{AlertKind, Labels, Why, key};
use crate::revenue::opportunities::Status;
use crate::voice::words;
use crate::{Fold, Profile};
use nexusflow_model::{Envelope, Event, Label};

pub(super) fn look(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    match &envelope.event {
        Event::OpportunityWon(_) | Event::OpportunityLost(_) if open_deals(profile) == 0 => decided(context, profile),
        _ => named(context, profile, envelope),
    }
}

fn open_deals(profile: &Profile) -> u32 {
    profile.opportunities.iter().filter(|(_, deal)| deal.status() == Status::Open).count() as u32
}

/// Who is named in what the customer wrote.
fn named(context: &mut Fold<'_>, profile: &mut Profile, envelope: &Envelope) {
    let names = context.config.voice.names();
    if names.is_empty() {
        return;
    }
    let Some(text) = words::of_customer(&envelope.event) else { return };
    let deals = open_deals(profile);
    if deals == 0 {
        return;
    }
    let competitors = &context.config.voice.competitors;
    let found: Vec<Label> =
        names.find(&text).into_iter().filter_map(|at| Some(competitors.get(usize::from(at))?.name.clone())).collect();
    let owner = profile.opportunities.iter().find(|(_, deal)| deal.status() == Status::Open);
    let owner = owner.and_then(|(_, deal)| deal.owner().cloned());
    for name in found {
        let Some(key) = key(AlertKind::Competitor, context.subject().as_str(), name.as_str()) else { continue };
        let why = Why::Names(name, deals);
        let trigger = Trigger {
            labels: Labels::default(),
            owner: owner.clone(),
            occurred_at: Some(envelope.occurred_at),
            ..Trigger::new(AlertKind::Competitor, key, why)
        };
        life::raise(context, profile, trigger);
    }
}

/// No deal is open any more: whom they name is no news.
fn decided(context: &mut Fold<'_>, profile: &mut Profile) {
    let entity = context.subject().clone();
    let names: Vec<Label> = context.config.voice.competitors.iter().map(|own| own.name.clone()).collect();
    for name in names {
        over(context, profile, AlertKind::Competitor, entity.as_str(), name.as_str(), "the deals are decided");
    }
}
