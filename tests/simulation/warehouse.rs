//! A warehouse on paper: what the stock of a product is and who may have of it, without the engine.

use nexusflow_model::{Envelope, Event, Id, Label, Timestamp};
use std::collections::BTreeMap;

/// (when it was said, a tie-break, how many).
type Said = (Timestamp, u64, i64);

#[derive(Default)]
pub(crate) struct Warehouse {
    counted: BTreeMap<(Id, Label), Said>,
    reserved: BTreeMap<(Id, Id), Said>,
}

impl Warehouse {
    /// Hears of an event that is new; says whether what was asked for is granted, where something was.
    ///
    /// # Errors
    /// Where more is set aside than there is by a decision.
    pub(crate) fn hear(&mut self, tie: u64, event: &Envelope) -> Result<Option<bool>, String> {
        let (sku, at) = (event.subject.clone(), event.occurred_at);
        match &event.event {
            Event::InventoryLevelSet(it) => {
                later(self.counted.entry((sku, it.site.clone())).or_insert((at, tie, 0)), (at, tie, it.on_hand.get()));
            }
            Event::InventoryReleased(it) => {
                later(self.reserved.entry((sku, it.reservation.clone())).or_insert((at, tie, 0)), (at, tie, 0));
            }
            Event::InventoryRequested(it) => {
                let before = self.reserved.get(&(sku.clone(), it.reservation.clone())).copied();
                let accepted = before.is_none_or(|(_, _, n)| n == 0) && it.quantity.get() <= self.left(&sku);
                if accepted {
                    let at = before.map_or(at, |(before, ..)| at.max(before.plus_ms(1)));
                    self.reserved.insert((sku.clone(), it.reservation.clone()), (at, tie, it.quantity.get()));
                    let left = self.left(&sku);
                    if left < 0 {
                        return Err(format!("{sku} is promised {} times too often", -left));
                    }
                }
                return Ok(Some(accepted));
            }
            _ => {}
        }
        Ok(None)
    }

    fn left(&self, sku: &Id) -> i64 {
        let counted = self.counted.iter().filter(|((of, _), _)| of == sku).map(|(_, (_, _, n))| n).sum::<i64>();
        let reserved = self.reserved.iter().filter(|((of, _), _)| of == sku).map(|(_, (_, _, n))| n).sum::<i64>();
        counted - reserved
    }
}

fn later(known: &mut Said, said: Said) {
    if (said.0, said.1) >= (known.0, known.1) {
        *known = said;
    }
}
