use super::config::HealthConfig;
use super::history::{ABSENT, Values};
use super::indicators::{COUNT, INDICATORS};
use nexusflow_model::{Kind, Label};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn some_values() -> impl Strategy<Value = Values> {
    prop::collection::vec(prop_oneof![Just(ABSENT), 0_i16..=1_000], COUNT).prop_map(|values| values.try_into().unwrap())
}

proptest! {
    #[test]
    fn contributions_sum_to_the_score_to_the_last_thousandth(values in some_values(), weights in prop::collection::vec(0_u16..=1_000, COUNT)) {
        let mut config = HealthConfig::default();
        for (indicator, weight) in INDICATORS.iter().zip(weights) {
            config.weigh(&indicator.key.replace('.', "_"), weight);
        }
        let scale = config.scale(None);
        // What weighs nothing is never present.
        let mut values = values;
        for (value, weighed) in values.iter_mut().zip(&scale.weighed) {
            *value = if weighed.weight == 0 { ABSENT } else { *value };
        }
        let (score, coverage_bp) = scale.score(&values, 0);
        let contributions = scale.contributions(&values);
        let present = values.iter().filter(|value| **value > ABSENT).count();
        prop_assert_eq!(contributions.iter().flatten().count(), present);
        prop_assert_eq!(score.is_some(), present > 0);
        prop_assert_eq!(contributions.iter().flatten().sum::<i64>(), score.unwrap_or(0));
        prop_assert!((0..=100_000).contains(&score.unwrap_or(0)) && (0..=10_000).contains(&coverage_bp));
        // Nobody is given more than a thousandth more than their share, and nobody less.
        let weight: i64 = scale.weighed.iter().zip(&values).filter(|(_, value)| **value >= 0).map(|(own, _)| own.weight).sum();
        for ((own, value), weighed) in contributions.iter().zip(&values).zip(&scale.weighed) {
            if let Some(own) = own {
                let exact = weighed.weight * i64::from(*value) * 100;
                prop_assert!(own * weight <= exact + weight && own * weight > exact - weight);
            }
        }
        if score.is_some() {
            prop_assert_eq!(scale.score(&values, coverage_bp + 1).0, None);
            prop_assert_eq!(scale.score(&values, coverage_bp).0, score);
        }
    }
}

#[test]
fn every_area_of_a_customers_life_has_its_indicators() {
    let keys: BTreeSet<&str> = INDICATORS.iter().map(|indicator| indicator.key).collect();
    assert_eq!(keys.len(), COUNT);
    let areas: BTreeSet<&str> = keys.iter().filter_map(|key| key.split('.').next()).collect();
    let expected = [
        "ces",
        "csat",
        "delivery",
        "engagement",
        "nps",
        "order",
        "payment",
        "relationship",
        "reviews",
        "sentiment",
        "subscription",
        "tickets",
        "usage",
    ];
    assert_eq!(areas, expected.into());
    for indicator in &INDICATORS {
        assert_eq!(super::curve::Curve::new(indicator.curve).check(), Ok(()), "{}", indicator.key);
        assert!(!indicator.kinds.is_empty(), "{}", indicator.key);
    }
}

#[test]
fn weights_as_old_logs_say_them_mean_what_they_meant() {
    let old = r#"{"delivery_on_time":15,"delivery_failed":10,"order_frequency":10,"order_cancelled":8,"payment_failed":8,
        "tickets_open":12,"tickets_resolution":5,"nps":0,"csat":12,"reviews":15,"sentiment":13}"#;
    let config: HealthConfig = serde_json::from_str(old).unwrap();
    let scale = config.scale(None);
    assert_eq!(scale.weight, 108);
    let weighs = |key: &str| {
        let at = INDICATORS.iter().position(|indicator| indicator.key == key).unwrap();
        scale.weighed[at].weight
    };
    assert_eq!([weighs("delivery.on_time"), weighs("nps"), weighs("usage.recency"), weighs("ces")], [15, 0, 0, 0]);
    // It is written as it was read, and a file that says it so is told how to mend it.
    let again: HealthConfig = serde_json::from_str(&serde_json::to_string(&config).unwrap()).unwrap();
    assert_eq!(again, config);
    assert!(config.check().unwrap_err().says.contains("delivery_on_time = { weight = 15 }"));
}

#[test]
fn a_kind_of_customer_is_weighed_as_it_says_and_else_as_usual() {
    let text = r#"{"indicators":{"nps":{"weight":20}},"kind":{"business":{"csat":{"weight":1,"valid_days":0},"ces":{"curve":[[1,0],[2,10]]}}}}"#;
    let config: HealthConfig = serde_json::from_str(text).unwrap();
    let of = |kind: Option<&str>, key: &str| {
        let label = kind.map(|kind| Label::new(kind).unwrap());
        let at = INDICATORS.iter().position(|indicator| indicator.key == key).unwrap();
        config.scale(label.as_ref()).weighed[at].clone()
    };
    assert_eq!((of(None, "nps").weight, of(Some("business"), "nps").weight), (20, 20));
    assert_eq!((of(Some("consumer"), "csat").weight, of(Some("business"), "csat").weight), (12, 1));
    assert_eq!((of(None, "csat").valid_days, of(Some("business"), "csat").valid_days), (Some(365), None));
    assert_eq!(of(Some("business"), "ces").curve.points(), [(1, 0), (2, 10)]);
    assert_eq!(config.touched(Kind::ProductUsed).count_ones(), 3);
}
