//! Reading the JSON of systems that have a vocabulary of their own. What is not as it must be is said with its path, never with
//! what stands there.

use jiff::fmt::rfc2822;
use nexusflow_model::limits::{LABEL_BYTES_MAX, TEXT_BYTES_MAX};
use nexusflow_model::{Currency, Id, Money, Reject, Timestamp};
use serde_json::Value;

static NOTHING: Value = Value::Null;

/// A place in a message: what stands there, which may be nothing, and the way to it.
#[derive(Debug, Clone)]
pub(super) struct Node<'a> {
    value: &'a Value,
    path: String,
}

impl<'a> Node<'a> {
    /// The message as a whole.
    pub(super) fn whole(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    /// What stands below, by names with points between them.
    pub(super) fn at(&self, path: &str) -> Self {
        let value = path.split('.').fold(self.value, |value, name| value.get(name).unwrap_or(&NOTHING));
        let path = if self.path.is_empty() { path.to_owned() } else { format!("{}.{path}", self.path) };
        Self { value, path }
    }

    /// The first of several places where something stands; the last of them where nothing does.
    pub(super) fn first(&self, paths: &[&str]) -> Self {
        let mut found = self.clone();
        for path in paths {
            found = self.at(path);
            if found.is_there() {
                break;
            }
        }
        found
    }

    /// Whether there is anything: null and an empty text are nothing.
    pub(super) fn is_there(&self) -> bool {
        !self.value.is_null() && self.value.as_str().is_none_or(|text| !text.trim().is_empty())
    }

    /// A rejection of what stands here.
    pub(super) fn reject(&self, reason: impl Into<String>) -> Reject {
        Reject::new(if self.path.is_empty() { "." } else { &self.path }, reason)
    }

    /// What must be there.
    pub(super) fn needed<T>(&self, found: Option<T>) -> Result<T, Reject> {
        found.ok_or_else(|| self.reject("is missing"))
    }

    /// A text, or a number as text; without the space around it.
    pub(super) fn text(&self) -> Result<Option<String>, Reject> {
        match self.value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)),
            Value::Number(number) => Ok(Some(number.to_string())),
            _ => Err(self.reject("must be a text")),
        }
    }

    /// An id.
    pub(super) fn id(&self) -> Result<Option<Id>, Reject> {
        let text = self.text()?;
        text.map(|text| Id::new(&text)).transpose().map_err(|error| self.reject(error.to_string()))
    }

    /// An id that must be there.
    pub(super) fn needed_id(&self) -> Result<Id, Reject> {
        self.id().and_then(|id| self.needed(id))
    }

    /// A text on one line, cut where it is too long for a label.
    pub(super) fn label(&self) -> Result<Option<String>, Reject> {
        Ok(self.text()?.and_then(|text| one_line(&text)))
    }

    /// The same in small letters, for words of a system that shouts them in one place and not in another.
    pub(super) fn word(&self) -> Result<Option<String>, Reject> {
        Ok(self.label()?.map(|label| label.to_lowercase()))
    }

    /// What somebody wrote, cut where it is too long.
    pub(super) fn long(&self) -> Result<Option<String>, Reject> {
        Ok(self.text()?.map(|text| cut(&text, TEXT_BYTES_MAX).to_owned()))
    }

    /// What somebody wrote, from HTML.
    pub(super) fn long_of_html(&self) -> Result<Option<String>, Reject> {
        let text = self.text()?.map(|html| without_tags(&html));
        Ok(text.filter(|text| !text.is_empty()).map(|text| cut(&text, TEXT_BYTES_MAX).to_owned()))
    }

    /// A whole number, or one as text.
    pub(super) fn integer(&self) -> Result<Option<i64>, Reject> {
        let number = match self.value {
            Value::Null => return Ok(None),
            Value::Number(number) => number.as_i64(),
            Value::String(text) if text.trim().is_empty() => return Ok(None),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        number.map(Some).ok_or_else(|| self.reject("must be a whole number"))
    }

    /// True or false; false where it is not there.
    pub(super) fn flag(&self) -> Result<bool, Reject> {
        match self.value {
            Value::Null => Ok(false),
            Value::Bool(is) => Ok(*is),
            _ => Err(self.reject("must be true or false")),
        }
    }

    /// A time in RFC 3339.
    pub(super) fn time(&self) -> Result<Option<Timestamp>, Reject> {
        let text = self.text()?;
        text.map(|text| text.parse::<Timestamp>()).transpose().map_err(|error| self.reject(error.to_string()))
    }

    /// A time as e-mail writes it, RFC 2822.
    pub(super) fn mail_time(&self) -> Result<Option<Timestamp>, Reject> {
        let Some(text) = self.text()? else { return Ok(None) };
        let at =
            rfc2822::parse(&text).map_err(|_| self.reject("must be a time such as Mon, 05 Jan 2026 10:00:00 +0000"))?;
        Timestamp::from_ms(at.timestamp().as_millisecond()).map(Some).map_err(|error| self.reject(error.to_string()))
    }

    /// A time in seconds since 1970.
    pub(super) fn unix(&self) -> Result<Option<Timestamp>, Reject> {
        self.since_1970(1_000)
    }

    /// A time in milliseconds since 1970.
    pub(super) fn unix_ms(&self) -> Result<Option<Timestamp>, Reject> {
        self.since_1970(1)
    }

    fn since_1970(&self, unit_ms: i64) -> Result<Option<Timestamp>, Reject> {
        let Some(number) = self.integer()? else { return Ok(None) };
        let ms = number.checked_mul(unit_ms).ok_or_else(|| self.reject("is no time"))?;
        Timestamp::from_ms(ms).map(Some).map_err(|error| self.reject(error.to_string()))
    }

    /// What stands in a list; nothing where there is none.
    pub(super) fn list(&self) -> Result<Vec<Self>, Reject> {
        match self.value {
            Value::Null => Ok(Vec::new()),
            Value::Array(values) => {
                let each = values.iter().enumerate();
                Ok(each.map(|(at, value)| Self { value, path: format!("{}[{at}]", self.path) }).collect())
            }
            _ => Err(self.reject("must be a list")),
        }
    }

    /// A currency, in either case.
    pub(super) fn currency(&self) -> Result<Option<Currency>, Reject> {
        let text = self.text()?;
        let currency = text.map(|text| Currency::new(&text.to_uppercase())).transpose();
        currency.map_err(|error| self.reject(error.to_string()))
    }

    /// A currency that must be there.
    pub(super) fn needed_currency(&self) -> Result<Currency, Reject> {
        self.currency().and_then(|currency| self.needed(currency))
    }

    /// Money as a decimal number, exactly.
    pub(super) fn decimal(&self, currency: Currency) -> Result<Option<Money>, Reject> {
        let text = self.text()?;
        let money = text.map(|text| Money::from_decimal(&text, currency)).transpose();
        money.map_err(|error| self.reject(error.to_string()))
    }

    /// Money in minor units.
    pub(super) fn minor(&self, currency: Currency) -> Result<Option<Money>, Reject> {
        let minor = self.integer()?;
        let money = minor.map(|minor| Money::from_minor(minor, currency)).transpose();
        money.map_err(|error| self.reject(error.to_string()))
    }

    /// Money of which only the sum is known to be right: what does not fit is refused here.
    pub(super) fn sum(&self, minor: Option<i64>, currency: Currency) -> Result<Money, Reject> {
        let minor = minor.ok_or_else(|| self.reject("is too large an amount"))?;
        Money::from_minor(minor, currency).map_err(|error| self.reject(error.to_string()))
    }
}

/// A text as one line that fits a label; none where nothing is left of it.
pub(super) fn one_line(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let line = words.collect::<Vec<_>>().join(" ");
    let line = cut(&line, LABEL_BYTES_MAX).trim_end();
    (!line.is_empty()).then(|| line.to_owned())
}

fn cut(text: &str, bytes_max: usize) -> &str {
    &text[..text.floor_char_boundary(bytes_max)]
}

/// What HTML says: its tags away, a line for each paragraph and break, the entities that every writer of HTML uses as characters.
fn without_tags(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (tag, after) = tag.split_once('>').unwrap_or((tag, ""));
        let ends_line =
            ["br", "/p", "/div", "/li"].iter().any(|end| tag.trim_start().to_ascii_lowercase().starts_with(end));
        if ends_line {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    // The ampersand last: `&amp;lt;` is the text `&lt;`.
    let entities = [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    let text = entities.iter().fold(text, |text, (entity, character)| text.replace(entity, character));
    text.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_wrong_is_said_with_its_path_and_without_its_value() {
        let message = json!({"a": {"b": [{"price": "ten"}]}, "when": "yesterday", "is": "yes"});
        let whole = Node::whole(&message);
        let price = whole.at("a.b").list().unwrap()[0].at("price");
        let refused = price.decimal(Currency::new("EUR").unwrap()).unwrap_err();
        assert_eq!(refused.field, "a.b[0].price");
        assert!(!refused.reason.contains("ten,"), "{refused}");
        assert_eq!(whole.at("when").time().unwrap_err().field, "when");
        assert_eq!(whole.at("is").flag().unwrap_err().to_string(), "is: must be true or false");
        assert_eq!(whole.at("a.c.d").needed_id().unwrap_err().to_string(), "a.c.d: is missing");
        assert_eq!(whole.at("a.b").text().unwrap_err().field, "a.b");
    }

    #[test]
    fn money_is_exact_whether_it_is_written_as_text_or_as_a_number() {
        let message = json!({"text": "19.99", "number": 19.99, "yen": "1999", "half": "19.5"});
        let minor = |path: &str, code: &str| {
            let money = Node::whole(&message).at(path).decimal(Currency::new(code).unwrap());
            money.map(|money| money.map(|money| money.minor))
        };
        assert_eq!(minor("text", "EUR"), Ok(Some(1_999)));
        assert_eq!(minor("number", "EUR"), Ok(Some(1_999)));
        assert_eq!(minor("yen", "JPY"), Ok(Some(1_999)));
        assert_eq!(minor("half", "KWD"), Ok(Some(19_500)));
        assert!(minor("half", "JPY").is_err());
        assert_eq!(minor("none", "EUR"), Ok(None));
    }

    #[test]
    fn html_is_read_as_people_see_it() {
        assert_eq!(without_tags("<p>Hello,</p><p>a &amp; b &lt;3<br/>bye</p>"), "Hello,\na & b <3\nbye");
        assert_eq!(without_tags("&amp;lt;"), "&lt;");
        assert_eq!(without_tags("no tags, 1 < 2"), "no tags, 1");
        assert_eq!(one_line(" a\n b\t"), Some("a b".into()));
        assert_eq!(one_line(" \n"), None);
    }
}
