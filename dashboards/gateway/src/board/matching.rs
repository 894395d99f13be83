//! What silences match: `kind=delay,carrier=DHL`.

use nexusflow_domain::alert::card::AlertCard;
use nexusflow_engine::CardKey;
use nexusflow_model::Label;

/// Labels and the values they must have, or with `!=` must not have. All must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Matchers(Vec<(String, String, bool)>);

impl Matchers {
    /// None where it is not written so: then it matches nothing.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let one = |part: &str| {
            let (label, value) = part.split_once('=')?;
            let (label, is_equal) = label.strip_suffix('!').map_or((label, true), |label| (label, false));
            let (label, value) = (label.trim().to_owned(), value.trim().trim_matches('"').to_owned());
            (!label.is_empty() && !value.is_empty()).then_some((label, value, is_equal))
        };
        text.split(',').map(one).collect::<Option<_>>().map(Self)
    }

    pub(crate) fn hold(&self, key: &CardKey, card: &AlertCard) -> bool {
        self.0.iter().all(|(name, value, is_equal)| (label(key, card, name) == Some(value)) == *is_equal)
    }
}

/// The value of a label of an alert, by its name; none where it has none.
pub(crate) fn label<'a>((customer, alert): &'a CardKey, card: &'a AlertCard, name: &str) -> Option<&'a str> {
    let labels = &card.labels;
    let own = |label: &'a Option<Label>| label.as_ref().map(Label::as_str);
    match name {
        "kind" => Some(card.kind.as_str()),
        "severity" => Some(card.severity.as_str()),
        "alert" => Some(alert),
        "customer" | "subject" => Some(customer.as_str()),
        "group" => Some(&card.group),
        "owner" => own(&card.owner),
        "account" => own(&labels.account),
        "customer_kind" => own(&labels.customer_kind),
        "tier" => own(&labels.tier),
        "channel" => own(&labels.channel),
        "priority" => own(&labels.priority),
        "category" => own(&labels.category),
        "carrier" => own(&labels.carrier),
        "source" => own(&labels.source),
        _ => None,
    }
}
