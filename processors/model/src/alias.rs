//! What a customer is known by where their id is not known: an e-mail address, a telephone number, a device, an order. Events that
//! know no more are about such a key, and find their customer when somebody says whose it is.
//!
//! Addresses and numbers are personal and stand in no subject: a key has a digest of them, the same for every way to write them.

use crate::Id;
use sha2::{Digest, Sha256};

/// What a key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Alias {
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// A device, cookie or other anonymous id.
    Device,
    /// An order.
    Order,
}

/// What parts the name of a key from its rest; a customer's own id that looks so is taken for a key.
const MARK: char = '~';
/// Bytes of a digest that are kept: two of a billion people share a key with a chance of one in 10^20.
const DIGEST_BYTES: usize = 16;

impl Alias {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Email, Self::Phone, Self::Device, Self::Order];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Device => "device",
            Self::Order => "order",
        }
    }

    /// The key of `text`; none where it is no such thing. Case and spaces of an address do not matter, nor does how a number is
    /// grouped; a number needs its country (`+34` or `0034`), without which it is another's as well.
    pub fn key(self, text: &str) -> Option<Id> {
        let text = text.trim();
        let rest = match self {
            Self::Email => {
                let (name, host) = text.rsplit_once('@')?;
                let is_address = !name.is_empty() && host.len() > 1 && !text.contains(char::is_whitespace);
                is_address.then(|| digest("email", &text.to_lowercase()))?
            }
            Self::Phone => digest("phone", &digits(text)?),
            Self::Device | Self::Order => text.to_owned(),
        };
        Id::new(&format!("{}{MARK}{rest}", self.name())).ok()
    }

    /// What kind of key a subject is; none where it is a customer's own id.
    pub fn of(subject: &Id) -> Option<Self> {
        let (name, _) = subject.as_str().split_once(MARK)?;
        Self::ALL.into_iter().find(|alias| alias.name() == name)
    }
}

/// The digits of a telephone number in E.164; none where its country is not said.
fn digits(text: &str) -> Option<String> {
    let international = text.strip_prefix('+').or_else(|| text.strip_prefix("00"))?;
    let is_filler = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '(' | ')' | '/');
    let digits: String = international.chars().filter(|c| !is_filler(*c)).collect();
    let is_number = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some(digits)
}

fn digest(name: &str, text: &str) -> String {
    let digest = Sha256::digest(format!("nexusflow {name}\n{text}").as_bytes());
    digest.iter().take(DIGEST_BYTES).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_same_however_it_is_written_and_says_nothing_of_the_person() {
        let email = Alias::Email.key(" Ana.Example@Example.ORG ").unwrap();
        assert_eq!(Some(email.clone()), Alias::Email.key("ana.example@example.org"));
        assert!(email.as_str().starts_with("email~") && !email.as_str().contains("ana"));
        assert_eq!(Alias::Phone.key("+34 911-23 45 67"), Alias::Phone.key("0034911234567"));
        assert_ne!(Alias::Phone.key("+34911234567"), Alias::Phone.key("+34911234568"));
        assert_eq!(Alias::of(&email), Some(Alias::Email));
        assert_eq!(Alias::of(&Alias::Order.key("4711").unwrap()), Some(Alias::Order));
        assert_eq!(Alias::of(&Id::new("customer-1").unwrap()), None);
        assert_eq!(Alias::of(&Id::new("a~b").unwrap()), None);
    }

    #[test]
    fn what_is_no_address_and_no_number_has_no_key() {
        for bad in ["", "ana", "@example.org", "ana@", "ana example@a.b"] {
            assert_eq!(Alias::Email.key(bad), None, "{bad}");
        }
        for bad in ["", "911234567", "+34", "+34 call me", "+1234567890123456"] {
            assert_eq!(Alias::Phone.key(bad), None, "{bad}");
        }
    }
}
