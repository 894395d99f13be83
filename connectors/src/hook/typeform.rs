//! Typeform: forms that measure NPS, CSAT or CES, and any others.

use super::message::Node;
use super::plain::OfBody;
use super::saying::{Dialect, Json, Saying};
use super::signature::{Encoding, Hash};
use crate::source::{Connector, Customers, Known, Named, Opened, Sample, Way, read_secrets};
use nexusflow_model::event::voice::SurveyKind;
use nexusflow_model::{Kind, Reject};
use serde::Deserialize;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;

/// The connector.
pub const CONNECTOR: Connector = Connector {
    kind: "typeform",
    about: "Typeform: forms that measure NPS, CSAT or CES, and any others",
    open,
    page: include_str!("../../../docs/connect/typeform.md"),
    example: r#"secret_file = "secret"
touchpoint = "delivery"
measures = [
  { field = "recommend", what = "nps", text = "why" },
  { field = "satisfied", what = "csat", scale = [1, 10] },
]"#,
    samples: &[
        Sample {
            what: "a form that measures two things",
            headers: &[("content-type", "application/json")],
            body: include_str!("samples/typeform/two_measures.json"),
            becomes: &["survey.answered", "survey.answered", "customer.identified"],
        },
        Sample {
            what: "a measured question was left out",
            headers: &[("content-type", "application/json")],
            body: include_str!("samples/typeform/one_measure.json"),
            becomes: &["survey.answered"],
        },
        Sample {
            what: "a form that measures nothing",
            headers: &[("content-type", "application/json")],
            body: include_str!("samples/typeform/other_form.json"),
            becomes: &["form.submitted"],
        },
    ],
};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    secret_file: Option<PathBuf>,
    secret_env: Option<String>,
    #[serde(default)]
    customers: Customers,
    /// The hidden field that has the customer's id.
    #[serde(default = "customer")]
    customer: String,
    /// After which contact the form is sent.
    touchpoint: Option<String>,
    #[serde(default)]
    measures: Vec<Measure>,
}

fn customer() -> String {
    "customer".into()
}

/// A question that measures something.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Measure {
    /// The question: its `ref` or its id.
    field: String,
    what: SurveyKind,
    /// The ends of its scale; the usual ones of what it measures unless given.
    scale: Option<[i64; 2]>,
    /// The question whose answer says why.
    text: Option<String>,
}

fn open(named: &Named, table: toml::Table) -> Result<Opened, String> {
    let settings: Settings = table.try_into().map_err(|e: toml::de::Error| e.to_string())?;
    let secrets = read_secrets(&named.folder, settings.secret_file.as_deref(), settings.secret_env.as_deref())?;
    for (at, measure) in settings.measures.iter().enumerate() {
        let wrong = |reason: &str| Err(format!("measures[{}].scale {reason}", at + 1));
        match (measure.scale, measure.what) {
            (Some([min, max]), _) if min >= max => return wrong("must begin below where it ends"),
            (Some(scale), SurveyKind::Nps) if scale != [0, 10] => {
                return wrong("is 0 to 10 for NPS, by its definition");
            }
            _ => {}
        }
    }
    let verify = OfBody {
        secrets,
        header: "typeform-signature",
        prefix: "sha256=",
        hash: Hash::Sha256,
        encoding: Encoding::Base64,
        headers: &["content-type"],
        answers_head: false,
    };
    let customers = settings.customers;
    Ok(Opened { decoder: Arc::new(Json::new(named, customers, settings)), way: Way::Hook(Box::new(verify)) })
}

impl Dialect for Settings {
    fn read(&self, message: &Node<'_>, say: &mut Saying<'_>) -> Result<(), Reject> {
        let kind = message.at("event_type");
        if kind.needed(kind.text()?)? != "form_response" {
            return Ok(());
        }
        let response = message.at("form_response");
        let token = response.at("token").needed_id()?;
        let at = response.at("submitted_at");
        let at = at.needed(at.time()?)?;
        let answers = response.at("answers").list()?;
        let hidden = response.at("hidden");
        let customer = hidden.at(&self.customer);
        let email = first_of(&hidden.at("email"), &answers, "email")?;
        let phone = first_of(&hidden.at("phone"), &answers, "phone_number")?;
        let customer_id = customer.text()?;
        let device = response.at("landing_id").text()?.unwrap_or_else(|| token.to_string());
        let known = Known {
            id: customer_id.as_deref(),
            email: email.as_deref(),
            phone: phone.as_deref(),
            // An answer of somebody who says nothing of themselves counts nevertheless, as that of a device of its own.
            device: Some(&device),
            ..Known::default()
        };
        let subject = say.subject(&known)?;
        let title = response.at("definition.title").label()?;
        let mut has_measured = false;
        for measure in &self.measures {
            let Some(answer) = find(&answers, &measure.field)? else { continue };
            has_measured = true;
            let score = score(&answer)?;
            let text = measure.text.as_deref().map(|field| find(&answers, field)).transpose()?.flatten();
            let data = json!({
                "survey": format!("{token}:{}", measure.field),
                "measures": measure.what,
                "score": score,
                "scale": measure.scale.map(|[min, max]| json!({"min": min, "max": max})),
                "touchpoint": self.touchpoint,
                "channel": "web",
                "template": title,
                "text": text.map(|text| text.first(&["text", "choice.label"]).long()).transpose()?.flatten(),
                "order": hidden.at("order").id()?,
                "ticket": hidden.at("ticket").id()?,
            });
            say.event(Kind::SurveyAnswered, &format!("{token}:{}", measure.field), &subject, at, &data);
        }
        if !has_measured {
            let form = title.or(response.at("form_id").label()?);
            say.event(Kind::FormSubmitted, &format!("{token}:form"), &subject, at, &json!({"form": form}));
        }
        say.identify(&format!("{token}:customer"), &known, at, &json!({"email": email, "phone": phone}));
        Ok(())
    }
}

/// A hidden field, else the first answer of that type.
fn first_of(hidden: &Node<'_>, answers: &[Node<'_>], kind: &str) -> Result<Option<String>, Reject> {
    if hidden.is_there() {
        return hidden.label();
    }
    for answer in answers {
        if answer.at("type").text()?.as_deref() == Some(kind) {
            return answer.at(kind).label();
        }
    }
    Ok(None)
}

/// The answer to the question with that `ref` or id.
fn find<'a>(answers: &[Node<'a>], field: &str) -> Result<Option<Node<'a>>, Reject> {
    for answer in answers {
        for name in ["field.ref", "field.id"] {
            if answer.at(name).text()?.as_deref() == Some(field) {
                return Ok(Some(answer.clone()));
            }
        }
    }
    Ok(None)
}

/// A number, or a choice whose label begins with one: `5 - very satisfied`.
fn score(answer: &Node<'_>) -> Result<i64, Reject> {
    let number = answer.at("number");
    if number.is_there() {
        return number.needed(number.integer()?);
    }
    let choice = answer.at("choice.label");
    let label = choice.needed(choice.text()?)?;
    let digits = label.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
    digits.parse().map_err(|_| choice.reject("must begin with a number to be a score"))
}
