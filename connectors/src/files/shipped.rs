//! The mappings that come with NexusFlow, for data sets that anyone can download.

use super::error::MappingError;
use super::mapping::Mapping;

/// Name and text of each.
const SHIPPED: [(&str, &str); 6] = [
    ("olist", include_str!("../../../config/mappings/olist.toml")),
    ("olist_funnel", include_str!("../../../config/mappings/olist_funnel.toml")),
    ("crm_sales", include_str!("../../../config/mappings/crm_sales.toml")),
    ("bpi2012", include_str!("../../../config/mappings/bpi2012.toml")),
    ("incident_log", include_str!("../../../config/mappings/incident_log.toml")),
    ("online_retail", include_str!("../../../config/mappings/online_retail.toml")),
];

/// Those of the pages that say how a system is connected; no data set is for them.
const EXAMPLES: [(&str, &str); 2] = [
    ("example_folder", include_str!("../../../config/mappings/connect/folder.toml")),
    ("example_postgresql", include_str!("../../../config/mappings/connect/postgresql.toml")),
];

impl Mapping {
    /// The shipped mapping of that name.
    ///
    /// # Errors
    /// Where there is none, with the names of those that are there.
    pub fn shipped(name: &str) -> Result<Self, MappingError> {
        let found = SHIPPED.iter().chain(&EXAMPLES).find(|(known, _)| *known == name);
        let (_, text) = found.ok_or_else(|| MappingError {
            mapping: name.to_owned(),
            line: 0,
            key: String::new(),
            reason: format!("no mapping of that name comes with NexusFlow; there are: {}", names().join(", ")),
        })?;
        Self::parse_as(name, &format!("{name}.toml"), text)
    }

    /// The names of the shipped mappings.
    pub fn shipped_names() -> impl Iterator<Item = &'static str> {
        SHIPPED.iter().map(|(name, _)| *name)
    }
}

fn names() -> Vec<&'static str> {
    Mapping::shipped_names().collect()
}
