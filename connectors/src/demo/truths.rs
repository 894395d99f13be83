//! What is true of the company by construction: what an estimate from its events has to come close to.

/// How many times likelier a customer leaves in the days after a late delivery ([`LATE_EXPOSURE_DAYS`]) than else. The hazard of
/// customers who had none is the same for all of them ([`CHURN_PER_DAY`]), so that a plain comparison of rates is not confounded.
pub const LATE_CHURN_HAZARD_RATIO: f64 = 3.0;
/// How long a late delivery is remembered, in days from the delivery.
pub const LATE_EXPOSURE_DAYS: i64 = 90;
/// The churn hazard of a customer without a late delivery, per day.
pub const CHURN_PER_DAY: f64 = 0.001_3;
/// The lane that is late far more often than any other.
pub const LATE_LANE: &str = "Rotterdam > Madrid";
/// The share of late deliveries on [`LATE_LANE`].
pub const LATE_LANE_SHARE: f64 = 0.35;
/// The share of late deliveries on every other lane.
pub const LATE_SHARE: f64 = 0.06;
/// The segment whose orders grow fastest.
pub const FASTEST_SEGMENT: &str = "coworking";
/// By how much its orders grow a month, in per cent, until they are [`GROWTH_MAX`] times those of the first day; no other segment
/// grows by more than 3 per cent.
pub const FASTEST_SEGMENT_GROWTH_PC: u32 = 40;
/// Growth ends when a segment orders this many times what it ordered on the first day.
pub const GROWTH_MAX: f64 = 4.0;
/// The touchpoint that disappoints most: lowest satisfaction, and the widest gap to what customers expect of it.
pub const WORST_TOUCHPOINT: &str = "onboarding";
/// Each touchpoint with the mean satisfaction (1 to 5) customers express and the mean they expect. Delivery's is that of
/// deliveries on time.
pub const TOUCHPOINTS: &[(&str, f64, f64)] = &[
    ("purchase", 4.4, 4.4),
    ("delivery", 4.3, 4.4),
    (WORST_TOUCHPOINT, 2.9, 4.5),
    ("support", 3.8, 4.1),
    ("renewal", 4.0, 4.1),
];
/// The competitor that is named most, in more than half of the cases.
pub const TOP_RIVAL: &str = "Kaffwerk";
/// An agent who answers from a template needs this share of the time (the median of the replies) of one who writes.
pub const TEMPLATE_REPLY_SHARE: f64 = 0.5;
/// The share of decided opportunities that are won, in the long run, among those that began in the first stage.
pub const WIN_SHARE: f64 = 0.32;

/// All of it in one value, for whoever compares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Truths {
    /// See [`LATE_CHURN_HAZARD_RATIO`].
    pub late_churn_hazard_ratio: f64,
    /// See [`CHURN_PER_DAY`].
    pub churn_per_day: f64,
    /// See [`LATE_LANE`].
    pub late_lane: &'static str,
    /// See [`LATE_LANE_SHARE`].
    pub late_lane_share: f64,
    /// See [`LATE_SHARE`].
    pub late_share: f64,
    /// See [`FASTEST_SEGMENT`].
    pub fastest_segment: &'static str,
    /// See [`WORST_TOUCHPOINT`].
    pub worst_touchpoint: &'static str,
    /// See [`TOP_RIVAL`].
    pub top_rival: &'static str,
    /// See [`TEMPLATE_REPLY_SHARE`].
    pub template_reply_share: f64,
    /// See [`WIN_SHARE`].
    pub win_share: f64,
}

/// What was planted.
pub const PLANTED: Truths = Truths {
    late_churn_hazard_ratio: LATE_CHURN_HAZARD_RATIO,
    churn_per_day: CHURN_PER_DAY,
    late_lane: LATE_LANE,
    late_lane_share: LATE_LANE_SHARE,
    late_share: LATE_SHARE,
    fastest_segment: FASTEST_SEGMENT,
    worst_touchpoint: WORST_TOUCHPOINT,
    top_rival: TOP_RIVAL,
    template_reply_share: TEMPLATE_REPLY_SHARE,
    win_share: WIN_SHARE,
};
