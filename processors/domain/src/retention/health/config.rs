//! How health is weighed: what the business says, and what comes of it for each kind of customer.

use super::curve::Curve;
use super::indicators::{COUNT, INDICATORS, Indicator};
use crate::alert::check::{Checked, fault, within};
use crate::retention::days::AGES;
use nexusflow_model::{Kind, Label};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The heaviest an indicator may be.
const WEIGHT_MAX: u16 = 1_000;
/// What was said counts for so many days at the longest.
const VALID_DAYS_MAX: u16 = 3_650;

/// How health is weighed: the section `[health]` of business.toml.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Said", into = "Said")]
pub struct HealthConfig {
    said: Said,
    /// For customers of a kind of which nothing else is said.
    usual: Scale,
    kinds: Vec<(String, Scale)>,
    /// By type of event, which indicators it may change: a bit each.
    touched: Vec<u32>,
    /// Which indicators time alone may change: a bit each.
    ageing: u32,
}

/// What stands in the file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Said {
    /// From which points on a score is called watch, good and great.
    bands: [u16; 3],
    /// Points by which a score must pass one of these before it is called otherwise.
    dead_zone: u16,
    /// Below this share of the weights a score would say more than is known, in basis points.
    coverage_min_bp: u16,
    indicators: BTreeMap<String, Setting>,
    kind: BTreeMap<String, BTreeMap<String, Setting>>,
    /// Weights as they were said until there were curves: logs begin with them. All others weigh nothing then.
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_on_time: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery_failed: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_frequency: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_cancelled: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_failed: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tickets_open: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tickets_resolution: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nps: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    csat: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reviews: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sentiment: Option<u16>,
}

/// What is said of one indicator; what is not said stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Setting {
    #[serde(skip_serializing_if = "Option::is_none")]
    weight: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    curve: Option<Curve>,
    /// 0: for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_days: Option<u16>,
}

/// What each indicator weighs and is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale {
    /// In the order of the list of indicators.
    pub weighed: Vec<Weighed>,
    /// The sum of the weights.
    pub weight: i64,
}

/// What one indicator weighs and is worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighed {
    /// 0 leaves it out.
    pub weight: i64,
    /// What its number is worth.
    pub curve: Curve,
    /// For how many days what was said counts; none for ever.
    pub valid_days: Option<u16>,
    /// What each age is worth, where the number is one: ages are few, and are asked for whenever somebody is woken.
    pub(super) by_age: [i16; AGES.len()],
}

impl Default for Said {
    fn default() -> Self {
        Self {
            bands: [40, 60, 80],
            dead_zone: 2,
            coverage_min_bp: 2_000,
            indicators: BTreeMap::new(),
            kind: BTreeMap::new(),
            delivery_on_time: None,
            delivery_failed: None,
            order_frequency: None,
            order_cancelled: None,
            payment_failed: None,
            tickets_open: None,
            tickets_resolution: None,
            nps: None,
            csat: None,
            reviews: None,
            sentiment: None,
        }
    }
}

impl Said {
    /// The weights in their old form.
    fn old(&self) -> [(&'static str, Option<u16>); 11] {
        [
            ("delivery_on_time", self.delivery_on_time),
            ("delivery_failed", self.delivery_failed),
            ("order_frequency", self.order_frequency),
            ("order_cancelled", self.order_cancelled),
            ("payment_failed", self.payment_failed),
            ("tickets_open", self.tickets_open),
            ("tickets_resolution", self.tickets_resolution),
            ("nps", self.nps),
            ("csat", self.csat),
            ("reviews", self.reviews),
            ("sentiment", self.sentiment),
        ]
    }
}

/// The name of an indicator in the configuration.
fn name(indicator: &Indicator) -> String {
    indicator.key.replace('.', "_")
}

impl Weighed {
    fn new(weight: i64, curve: Curve, valid_days: Option<u16>) -> Self {
        let by_age = AGES.map(|age| curve.at(age.into()) as i16);
        Self { weight, curve, valid_days, by_age }
    }

    fn usual(indicator: &Indicator) -> Self {
        Self::new(indicator.weight.into(), Curve::new(indicator.curve), indicator.valid_days)
    }

    fn but(&self, setting: Option<&Setting>) -> Self {
        let Some(setting) = setting else { return self.clone() };
        Self::new(
            setting.weight.map_or(self.weight, i64::from),
            setting.curve.clone().unwrap_or_else(|| self.curve.clone()),
            setting.valid_days.map_or(self.valid_days, |days| Some(days).filter(|days| *days > 0)),
        )
    }
}

impl Scale {
    fn of(weighed: Vec<Weighed>) -> Self {
        let weight = weighed.iter().map(|own| own.weight).sum();
        Self { weighed, weight }
    }
}

impl From<Said> for HealthConfig {
    fn from(said: Said) -> Self {
        let old = said.old();
        let is_old = old.iter().any(|(_, weight)| weight.is_some());
        let first = |indicator: &Indicator| {
            let mut weighed = Weighed::usual(indicator);
            if is_old {
                let own = old.iter().find(|(own, _)| *own == name(indicator));
                weighed.weight = own.map_or(0, |(_, weight)| weight.unwrap_or(indicator.weight).into());
            }
            weighed.but(said.indicators.get(&name(indicator)))
        };
        let usual = Scale::of(INDICATORS.iter().map(first).collect());
        let of_kind = |(kind, settings): (&String, &BTreeMap<String, Setting>)| {
            let each = usual.weighed.iter().zip(&INDICATORS);
            let weighed = each.map(|(usual, indicator)| usual.but(settings.get(&name(indicator)))).collect();
            (kind.clone(), Scale::of(weighed))
        };
        let kinds = said.kind.iter().map(of_kind).collect();
        let touches = |kind: &Kind| {
            let bits = (0..).zip(&INDICATORS).filter(|(_, indicator)| indicator.kinds.contains(kind));
            bits.fold(0, |touched, (at, _)| touched | 1_u32 << at)
        };
        let touched = Kind::ALL.iter().map(touches).collect();
        let ageing = (0..).zip(&INDICATORS).fold(0, |bits, (at, own)| bits | u32::from(own.ages) << at);
        Self { said, usual, kinds, touched, ageing }
    }
}

impl From<HealthConfig> for Said {
    fn from(config: HealthConfig) -> Self {
        config.said
    }
}

impl Default for HealthConfig {
    fn default() -> Self {
        Said::default().into()
    }
}

impl HealthConfig {
    /// How customers of that kind are weighed.
    pub fn scale(&self, kind: Option<&Label>) -> &Scale {
        let own = kind.and_then(|kind| self.kinds.iter().find(|(own, _)| own == kind.as_str()));
        own.map_or(&self.usual, |(_, scale)| scale)
    }

    /// Which indicators an event of that type may change: a bit each.
    pub(crate) fn touched(&self, kind: Kind) -> u32 {
        self.touched.get(kind as usize).copied().unwrap_or(u32::MAX)
    }

    /// Which indicators time alone may change: a bit each.
    pub(crate) fn ageing(&self) -> u32 {
        self.ageing
    }

    /// From which score on it is called watch, good and great, in thousandths of a point.
    pub fn edges_milli(&self) -> [i64; 3] {
        self.said.bands.map(|points| i64::from(points) * 1_000)
    }

    /// By how much a score must pass one of these before it is called otherwise, in thousandths of a point.
    pub fn dead_zone_milli(&self) -> i64 {
        i64::from(self.said.dead_zone) * 1_000
    }

    /// Below this share of the weights nobody is given a score, in basis points.
    pub fn coverage_min_bp(&self) -> i64 {
        self.said.coverage_min_bp.into()
    }

    /// Says what an indicator weighs, by its name in the configuration; an unknown one is noticed by [`check`](Self::check).
    pub fn weigh(&mut self, indicator: &str, weight: u16) {
        let mut said = self.said.clone();
        said.indicators.entry(indicator.to_owned()).or_default().weight = Some(weight);
        *self = said.into();
    }

    /// The first mistake there is.
    ///
    /// # Errors
    /// Where it is and how to mend it.
    pub fn check(&self) -> Checked {
        if let Some((name, Some(weight))) = self.said.old().into_iter().find(|(_, weight)| weight.is_some()) {
            let says = format!(
                "is said in another way now: under [health.indicators] write {name} = {{ weight = {weight} }}, and so for the others"
            );
            return fault(format!("health.{name}"), says);
        }
        let [watch, good, great] = self.said.bands;
        if !(1 <= watch && watch < good && good < great && great <= 99) {
            return fault("health.bands", "must be three numbers that rise, from 1 to 99, such as [40, 60, 80]");
        }
        if self.said.dead_zone.saturating_mul(2) >= (good - watch).min(great - good) {
            let says =
                "must be less than half of the narrowest band: else a customer could be called two things at once";
            return fault("health.dead_zone", says);
        }
        within("health.coverage_min_bp", self.said.coverage_min_bp, 0, 10_000)?;
        check_settings("health.indicators", &self.said.indicators)?;
        for (kind, settings) in &self.said.kind {
            check_settings(&format!("health.kind.{kind}"), settings)?;
        }
        let scales = self.kinds.iter().map(|(kind, scale)| (format!("health.kind.{kind}"), scale));
        for (path, scale) in scales.chain([("health.indicators".to_owned(), &self.usual)]) {
            if scale.weight == 0 {
                return fault(path, "leaves nothing that weighs: give an indicator a weight");
            }
        }
        Ok(())
    }
}

fn check_settings(path: &str, settings: &BTreeMap<String, Setting>) -> Checked {
    for (own, setting) in settings {
        let path = format!("{path}.{own}");
        let Some(indicator) = INDICATORS.iter().find(|indicator| name(indicator) == *own) else {
            let known: Vec<String> = INDICATORS.iter().map(name).collect();
            return fault(path, format!("is no indicator; there are {}", known.join(", ")));
        };
        if let Some(weight) = setting.weight {
            within(&format!("{path}.weight"), weight, 0, WEIGHT_MAX)?;
        }
        if let Some(Err(says)) = setting.curve.as_ref().map(Curve::check) {
            return fault(format!("{path}.curve"), says);
        }
        if let Some(days) = setting.valid_days {
            if indicator.valid_days.is_none() {
                let says = "means nothing here: this is not something that was said once, but stands as it is now";
                return fault(format!("{path}.valid_days"), says);
            }
            within(&format!("{path}.valid_days"), days, 0, VALID_DAYS_MAX)?;
        }
    }
    Ok(())
}

const _: () = assert!(COUNT <= 32, "a bit each of 32");
