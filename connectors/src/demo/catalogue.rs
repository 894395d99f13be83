//! What Altamora Coffee sells, where it sells it, who carries it and who works there. All of it is made up.

use super::customer::{CustomerKind, Language};
use super::truths;

/// The company's name.
pub const COMPANY: &str = "Altamora Coffee";

/// Something to sell.
pub(super) struct Product {
    pub(super) sku: &'static str,
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    /// In cents of EUR.
    pub(super) price_minor: i64,
    /// How often consumers, businesses and enterprises put it in their basket.
    pub(super) weights: [u32; 3],
}

const fn product(
    sku: &'static str,
    name: &'static str,
    category: &'static str,
    price_minor: i64,
    weights: [u32; 3],
) -> Product {
    Product { sku, name, category, price_minor, weights }
}

/// The category of what has to be set up.
pub(super) const MACHINES: &str = "machines";

/// Everything there is to buy.
pub(super) const PRODUCTS: &[Product] = &[
    product("AM-100", "Altamora Uno", MACHINES, 14_900, [5, 0, 0]),
    product("AM-300", "Altamora Duo", MACHINES, 34_900, [4, 1, 0]),
    product("AM-700", "Altamora Barista", MACHINES, 129_000, [1, 3, 0]),
    product("AM-900", "Altamora Office", MACHINES, 219_000, [0, 3, 1]),
    product("AM-2000", "Altamora Lobby", MACHINES, 649_000, [0, 0, 2]),
    product("BN-110", "House Blend 1 kg", "beans", 1_890, [30, 8, 0]),
    product("BN-120", "Decaf 1 kg", "beans", 1_990, [10, 4, 0]),
    product("BN-130", "Single Origin Sidamo 1 kg", "beans", 2_490, [16, 2, 0]),
    product("BN-140", "Single Origin Huila 1 kg", "beans", 2_290, [16, 2, 0]),
    product("BN-600", "Office Espresso 6 kg", "beans", 9_900, [0, 34, 10]),
    product("BN-200", "Hotel Selection 20 kg", "beans", 29_800, [0, 4, 40]),
    product("PD-050", "Classic Pods, 50", "pods", 1_690, [22, 8, 0]),
    product("PD-100", "Mixed Pods, 100", "pods", 3_190, [14, 12, 6]),
    product("CR-010", "Descaler", "care", 1_290, [9, 8, 5]),
    product("CR-020", "Water Filter", "care", 1_590, [8, 10, 12]),
    product("AC-010", "Hand Grinder", "accessories", 7_900, [4, 0, 0]),
    product("AC-020", "Milk Frother", "accessories", 4_900, [6, 2, 0]),
    product("AC-030", "Porcelain Cups, 6", "accessories", 2_400, [5, 6, 8]),
];

/// A subscription plan.
pub(super) struct Plan {
    pub(super) name: &'static str,
    /// In cents of EUR a month.
    pub(super) price_minor: i64,
    pub(super) kind: CustomerKind,
    /// The SKU of the monthly box, where there is one.
    pub(super) contents: Option<usize>,
}

/// The plans, the smaller before the larger of each kind.
pub(super) const PLANS: &[Plan] = &[
    Plan { name: "Beans Monthly", price_minor: 2_090, kind: CustomerKind::Consumer, contents: Some(5) },
    Plan { name: "Pods Monthly", price_minor: 2_990, kind: CustomerKind::Consumer, contents: Some(12) },
    Plan { name: "Beans Duo", price_minor: 3_990, kind: CustomerKind::Consumer, contents: Some(7) },
    Plan { name: "Office 50", price_minor: 18_900, kind: CustomerKind::Business, contents: None },
    Plan { name: "Office 150", price_minor: 44_900, kind: CustomerKind::Business, contents: None },
    Plan { name: "Lobby Care", price_minor: 189_000, kind: CustomerKind::Enterprise, contents: None },
    Plan { name: "Fleet", price_minor: 420_000, kind: CustomerKind::Enterprise, contents: None },
];

/// A market segment.
pub(super) struct Segment {
    pub(super) name: &'static str,
    pub(super) kind: CustomerKind,
    /// Share among the customers of its kind, in per cent.
    pub(super) share: u32,
    /// How much more is ordered each month than the month before, in per cent.
    pub(super) growth_pc: u32,
}

/// The segments.
pub(super) const SEGMENTS: &[Segment] = &[
    Segment { name: "households", kind: CustomerKind::Consumer, share: 55, growth_pc: 1 },
    Segment { name: "home baristas", kind: CustomerKind::Consumer, share: 30, growth_pc: 3 },
    Segment { name: "gift buyers", kind: CustomerKind::Consumer, share: 15, growth_pc: 0 },
    Segment { name: "offices", kind: CustomerKind::Business, share: 45, growth_pc: 2 },
    Segment {
        name: truths::FASTEST_SEGMENT,
        kind: CustomerKind::Business,
        share: 25,
        growth_pc: truths::FASTEST_SEGMENT_GROWTH_PC,
    },
    Segment { name: "clinics", kind: CustomerKind::Business, share: 15, growth_pc: 1 },
    Segment { name: "bakeries", kind: CustomerKind::Business, share: 15, growth_pc: 0 },
    Segment { name: "hotel chains", kind: CustomerKind::Enterprise, share: 70, growth_pc: 3 },
    Segment { name: "airport lounges", kind: CustomerKind::Enterprise, share: 30, growth_pc: 1 },
];

/// The segment of the company's own self-service counters.
pub(super) const CORNER_SEGMENT: &str = "coffee corners";

/// Where customers are and what reaches them.
pub(super) struct City {
    pub(super) name: &'static str,
    /// ISO 3166.
    pub(super) country: &'static str,
    pub(super) currency: &'static str,
    pub(super) language: Language,
    /// The warehouse that serves it.
    pub(super) site: &'static str,
    /// `warehouse > city`.
    pub(super) lane: &'static str,
    pub(super) transit_days: i64,
    pub(super) weight: u32,
    /// What its customers' names are drawn from: an index into the lists of names.
    pub(super) names: usize,
}

macro_rules! city {
    ($name:literal, $country:literal, $currency:literal, $language:ident, $site:literal, $days:literal, $weight:literal, $names:literal) => {
        City {
            name: $name,
            country: $country,
            currency: $currency,
            language: Language::$language,
            site: $site,
            lane: concat!($site, " > ", $name),
            transit_days: $days,
            weight: $weight,
            names: $names,
        }
    };
}

/// The cities; each has one lane.
pub(super) const CITIES: &[City] = &[
    city!("Madrid", "ES", "EUR", Spanish, "Rotterdam", 3, 17, 0),
    city!("Barcelona", "ES", "EUR", Spanish, "Zaragoza", 1, 9, 0),
    city!("Valencia", "ES", "EUR", Spanish, "Zaragoza", 1, 5, 0),
    city!("Sevilla", "ES", "EUR", Spanish, "Zaragoza", 2, 4, 0),
    city!("Lisbon", "PT", "EUR", English, "Zaragoza", 2, 4, 0),
    city!("Paris", "FR", "EUR", English, "Rotterdam", 2, 8, 2),
    city!("Lyon", "FR", "EUR", English, "Zaragoza", 2, 3, 2),
    city!("Amsterdam", "NL", "EUR", English, "Rotterdam", 1, 6, 3),
    city!("Berlin", "DE", "EUR", German, "Leipzig", 1, 8, 1),
    city!("Munich", "DE", "EUR", German, "Leipzig", 2, 6, 1),
    city!("Hamburg", "DE", "EUR", German, "Leipzig", 1, 4, 1),
    city!("Vienna", "AT", "EUR", German, "Leipzig", 2, 3, 1),
    city!("Milan", "IT", "EUR", English, "Leipzig", 2, 5, 2),
    city!("London", "GB", "GBP", English, "Rotterdam", 2, 9, 3),
    city!("Manchester", "GB", "GBP", English, "Rotterdam", 3, 3, 3),
    city!("New York", "US", "USD", English, "Rotterdam", 5, 4, 3),
    city!("Singapore", "SG", "USD", English, "Rotterdam", 6, 2, 3),
];

/// Where the coffee corners are: the place, its city and its hours ahead of UTC.
pub(super) const CORNERS: &[(&str, &str, &str, i64)] = &[
    ("Atocha Station", "Madrid", "ES", 1),
    ("Gate B, Lisbon Airport", "Lisbon", "PT", 0),
    ("Pier D, Schiphol", "Amsterdam", "NL", 1),
    ("Terminal 4, Kennedy Airport", "New York", "US", -5),
    ("Terminal 3, Changi Airport", "Singapore", "SG", 8),
    ("Hall A, Congonhas Airport", "São Paulo", "BR", -3),
    ("Paddington Station", "London", "GB", 0),
    ("Concourse B, Dubai Airport", "Dubai", "AE", 4),
];

/// Who carries.
pub(super) const CARRIERS: &[(&str, u32)] = &[("Velora Express", 5), ("Nordwind Cargo", 3), ("Paloma Post", 2)];

/// Why something comes late.
pub(super) const DELAYS: &[&str] = &["depot congested", "vehicle breakdown", "customs", "weather", "missed connection"];

/// Who answers tickets.
pub(super) const AGENTS: &[&str] =
    &["Lucía Prado", "Jonas Weidlich", "Amira Haddou", "Tom Ashgrove", "Inés Calvet", "Mika Solberg", "Greta Lindner"];

/// Who sells, and in which team.
pub(super) const REPS: &[(&str, &str)] = &[
    ("Marta Quiroga", "Iberia"),
    ("Diego Santacana", "Iberia"),
    ("Elke Brandhuber", "DACH"),
    ("Sven Altmeyer", "DACH"),
    ("Camille Roussard", "West"),
    ("Pieter van Loenen", "West"),
    ("Hannah Whitlock", "Overseas"),
    ("Marcus Oyelade", "Overseas"),
];

/// Others who sell coffee machines, and how often people name them.
pub(super) const RIVALS: &[(&str, u32)] =
    &[(truths::TOP_RIVAL, 11), ("BeanHarbor", 4), ("Tostamar", 3), ("Cupwright", 2)];

/// The pipeline's open stages, in order.
pub(super) const STAGES: &[&str] = &["Qualified", "Demo", "Proposal", "Negotiation"];
