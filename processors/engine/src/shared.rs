//! What a partition knows that is of no one subject.

/// A value that is part of the state, and whether a cut has yet to write it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shared<S> {
    value: S,
    pub(crate) is_unwritten: bool,
}

impl<S> Shared<S> {
    /// From what was stored.
    pub(crate) fn stored(value: S) -> Self {
        Self { value, is_unwritten: false }
    }

    pub(crate) fn get(&self) -> &S {
        &self.value
    }

    /// To change it: the next cut writes it.
    pub(crate) fn change(&mut self) -> &mut S {
        self.is_unwritten = true;
        &mut self.value
    }
}
