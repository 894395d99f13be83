//! English.

use super::Phrases;

pub(super) const PHRASES: Phrases = Phrases {
    sentences: [DELIVERY, DAMAGED, BILLING, QUALITY, SETUP, STAFF, PRICE],
    openers: [
        &["Just wanted to say:", "Wow.", "I don't write reviews often, but this deserves one.", "Thank you, Altamora!"],
        &["Hi there,", "Hello,", "A quick note:", "All fine here."],
        &["Hello,", "Hi, I have a problem.", "To be honest I expected more.", "Not what I was hoping for."],
        &["This is unacceptable.", "I am really angry.", "What a mess.", "Seriously?"],
    ],
    closers: [
        &["Would recommend to anyone.", "You have a customer for life.", "Five stars from me.", "Keep it up!"],
        &["Thanks.", "Will order again.", "No complaints.", "Best regards"],
        &["Please look into it.", "Could somebody get back to me?", "I'd like an answer this week.", "Not great."],
        &["I want my money back.", "Cancel everything.", "Never again.", "I will tell everybody I know about this."],
    ],
    rivals: [
        &[
            "We came from {rival} and are not going back.",
            "Far better than what {rival} sends.",
            "{rival} never did this for us.",
        ],
        &[
            "{rival} manages this without any fuss.",
            "We are already talking to {rival}.",
            "I never had this at {rival}.",
        ],
    ],
};

const DELIVERY: [&[&str]; 4] = [
    &[
        "The parcel was here a day earlier than promised.",
        "Ordered in the evening, delivered the next morning. Amazing.",
        "The driver called ahead and carried it up three floors, fantastic.",
        "Never had a delivery this fast.",
    ],
    &[
        "The delivery came on the day you said.",
        "It arrived on time and in one piece.",
        "Tracking worked and the parcel was there when promised.",
        "Delivery was fine, no delays at all.",
    ],
    &[
        "My order is {days} days late and the tracking page says nothing new.",
        "The delivery date was moved twice without asking me.",
        "The {product} should have been here {days} days ago.",
        "Still waiting for my parcel, it isn't exactly fast.",
        "I stayed at home all day and nobody came.",
    ],
    &[
        "{days} days late and not a single word from you!",
        "Your carrier claims to have been here. Nobody was here. That is a lie.",
        "Third late delivery in a row, our guests had no coffee at breakfast.",
        "The parcel has been stuck in a depot for {days} days and nobody cares.",
    ],
];

const DAMAGED: [&[&str]; 4] = [
    &[
        "The box had a dent and a new {product} was on its way the same hour, brilliant.",
        "Packed so well that a fall down the stairs did it no harm.",
        "One cup was broken and you sent six new ones. Lovely.",
    ],
    &[
        "The carton was a little torn but everything inside was fine.",
        "Packaging is sturdy and not too much of it.",
        "A small scratch on the side, nothing that bothers me.",
    ],
    &[
        "The {product} arrived with a crack in the water tank.",
        "Two of the bags were open and there are beans everywhere.",
        "The lid came broken, it doesn't close any more.",
        "The box was crushed and the milk frother is bent.",
    ],
    &[
        "The second {product} in a row arrives broken. Do you throw them?",
        "Water ran out of the bottom over our reception desk, the machine came cracked!",
        "Everything in the box is smashed. Who packs this?",
    ],
];

const BILLING: [&[&str]; 4] = [
    &[
        "The refund was in my account within an hour, I am impressed.",
        "Finally a company whose invoices I understand at first glance.",
        "You noticed the double charge before I did and paid it back at once. Great!",
    ],
    &[
        "The invoice is correct, thank you.",
        "Changing the payment method was easy enough.",
        "The credit note arrived as agreed.",
    ],
    &[
        "I was charged twice for the same order.",
        "The invoice has the wrong VAT number, for the second time.",
        "My subscription was paused and still I was billed.",
        "The amount on the invoice isn't the one I agreed to.",
        "I can't find where to download my invoices.",
    ],
    &[
        "You took the money three times and support keeps sending me the same form!",
        "I have been waiting for my refund for {days} days. This is theft.",
        "A reminder for an invoice we paid weeks ago? Get your books in order.",
    ],
];

const QUALITY: [&[&str]; 4] = [
    &[
        "The best espresso I ever had at home.",
        "The {product} is a joy every single morning.",
        "Wonderful crema, and the smell fills the whole office.",
        "Our guests ask which coffee this is. Every day.",
    ],
    &[
        "Good coffee, does what it should.",
        "The {product} works well so far.",
        "Taste is good, not too bitter.",
        "Nothing wrong with it, solid quality.",
    ],
    &[
        "The last batch tastes burnt.",
        "The {product} has been leaking since yesterday.",
        "The pump is so loud that we can't hold a meeting next door.",
        "The beans are stale, the roasting date is four months back.",
        "It isn't as good as it used to be.",
    ],
    &[
        "The {product} died after {days} weeks. Cheap rubbish.",
        "Undrinkable. We poured the whole pot away.",
        "There was a stone among the beans and now the grinder is dead!",
    ],
];

const SETUP: [&[&str]; 4] = [
    &[
        "Set up in five minutes, even I could do it.",
        "The video guide is superb, first coffee after ten minutes.",
        "Your technician installed everything and even trained our staff. Perfect.",
    ],
    &[
        "Setting it up took a while but works now.",
        "The manual is clear enough.",
        "The app found the machine at the second try.",
    ],
    &[
        "The app doesn't find the {product}, I tried everything in the manual.",
        "I can't get the descaling lamp to go out.",
        "The manual is of no help with the water hardness.",
        "Onboarding was confusing, nobody told us we need a filter.",
        "The installation date was not confirmed by anyone.",
    ],
    &[
        "Two hours with the hotline and the {product} still shows error 14.",
        "The technician didn't come, again. Forty people without coffee!",
        "Who writes these instructions? Half of the steps are missing.",
    ],
];

const STAFF: [&[&str]; 4] = [
    &[
        "Your support was so kind and patient, thank you!",
        "The lady on the phone solved it in two minutes and made me laugh.",
        "I have rarely been treated so well by any company.",
    ],
    &["The agent was friendly and helped.", "Polite people, quick answer.", "Somebody called back as promised."],
    &[
        "I was put through four times and had to explain everything again.",
        "The answer I got had nothing to do with my question.",
        "Your chat isn't helpful, it only repeats itself.",
        "Nobody called me back.",
    ],
    &[
        "Your agent hung up on me!",
        "I have never met such rude people on a hotline.",
        "Seven e-mails and not one honest answer. You don't care about customers.",
    ],
];

const PRICE: [&[&str]; 4] = [
    &[
        "Incredible value for what you get.",
        "We save a third compared with before, and the coffee is better.",
        "The discount for regulars is a lovely surprise.",
    ],
    &["The price is fair.", "Not cheap, but worth it.", "The bundle is good value."],
    &[
        "The price went up again without any notice.",
        "Shipping costs more than the pods.",
        "Too expensive for what it is.",
        "The discount code doesn't work.",
    ],
    &[
        "Twenty per cent more for the same beans? That's a rip-off.",
        "You advertise one price and charge another. Shame on you.",
        "An outrageous fee for changing a plan.",
    ],
];
