//! English but for its verbs.

pub(super) const NOUNS: &[(i8, &str)] = &[(-24, "problem")];
pub(super) const ADJECTIVES: &[(i8, &str)] = &[(30, "great amazing"), (-30, "terrible"), (-20, "bad")];
pub(super) const WORDS: &[(i8, &str)] = &[(20, "thanks good fast")];
pub(super) const PHRASES: &[(i8, &str)] = &[(-20, "waste of")];
pub(super) const NEGATIONS: &str = "not";
pub(super) const EMPHASIS: &str = "very";
pub(super) const DAMPERS: &str = "slightly";
pub(super) const BUT: &str = "but";
