//! Who an event of another system is about.

use nexusflow_model::Id;
use nexusflow_model::alias::Alias;
use serde::{Deserialize, Serialize};

/// How the customers of a source are told apart from those of others: `customers` in its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Customers {
    /// Its ids are its own: `NAME.ID`. What it knows of them (e-mail, telephone) makes them one with those of other sources.
    #[default]
    Own,
    /// Its ids are the customers' ids, as for the CRM that everybody else follows.
    Shared,
    /// Its ids say nothing: who it is about is found by e-mail, else by telephone.
    Found,
}

/// What a message knows of whom it is about.
#[derive(Debug, Clone, Copy, Default)]
pub struct Known<'a> {
    /// The id in that system.
    pub id: Option<&'a str>,
    /// The e-mail address.
    pub email: Option<&'a str>,
    /// The telephone number.
    pub phone: Option<&'a str>,
    /// A device, a cookie, an anonymous id.
    pub device: Option<&'a str>,
    /// An order.
    pub order: Option<&'a str>,
}

impl Customers {
    /// The subject of an event of the source `name`; none where nothing that is known of it is of use.
    pub fn subject(self, name: &str, known: &Known<'_>) -> Option<Id> {
        let own = || match self {
            Self::Own => Id::new(&format!("{name}.{}", known.id?.trim())).ok(),
            Self::Shared => Id::new(known.id?.trim()).ok(),
            Self::Found => None,
        };
        let by = |alias: Alias, text: Option<&str>| text.and_then(|text| alias.key(text));
        own()
            .or_else(|| by(Alias::Email, known.email))
            .or_else(|| by(Alias::Phone, known.phone))
            .or_else(|| by(Alias::Device, known.device))
            .or_else(|| by(Alias::Order, known.order))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_counts_for_most_and_an_order_for_least() {
        let known = Known { id: Some("55"), email: Some("a@b.c"), order: Some("1"), ..Known::default() };
        let subject =
            |customers: Customers, known: &Known<'_>| customers.subject("shop", known).map(|id| id.to_string());
        assert_eq!(subject(Customers::Own, &known), Some("shop.55".into()));
        assert_eq!(subject(Customers::Shared, &known), Some("55".into()));
        assert_eq!(subject(Customers::Found, &known), Alias::Email.key("a@b.c").map(|id| id.to_string()));
        assert_eq!(subject(Customers::Own, &Known { id: None, email: None, ..known }), Some("order~1".into()));
        assert_eq!(subject(Customers::Own, &Known::default()), None);
    }
}
