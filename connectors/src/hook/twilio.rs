//! Twilio: text messages and calls.

use super::message::Node;
use super::plain::settings;
use super::saying::Saying;
use super::signature::{Encoding, Hash, is_of};
use super::{Greeting, Request, Unverified, Verify};
use crate::arrival::{Arrival, Decoder, Incoming};
use crate::source::{Connector, Customers, Known, Named, Opened, Sample, Secrets, Way};
use nexusflow_model::{Id, Kind, Reject};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use url::form_urlencoded;

const SIGNATURE: &str = "x-twilio-signature";
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "twilio",
    about: "Twilio: text messages and calls",
    open,
    page: include_str!("../../../docs/connect/twilio.md"),
    example: "secret_file = \"secret\"",
    samples: &[
        Sample {
            what: "a text message of a customer",
            headers: &[FORM],
            body: "ToCountry=ES&SmsMessageSid=SM5f1&NumMedia=0&SmsSid=SM5f1&SmsStatus=received&Body=Where+is+my+parcel%3F&To=%2B34900111222&MessageSid=SM5f1&AccountSid=AC7d2&From=%2B34911234567&ApiVersion=2010-04-01",
            becomes: &["sms.message"],
        },
        Sample {
            what: "a message by WhatsApp",
            headers: &[FORM],
            body: "SmsMessageSid=SM5f2&Body=Hola&To=whatsapp%3A%2B34900111222&MessageSid=SM5f2&AccountSid=AC7d2&From=whatsapp%3A%2B34911234567&ProfileName=Nora",
            becomes: &["chat.message"],
        },
        Sample {
            what: "a call that was answered",
            headers: &[FORM],
            body: "CallSid=CA9e1&AccountSid=AC7d2&From=%2B34911234567&To=%2B34900111222&CallStatus=completed&Direction=inbound&CallDuration=95&Timestamp=Mon%2C+05+Jan+2026+10%3A00%3A00+%2B0000&SequenceNumber=0",
            becomes: &["call.logged"],
        },
        Sample {
            what: "a call of ours that nobody answered",
            headers: &[FORM],
            body: "CallSid=CA9e2&AccountSid=AC7d2&From=%2B34900111222&To=%2B34911234567&CallStatus=no-answer&Direction=outbound-api&CallDuration=0&Timestamp=Mon%2C+05+Jan+2026+11%3A00%3A00+%2B0000",
            becomes: &["call.logged"],
        },
        Sample {
            what: "a call rings, which says nothing yet",
            headers: &[FORM],
            body: "CallSid=CA9e1&AccountSid=AC7d2&From=%2B34911234567&To=%2B34900111222&CallStatus=ringing&Direction=inbound",
            becomes: &[],
        },
        Sample {
            what: "a message of ours was delivered, which has no word",
            headers: &[FORM],
            body: "SmsSid=SM5f3&SmsStatus=delivered&MessageStatus=delivered&To=%2B34911234567&MessageSid=SM5f3&AccountSid=AC7d2&From=%2B34900111222",
            becomes: &[],
        },
    ],
};

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let (secrets, customers) = settings(named, table)?;
    let decoder = Arc::new(Twilio { named: named.clone(), customers });
    Ok(Opened { decoder, way: Way::Hook(Box::new(Signed { secrets })) })
}

/// Over the address that was called and the fields of the form, sorted.
#[derive(Debug)]
struct Signed {
    secrets: Secrets,
}

impl Verify for Signed {
    fn verify(&self, request: &Request<'_>) -> Result<(), Unverified> {
        if request.public_url.is_empty() {
            return Err(Unverified::Address);
        }
        let signature = request.header(SIGNATURE).ok_or_else(|| Unverified::Missing(SIGNATURE.into()))?;
        let signature = Encoding::Base64.decode(signature).ok_or_else(|| Unverified::Unreadable(SIGNATURE.into()))?;
        let mut fields: Vec<_> = form_urlencoded::parse(request.body).collect();
        fields.sort();
        // Twilio counts a value that is there twice once.
        fields.dedup();
        let url = request.public_url.trim_end_matches('/');
        let mut parts: Vec<&[u8]> = vec![url.as_bytes(), request.path.as_bytes()];
        parts.extend(fields.iter().flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]));
        let is_right = is_of(Hash::Sha1, &self.secrets.0, &parts, &signature);
        if is_right { Ok(()) } else { Err(Unverified::Wrong) }
    }

    /// Twilio does what the answer says: nothing.
    fn thank(&self) -> Option<Greeting> {
        Some(Greeting { status: 200, content_type: "text/xml", body: "<Response/>".into() })
    }
}

#[derive(Debug)]
struct Twilio {
    named: Named,
    customers: Customers,
}

impl Decoder for Twilio {
    fn decode(&self, arrival: &Arrival) -> Vec<Incoming> {
        let fields: Map<String, Value> = form_urlencoded::parse(&arrival.body)
            .map(|(name, value)| (name.into_owned(), Value::String(value.into_owned())))
            .collect();
        let message = Value::Object(fields);
        let mut say = Saying::new(&self.named, self.customers, arrival, arrival.body.clone());
        let read = read(&Node::whole(&message), &mut say);
        say.end(read)
    }
}

fn read(message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    if message.at("CallSid").is_there() {
        return call(message, say);
    }
    if message.at("MessageSid").is_there() {
        return text(message, say);
    }
    Err(message.reject("must be a form with a MessageSid or a CallSid"))
}

/// Whom it is about is the other end of the line, and the number says who that is.
fn other_end(message: &Node<'_>, is_inbound: bool, say: &Saying<'_>) -> Result<(Id, Option<String>), Reject> {
    let number = message.at(if is_inbound { "From" } else { "To" });
    let number_text = number.needed(number.text()?)?;
    // By another way than the telephone the number stands behind its name: `whatsapp:+34...`.
    let (way, phone) = number_text.split_once(':').map_or((None, number_text.as_str()), |(way, at)| (Some(way), at));
    let known = Known { phone: Some(phone), device: way.is_some().then_some(phone), ..Known::default() };
    let subject = say
        .subject(&known)
        .map_err(|_| number.reject("must be a telephone number with its country, such as +34911234567"))?;
    Ok((subject, way.map(str::to_owned)))
}

fn text(message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let body = message.at("Body");
    // The status of a message that we sent comes without its text.
    let is_inbound = message.first(&["SmsStatus", "MessageStatus"]).word()?.is_none_or(|status| status == "received");
    if !is_inbound || !(body.is_there() || message.at("NumMedia").integer()?.is_some_and(|count| count > 0)) {
        return Ok(());
    }
    let id = message.at("MessageSid").needed_id()?;
    let (subject, way) = other_end(message, true, say)?;
    let data = json!({
        "message": id,
        "direction": "inbound",
        "channel": way.clone().or(message.at("To").label()?),
        "text": body.long()?.unwrap_or_else(|| "(a picture)".into()),
    });
    let kind = if way.is_some() { Kind::ChatMessage } else { Kind::SmsMessage };
    say.event(kind, id.as_str(), &subject, say.came_at(), &data);
    Ok(())
}

fn call(message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
    let status = message.at("CallStatus").word()?;
    let answered = match status.as_deref() {
        Some("completed") => true,
        Some("busy" | "no-answer" | "failed" | "canceled") => false,
        // It rings or goes on: there will be another message.
        _ => return Ok(()),
    };
    let id = message.at("CallSid").needed_id()?;
    let is_inbound = message.at("Direction").word()?.is_none_or(|direction| direction == "inbound");
    let (subject, _) = other_end(message, is_inbound, say)?;
    let at = message.at("Timestamp").mail_time()?.unwrap_or_else(|| say.came_at());
    let data = json!({
        "call": id,
        "direction": if is_inbound { "inbound" } else { "outbound" },
        "seconds": message.at("CallDuration").integer()?,
        "answered": answered,
    });
    say.event(Kind::CallLogged, id.as_str(), &subject, at, &data);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrival::Headers;
    use bytes::Bytes;
    use nexusflow_model::Timestamp;

    /// The example of Twilio's documentation and of its own libraries.
    #[test]
    fn the_published_vector_is_verified() {
        let signed = Signed { secrets: Secrets(vec!["12345".into()]) };
        let verify = |body: &'static str, path| {
            let headers: Headers = [(SIGNATURE.into(), "RSOYDt4T1cUTdK1PDd93/VVr8B8=".into())].into();
            signed.verify(&Request {
                method: "POST",
                path,
                public_url: "https://mycompany.com",
                headers: &headers,
                body: &Bytes::from_static(body.as_bytes()),
                at: Timestamp::EPOCH,
            })
        };
        let body = "Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE";
        assert_eq!(verify(body, "/myapp.php?foo=1&bar=2"), Ok(()));
        assert_eq!(verify(body, "/myapp.php?foo=1&bar=3"), Err(Unverified::Wrong));
        assert_eq!(verify(&body[1..], "/myapp.php?foo=1&bar=2"), Err(Unverified::Wrong));
    }
}
