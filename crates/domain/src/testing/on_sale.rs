//! The rows that most decisions need.

use super::{NOW, QUEUE, a_concert, a_queue, a_schedule};
use crate::admission::Admission;
use crate::need::QueueCounts;
use crate::{Rows, Version, Versioned};

/// Returns the rows of a store during a sale, at [`NOW`]: [`a_queue`] without tokens, [`a_concert`] and [`a_schedule`]. A test adds tokens,
/// seats, reservations and wallets.
#[must_use]
pub fn on_sale() -> Rows {
    let mut rows = Rows::at(NOW).with(a_queue()).with(a_concert()).with(a_schedule());
    let admission = Versioned::new(Version(650), Admission::new(QUEUE));
    rows.add_queue_counts(QUEUE, QueueCounts { admission, waiting: 0, active: Some(0) });
    rows
}
