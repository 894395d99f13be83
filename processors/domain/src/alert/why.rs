//! Why an alert was raised, in numbers, and as a sentence without anything personal.

use nexusflow_model::{Label, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// A target of a ticket's service level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// From opening to the first public answer of an agent.
    FirstReply,
    /// From the oldest unanswered message of the customer to the next public answer.
    NextReply,
    /// From one public answer to the next, while the ticket is open.
    Update,
    /// All the time for which the customer has to wait.
    RequesterWait,
    /// From opening to resolution.
    Resolution,
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 5] = [Self::FirstReply, Self::NextReply, Self::Update, Self::RequesterWait, Self::Resolution];

    /// Its name, such as `first_reply`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstReply => "first_reply",
            Self::NextReply => "next_reply",
            Self::Update => "update",
            Self::RequesterWait => "requester_wait",
            Self::Resolution => "resolution",
        }
    }

    /// Its name for people.
    pub const fn words(self) -> &'static str {
        match self {
            Self::FirstReply => "First reply",
            Self::NextReply => "Next reply",
            Self::Update => "Update",
            Self::RequesterWait => "Requester wait",
            Self::Resolution => "Resolution",
        }
    }
}

/// Why an alert was raised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Why {
    /// Satisfaction, on 1 to 5, in thousandths.
    Csat(i64),
    /// The answer to the NPS question, 0 to 10.
    Nps(i64),
    /// Effort, on 1 to 7, in thousandths.
    Ces(i64),
    /// What they wrote: sentiment in thousandths.
    Words(i64),
    /// So many per cent of a target are used.
    Clock(Target, u8),
    /// Health in thousandths is below the threshold, in points.
    HealthBelow(i64, i64),
    /// Health fell from one score to another, in thousandths, within so many days.
    HealthFell(i64, i64, i64),
    /// A delivery is overdue since then.
    Overdue(Timestamp),
    /// A delivery came late, by so many minutes.
    CameLate(i64),
    /// Promised for the one, now for the other.
    Slipped(Timestamp, Timestamp),
    /// A payment of so much failed.
    PaymentFailed(Money),
    /// An invoice of so much is overdue for so many days.
    InvoiceOverdue(Money, i64),
    /// A deal was expected to close then, and is open.
    DealSlipped(Timestamp),
    /// The expected close of a deal was put off so many times.
    DealPushed(u32),
    /// Nothing happened to a deal for so many days; usual is so many.
    DealIdle(i64, i64),
    /// Of what customers write, so much is negative; usual is so much: both in basis points.
    MoreNegative(i64, i64),
    /// A source said nothing for so many minutes.
    Silent(i64),
    /// So many events more could not be understood, within so many minutes.
    NotUnderstood(i64, i64),
    /// Somebody said so.
    Said(Label),
    /// They name a competitor, and have so many open deals.
    Names(Label, u32),
}

/// Thousandths as a decimal number, without needless zeros.
fn decimal(milli: i64) -> String {
    let (sign, milli) = (if milli < 0 { "-" } else { "" }, milli.unsigned_abs());
    let fraction = format!("{:03}", milli % 1_000);
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", milli / 1_000)
}

/// The day and minute of an instant, in UTC.
fn minute(at: Timestamp) -> String {
    at.to_string().get(..16).unwrap_or_default().replace('T', " ")
}

fn points(milli: i64) -> i64 {
    milli.div_euclid(1_000)
}

impl Why {
    /// The sentence.
    pub fn sentence(&self) -> String {
        match self {
            Self::Csat(milli) => format!("CSAT {} of 5", decimal(*milli)),
            Self::Nps(score) => format!("NPS {score} of 10"),
            Self::Ces(milli) => format!("CES {} of 7", decimal(*milli)),
            Self::Words(milli) => format!("Wrote angrily (sentiment {})", decimal(*milli)),
            Self::Clock(target, percent) if *percent >= 100 => format!("{} breached", target.words()),
            Self::Clock(target, percent) => format!("{} {percent} % used", target.words()),
            Self::HealthBelow(score, threshold) => format!("Health {}, below {threshold}", points(*score)),
            Self::HealthFell(from, to, days) => {
                format!("Health fell from {} to {} within {days} days", points(*from), points(*to))
            }
            Self::Overdue(due) => format!("Delivery overdue since {} UTC", minute(*due)),
            Self::CameLate(minutes) if *minutes < 2_880 => format!("Delivered {} h late", (minutes + 59) / 60),
            Self::CameLate(minutes) => format!("Delivered {} days late", minutes / 1_440),
            Self::Slipped(from, to) => {
                format!("Promised for {} UTC, now for {} UTC", minute(*from), minute(*to))
            }
            Self::PaymentFailed(amount) => format!("Payment of {amount} failed"),
            Self::InvoiceOverdue(amount, days) => format!("Invoice of {amount} overdue for {days} days"),
            Self::DealSlipped(due) => format!("Expected to close on {}, still open", &minute(*due)[..10]),
            Self::DealPushed(times) => format!("Expected close put off {times} times"),
            Self::DealIdle(days, usual) => format!("Nothing happened for {days} days, usual is {usual}"),
            Self::Names(who, 1) => format!("Named {who} with a deal open"),
            Self::Names(who, deals) => format!("Named {who} with {deals} deals open"),
            Self::MoreNegative(now, usual) => {
                format!("{} % of what customers write is negative, usual is {} %", now / 100, usual / 100)
            }
            Self::Silent(minutes) => format!("Silent for {minutes} min"),
            Self::NotUnderstood(more, minutes) => format!("{more} events not understood within {minutes} min"),
            Self::Said(what) => what.as_str().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_for_people() {
        assert_eq!(Why::Csat(1_000).sentence(), "CSAT 1 of 5");
        assert_eq!(Why::Words(-750).sentence(), "Wrote angrily (sentiment -0.75)");
        assert_eq!(Why::Clock(Target::FirstReply, 80).sentence(), "First reply 80 % used");
        assert_eq!(Why::Clock(Target::Resolution, 100).sentence(), "Resolution breached");
        assert_eq!(Why::HealthFell(71_900, 55_100, 7).sentence(), "Health fell from 71 to 55 within 7 days");
    }
}
