//! NATS subjects and stream names. None carries anything of a customer.

/// The stream that holds a partition's log.
pub fn log_stream(prefix: &str, partition: u32) -> String {
    format!("{}_LOG_{partition:03}", prefix.to_uppercase())
}

/// The one subject of a partition's log.
pub fn log_subject(prefix: &str, partition: u32) -> String {
    format!("{prefix}.log.{partition}")
}

/// Where the owner of a partition publishes what changed in its contribution to the views.
pub fn contribution(prefix: &str, partition: u32) -> String {
    format!("{prefix}.contribution.{partition}")
}

/// All contributions.
pub fn contributions(prefix: &str) -> String {
    format!("{prefix}.contribution.*")
}

/// Where the owner of a partition answers questions about it.
pub fn query(prefix: &str, partition: u32) -> String {
    format!("{prefix}.query.{partition}")
}

/// The stream that holds what followed from events: alerts, tasks.
pub fn effect_stream(prefix: &str) -> String {
    format!("{}_EFFECTS", prefix.to_uppercase())
}

/// The effects of one partition.
pub fn effect(prefix: &str, partition: u32) -> String {
    format!("{prefix}.effect.{partition}")
}

/// The effects of all partitions.
pub fn effects(prefix: &str) -> String {
    format!("{prefix}.effect.*")
}

/// The stream that keeps what could not be understood.
pub fn dead_letter_stream(prefix: &str) -> String {
    format!("{}_DEAD", prefix.to_uppercase())
}

/// The subject of dead letters.
pub fn dead_letters(prefix: &str) -> String {
    format!("{prefix}.dead")
}

/// The key-value bucket that says how the log was laid out when it was created.
pub fn layout_bucket(prefix: &str) -> String {
    format!("{prefix}-layout")
}

/// The key-value bucket that says which worker owns which partition.
pub fn owners_bucket(prefix: &str) -> String {
    format!("{prefix}-owners")
}

/// The key-value bucket in which workers say that they live.
pub fn workers_bucket(prefix: &str) -> String {
    format!("{prefix}-workers")
}

/// Where a worker answers that it is there.
pub fn worker(prefix: &str, id: &str) -> String {
    format!("{prefix}.worker.{id}")
}

/// The stream in which messages to people outside the consoles wait until they are delivered.
pub fn delivery_stream(prefix: &str) -> String {
    format!("{}_DELIVERIES", prefix.to_uppercase())
}

/// What waits for one target.
pub fn delivery(prefix: &str, target: &str) -> String {
    format!("{prefix}.delivery.{target}")
}

/// What waits for any target.
pub fn deliveries(prefix: &str) -> String {
    format!("{prefix}.delivery.*")
}

/// The stream that says what became of deliveries.
pub fn delivered_stream(prefix: &str) -> String {
    format!("{}_DELIVERED", prefix.to_uppercase())
}

/// What became of deliveries to one target.
pub fn delivered(prefix: &str, target: &str) -> String {
    format!("{prefix}.delivered.{target}")
}

/// What became of deliveries to any target.
pub fn all_delivered(prefix: &str) -> String {
    format!("{prefix}.delivered.*")
}

/// Where the notifier says how its targets stand, when something changes and every few seconds.
pub fn targets(prefix: &str) -> String {
    format!("{prefix}.targets")
}

/// Where the notifier answers how its targets stand.
pub fn targets_query(prefix: &str) -> String {
    format!("{prefix}.targets.query")
}

/// Where gateways say which alerts a console has shown to a person.
pub fn receipts(prefix: &str) -> String {
    format!("{prefix}.receipt")
}

/// The key-value bucket in which those that there is one of at a time say that they lead.
pub fn leaders_bucket(prefix: &str) -> String {
    format!("{prefix}-leaders")
}

/// The key-value bucket that says how far each source was read.
pub fn places_bucket(prefix: &str) -> String {
    format!("{prefix}-places")
}

/// The key-value bucket in which the notifier keeps what it has yet to tell.
pub fn notifier_bucket(prefix: &str) -> String {
    format!("{prefix}-notifier")
}

/// The key-value bucket that has the configuration that was applied last.
pub fn applied_bucket(prefix: &str) -> String {
    format!("{prefix}-applied")
}

/// The key-value bucket that says what became of dead letters.
pub fn dead_letter_marks_bucket(prefix: &str) -> String {
    format!("{prefix}-dead")
}

/// The key-value bucket with the keys of those who publish: hashes, never the keys themselves.
pub fn keys_bucket(prefix: &str) -> String {
    format!("{prefix}-keys")
}
