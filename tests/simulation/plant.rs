//! Bugs that are planted, so that it is seen whether the simulation would notice.

/// A planted bug. None of them needs a switch in what ships: each is a deviation of the simulation's own owner, which stands where
/// the runtime stands, or a domain of the simulation's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Plant {
    Nothing,
    /// The cursor is not looked at: the first record after a recovery is one that the checkpoint has in it already. The engine
    /// refuses a sequence that does not follow, so the owner gives that record the number that does, and those after it too.
    CursorIgnored,
    /// Events are not told apart by (source, id): the owner gives each event an id of its place in the log before it folds it.
    NothingSeen,
    /// A checkpoint is written although what follows from its records has not left: the owner does not ask the outbox.
    CheckpointUnsettled,
    /// What has left before is not dropped: the owner tells its outbox that nothing has.
    OutboxForgets,
    /// The parts of a cut are not kept as they were at its record: the owner puts parts of a later record into it, under the
    /// head of the earlier one.
    LateParts,
    /// What the output log says has left has not left yet: the owner appends the entry first, and derived events after it.
    EffectsFirst,
}
