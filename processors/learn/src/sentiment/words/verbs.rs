//! English verbs.

pub(super) const VERBS: &[(i8, &str)] = &[(30, "love"), (-24, "disappoint")];
