//! What the company's own people and machines write.

use super::Theme;

/// Subject lines of tickets, by theme.
pub(in super::super) const TOPICS: [&[&str]; 7] = [
    &["Where is my order?", "Late delivery", "Delivery date changed again", "Parcel not arrived"],
    &["Damaged on arrival", "Broken parts", "Leaking box"],
    &["Charged twice", "Question about my invoice", "Refund missing", "Wrong amount"],
    &["Machine leaks", "Taste has changed", "Strange noise", "Stale beans"],
    &["App does not connect", "Error 14", "Descaling lamp", "Installation date"],
    &["Complaint about a call", "No call back", "Praise for your team"],
    &["Price increase", "Discount code", "Fee for changing plan"],
];

/// First answers of agents, by theme.
pub(in super::super) const REPLIES: [&[&str]; 7] = [
    &[
        "I am sorry for the wait. The carrier has confirmed a new date and I will keep an eye on it.",
        "Your parcel left the depot this morning. I have asked the driver to call you.",
    ],
    &[
        "I am sorry it arrived like that. A replacement leaves today, no need to send anything back.",
        "Could you send us a photo? In the meantime a new one is on its way.",
    ],
    &[
        "You are right, that was charged twice. The refund has been started and takes two days.",
        "I have corrected the invoice; the new one is in your account.",
    ],
    &[
        "That should not happen. Please run the rinse programme once; if it persists we exchange the machine.",
        "I have passed the batch number to our roastery and sent you fresh beans.",
    ],
    &[
        "Please hold the two left buttons for five seconds, then start the app again.",
        "Our technician will come by; you will get two dates to choose from.",
    ],
    &[
        "Thank you for telling us. I have spoken with my colleague and will follow this up myself.",
        "I apologise for how this went. From now on you can reach me directly.",
    ],
    &[
        "I have put your account on the former price for another year.",
        "The code works now; I have applied it to your order.",
    ],
];

/// The names of the templates that agents answer from, by theme.
pub(in super::super) const TEMPLATES: [&str; 7] =
    ["late-delivery", "damaged-goods", "billing", "machine-care", "first-setup", "apology", "pricing"];

/// What agents note for each other.
pub(in super::super) const NOTES: &[&str] = &[
    "Checked with the warehouse.",
    "Second contact this month.",
    "Carrier claim filed.",
    "Goodwill voucher approved.",
];

/// What customers answer when it helped.
pub(in super::super) const THANKS: &[&str] = &[
    "That worked, thank you!",
    "Great, thanks for the quick help.",
    "Perfect, problem solved.",
    "Thanks, it is fine now.",
];

/// What customers answer when it did not.
pub(in super::super) const INSISTS: &[&str] = &[
    "That didn't help, the problem is still there.",
    "I tried that already. It doesn't work.",
    "This is not an answer to my question.",
    "I am still waiting.",
];

/// Notes of calls and meetings with business customers.
pub(in super::super) const MEETINGS: &[&str] = &[
    "Walked through the offer; they want a service level of four hours.",
    "Tasting with the kitchen team went well, they preferred the Huila.",
    "Discussed price per cup; procurement asks for a volume discount.",
    "They compare us with another supplier, decision at the end of the month.",
    "Agreed on a pilot in two branches.",
    "Legal has questions about the rental terms.",
];

/// Answers to public reviews that are not good.
pub(in super::super) const APOLOGIES: &[&str] = &[
    "We are sorry about this and have written to you.",
    "That is not how we want it to be. Please get in touch, we will put it right.",
    "Thank you for being frank. A replacement is on its way.",
];

/// The category of a ticket as the help desk names it.
pub(in super::super) const fn category(theme: Theme) -> &'static str {
    theme.as_str()
}
