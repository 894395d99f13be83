//! Vectors, and laws that hold of any calendar.

use super::*;
use jiff::civil::Weekday;
use proptest::prelude::*;

const HOUR_MS: i64 = 3_600_000;

fn calendar(zone: &str, hours: &str, holidays: &[&str]) -> Calendar {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday"];
    weekly(zone, days.map(|day| (day, hours)).as_slice(), holidays)
}

/// `hours` are intervals apart by blanks.
fn weekly(zone: &str, days: &[(&str, &str)], holidays: &[&str]) -> Calendar {
    let mut form = serde_json::json!({ "name": "own", "time_zone": zone, "holidays": holidays });
    for (day, hours) in days {
        form[day] = hours.split_whitespace().collect();
    }
    serde_json::from_value(form).unwrap()
}

fn every_day(zone: &str, hours: &str) -> Calendar {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    weekly(zone, days.map(|day| (day, hours)).as_slice(), &[])
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Both ways: how much lies between, and when that much has passed.
fn assert_span(calendar: &Calendar, from: &str, minutes: i64, until: &str) {
    assert_eq!(calendar.working_ms(at(from), at(until)), minutes * 60_000, "from {from} until {until}");
    assert_eq!(calendar.after(at(from), minutes * 60_000), Some(at(until)), "{minutes} min after {from}");
}

#[test]
fn an_hour_on_friday_afternoon_ends_on_monday() {
    let office = calendar("Europe/Madrid", "09:00-17:00", &[]);
    assert_span(&office, "2026-01-16T16:30:00+01:00", 60, "2026-01-19T09:30:00+01:00");
    // What has passed when the door is shut has passed when it shuts, not when it opens again.
    assert_span(&office, "2026-01-16T16:30:00+01:00", 30, "2026-01-16T17:00:00+01:00");
    assert_eq!(office.working_ms(at("2026-01-16T17:00:00+01:00"), at("2026-01-19T09:00:00+01:00")), 0);
    assert_eq!(office.working_ms(at("2026-01-19T09:30:00+01:00"), at("2026-01-16T16:30:00+01:00")), 0);
    assert_eq!(office.after(at("2026-01-17T12:00:00Z"), 0), Some(at("2026-01-17T12:00:00Z")));
}

#[test]
fn a_lunch_break_and_a_holiday_are_left_out() {
    let office = calendar("Europe/Madrid", "09:00-14:00 15:00-18:00", &["2026-12-25", "2026-12-24"]);
    assert_span(&office, "2026-12-22T13:30:00+01:00", 60, "2026-12-22T15:30:00+01:00");
    // Wednesday 17:00, then Christmas, then a weekend.
    assert_span(&office, "2026-12-23T17:00:00+01:00", 120, "2026-12-28T10:00:00+01:00");
    assert_eq!(office.working_ms(at("2026-12-21T00:00:00+01:00"), at("2026-12-28T00:00:00+01:00")), 3 * 8 * HOUR_MS);
}

#[test]
fn madrid_leaves_an_hour_out_in_march_and_repeats_one_in_october() {
    // 2026-03-29: 02:00 becomes 03:00.
    let night = every_day("Europe/Madrid", "01:30-03:30");
    assert_span(&night, "2026-03-29T00:00:00+01:00", 60, "2026-03-29T03:30:00+02:00");
    assert_span(&night, "2026-03-29T01:45:00+01:00", 30, "2026-03-29T03:15:00+02:00");
    // 2026-10-25: 03:00 becomes 02:00.
    assert_span(&night, "2026-10-25T00:00:00+02:00", 180, "2026-10-25T03:30:00+01:00");
    assert_span(&night, "2026-10-25T02:30:00+02:00", 60, "2026-10-25T02:30:00+01:00");
    // An interval that ends within the repeated hour is open twice.
    let short = every_day("Europe/Madrid", "01:30-02:30");
    assert_span(&short, "2026-10-25T01:30:00+02:00", 90, "2026-10-25T02:30:00+01:00");
    // One that lies within the hour left out is not there on that day.
    let gone = every_day("Europe/Madrid", "02:00-03:00");
    assert_eq!(gone.working_ms(at("2026-03-29T00:00:00+01:00"), at("2026-03-30T00:00:00+02:00")), 0);
    assert_span(&gone, "2026-03-29T00:00:00+01:00", 15, "2026-03-30T02:15:00+02:00");
    // Whole days have 23 and 25 hours.
    let whole = every_day("Europe/Madrid", "00:00-24:00");
    assert_span(&whole, "2026-03-29T00:00:00+01:00", 23 * 60, "2026-03-30T00:00:00+02:00");
    assert_span(&whole, "2026-10-25T00:00:00+02:00", 25 * 60, "2026-10-26T00:00:00+01:00");
    // And the office on Friday and Monday around it does not notice.
    let office = calendar("Europe/Madrid", "09:00-17:00", &[]);
    assert_span(&office, "2026-03-27T16:30:00+01:00", 60, "2026-03-30T09:30:00+02:00");
    assert_span(&office, "2026-10-23T16:30:00+02:00", 60, "2026-10-26T09:30:00+01:00");
}

#[test]
fn new_york_leaves_an_hour_out_in_march_and_repeats_one_in_november() {
    let night = every_day("America/New_York", "01:00-03:00");
    assert_span(&night, "2026-03-08T00:00:00-05:00", 60, "2026-03-08T03:00:00-04:00");
    assert_span(&night, "2026-11-01T00:00:00-04:00", 180, "2026-11-01T03:00:00-05:00");
    assert_span(&night, "2026-11-01T01:15:00-04:00", 60, "2026-11-01T01:15:00-05:00");
    let office = calendar("America/New_York", "09:00-17:00", &[]);
    assert_span(&office, "2026-03-06T16:30:00-05:00", 60, "2026-03-09T09:30:00-04:00");
    assert_span(&office, "2026-10-30T16:30:00-04:00", 60, "2026-11-02T09:30:00-05:00");
}

#[test]
fn lord_howe_moves_its_clocks_by_half_an_hour() {
    let night = every_day("Australia/Lord_Howe", "01:00-03:00");
    // 2026-04-05: 02:00 (+11) becomes 01:30 (+10:30). 2026-10-04: 02:00 (+10:30) becomes 02:30 (+11).
    assert_span(&night, "2026-04-05T00:00:00+11:00", 150, "2026-04-05T03:00:00+10:30");
    assert_span(&night, "2026-10-04T00:00:00+10:30", 90, "2026-10-04T03:00:00+11:00");
}

#[test]
fn what_never_opens_never_comes_due() {
    let closed = weekly("UTC", &[], &[]);
    assert!(closed.is_never_open());
    assert_eq!(closed.after(at("2026-01-01T00:00:00Z"), 1), None);
    let ten_years = calendar("UTC", "09:00-10:00", &[]).after(at("2026-01-01T00:00:00Z"), 2_608 * HOUR_MS);
    assert_eq!(ten_years, Some(at("2035-12-31T10:00:00Z")));
    assert_eq!(calendar("UTC", "09:00-10:00", &[]).after(at("2026-01-01T00:00:00Z"), i64::MAX), None);
}

#[test]
fn always_is_the_time_that_passes() {
    let always = Calendar::always();
    assert_eq!(always.name().as_str(), "always");
    assert_span(&always, "1950-06-01T12:34:00Z", 1_000_000, "1952-04-25T23:14:00Z");
}

#[test]
fn what_is_written_comes_back_the_same() {
    let office = calendar("Europe/Madrid", "09:00-14:00 15:00-24:00", &["2026-12-25"]);
    let text = serde_json::to_string(&office).unwrap();
    assert_eq!(serde_json::from_str::<Calendar>(&text).unwrap(), office);
    assert!(text.contains(r#""monday":["09:00-14:00","15:00-24:00"]"#) && text.contains(r#"["2026-12-25"]"#), "{text}");
}

#[test]
fn a_mistake_is_named_with_how_to_mend_it() {
    let refused = |field: &str, value: serde_json::Value| {
        let mut form = serde_json::json!({ "name": "own", "time_zone": "UTC" });
        form[field] = value;
        serde_json::from_value::<Calendar>(form).unwrap_err().to_string()
    };
    let mistakes = [
        ("monday", serde_json::json!(["9-17"]), "write it as \"09:00-17:30\""),
        ("monday", serde_json::json!(["24:00-24:00"]), "write it as"),
        ("monday", serde_json::json!(["09:00-24:01"]), "write it as"),
        ("monday", serde_json::json!(["+9:00-17:00"]), "write it as"),
        ("monday", serde_json::json!(["22:00-06:00"]), "end it at \"24:00\" and go on at \"00:00\""),
        ("monday", serde_json::json!(["15:00-18:00", "09:00-14:00"]), "put the earlier one first"),
        ("monday", serde_json::json!(["09:00-15:00", "14:00-18:00"]), "overlap"),
        ("holidays", serde_json::json!(["25.12.2026"]), "write it as \"2026-12-25\""),
        ("holidays", serde_json::json!(["2026-02-30"]), "is no date"),
        ("time_zone", serde_json::json!("Madrid"), "no time zone"),
        ("mondays", serde_json::json!([]), "unknown field `mondays`"),
    ];
    for (field, value, says) in mistakes {
        let error = refused(field, value.clone());
        assert!(error.contains(says), "{field} = {value}: {error}");
    }
}

/// Minute by minute, by what jiff says of each: shares nothing with the calendar but how it is written.
fn naive_minutes(calendar: &Calendar, from: Timestamp, to: Timestamp) -> i64 {
    let form: serde_json::Value = serde_json::to_value(calendar).unwrap();
    let zone = jiff::tz::TimeZone::get(form["time_zone"].as_str().unwrap()).unwrap();
    let is_open = |ms: i64| {
        let local = jiff::Timestamp::from_millisecond(ms).unwrap().to_zoned(zone.clone()).datetime();
        let day = match local.weekday() {
            Weekday::Monday => "monday",
            Weekday::Tuesday => "tuesday",
            Weekday::Wednesday => "wednesday",
            Weekday::Thursday => "thursday",
            Weekday::Friday => "friday",
            Weekday::Saturday => "saturday",
            Weekday::Sunday => "sunday",
        };
        let date = local.date().to_string();
        let time = format!("{:02}:{:02}", local.hour(), local.minute());
        let is_holiday = form["holidays"].as_array().unwrap().iter().any(|day| *day == date.as_str());
        let within = |hours: &str| time.as_str() >= &hours[..5] && time.as_str() < &hours[6..];
        !is_holiday && form[day].as_array().unwrap().iter().any(|hours| within(hours.as_str().unwrap()))
    };
    (from.as_ms()..to.as_ms()).step_by(60_000).filter(|ms| is_open(*ms)).count() as i64
}

prop_compose! {
    /// Up to three intervals a day on a grid of a quarter of an hour.
    fn any_hours()(cuts in prop::collection::btree_set(0_u16..=96, 0..=6)) -> Vec<String> {
        let cuts: Vec<u16> = cuts.into_iter().collect();
        let clock = |quarter: u16| format!("{:02}:{:02}", quarter / 4, quarter % 4 * 15);
        cuts.chunks_exact(2).map(|ends| format!("{}-{}", clock(ends[0]), clock(ends[1]))).collect()
    }
}

prop_compose! {
    fn any_calendar()(
        zone in prop::sample::select(vec![
            "UTC", "Europe/Madrid", "Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
            "Asia/Kathmandu", "America/Sao_Paulo",
        ]),
        days in prop::array::uniform7(any_hours()),
        holidays in prop::collection::vec((2024_u16..2028, 1_u16..=12, 1_u16..=28), 0..40),
    ) -> Calendar {
        let holidays: Vec<String> = holidays.iter().map(|(y, m, d)| format!("{y}-{m:02}-{d:02}")).collect();
        let [monday, tuesday, wednesday, thursday, friday, saturday, sunday] = days;
        serde_json::from_value(serde_json::json!({
            "name": "any", "time_zone": zone, "holidays": holidays, "monday": monday, "tuesday": tuesday,
            "wednesday": wednesday, "thursday": thursday, "friday": friday, "saturday": saturday, "sunday": sunday,
        })).unwrap()
    }
}

/// From 2024 to 2028, half of them around a change of some zone's clocks.
fn any_time() -> impl Strategy<Value = Timestamp> {
    let changes = ["2026-03-08T07:00:00Z", "2026-03-29T01:00:00Z", "2026-04-04T15:00:00Z", "2026-10-25T01:00:00Z"];
    let around = (prop::sample::select(changes.to_vec()), -200_000_000_i64..200_000_000);
    prop_oneof![
        (1_704_067_200_000_i64..1_830_297_600_000).prop_map(|ms| Timestamp::from_ms(ms).unwrap()),
        around.prop_map(|(change, ms)| at(change).plus_ms(ms)),
    ]
}

proptest! {
    #[test]
    fn working_time_is_additive_never_negative_and_monotone(
        calendar in any_calendar(), mut times in prop::collection::vec(any_time(), 3)
    ) {
        times.sort_unstable();
        let [first, second, third] = times[..] else { unreachable!() };
        let whole = calendar.working_ms(first, third);
        prop_assert_eq!(calendar.working_ms(first, second) + calendar.working_ms(second, third), whole);
        prop_assert!(calendar.working_ms(first, second) >= 0);
        prop_assert!(calendar.working_ms(second, third) >= 0);
        prop_assert!(calendar.working_ms(first, second) <= whole);
        prop_assert!(whole <= third.ms_since(first));
        prop_assert_eq!(calendar.working_ms(third, first), 0);
    }

    #[test]
    fn after_is_the_first_instant_at_which_that_much_has_passed(
        calendar in any_calendar(), from in any_time(), ms in 1_i64..2_000_000_000
    ) {
        match calendar.after(from, ms) {
            Some(until) => {
                prop_assert_eq!(calendar.working_ms(from, until), ms);
                prop_assert!(calendar.working_ms(from, until.plus_ms(-1)) < ms);
            }
            None => prop_assert!(calendar.working_ms(from, from.plus_ms(LOOKED_AHEAD_MS)) < ms),
        }
    }

    #[test]
    fn a_count_minute_by_minute_agrees(calendar in any_calendar(), from in any_time(), minutes in 0_i64..6_000) {
        let from = Timestamp::from_ms(from.as_ms().div_euclid(60_000) * 60_000).unwrap();
        let to = from.plus_ms(minutes * 60_000);
        prop_assert_eq!(calendar.working_ms(from, to), naive_minutes(&calendar, from, to) * 60_000);
    }
}
