//! Events: each change has exactly the events of its rows, and the event log has them once each, in commit order.

use application::ports::{LogPage, LoggedEvent, Position};
use domain::change::RowKey;
use domain::{Event, Fact, NewToken, Payment, QueueToken, Reservation, ReservationState, TokenState, User, WalletEntry, WalletEntryKind};

use super::commit::Commit;
use crate::violation::{Check, ensure};

/// The progress of a reader of the event log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct EventsRead {
    /// Number of events read.
    pub(crate) count: usize,
    /// Position after the last page.
    pub(crate) position: Position,
}

/// Checks that a change has exactly the events of its rows, with the right versions.
pub(super) fn check(commit: &Commit<'_>) -> Check {
    let change = commit.change;
    let holds = change.rows::<Reservation>().filter(|hold| match hold.row.state() {
        ReservationState::Held => hold.expected.is_none(),
        ReservationState::Confirmed { .. } => false,
        ReservationState::Cancelled { .. } => true,
    });
    let tokens = change.rows::<QueueToken>().filter(|token| match token.row.state() {
        TokenState::Waiting => false,
        TokenState::Active { .. } => commit.is_admission(),
        TokenState::Expired { .. } => true,
    });
    let expected = holds.count()
        + tokens.count()
        + change.rows::<NewToken>().count()
        + change.rows::<User>().count()
        + change.rows::<Payment>().count()
        + change.rows::<WalletEntry>().filter(|entry| entry.row.kind() == WalletEntryKind::Charge).count();
    let events = change.events.len();
    ensure(expected == events, "readers", "events are missing or spurious", || {
        format!("{events} events, expected {expected}: {:?}", change.events.iter().map(|event| event.fact.name()).collect::<Vec<_>>())
    })?;
    for event in &change.events {
        let version = subject_version(commit, &event.fact);
        ensure(version == Some(event.version.0), "readers", "an event has the wrong version", || {
            format!("{event:?}, its subject has version {version:?}")
        })?;
    }
    Ok(())
}

/// The version of the subject of `fact` after the change.
fn subject_version(commit: &Commit<'_>, fact: &Fact) -> Option<i64> {
    let is_subject = |key: &RowKey| match (fact, key) {
        (Fact::UserRegistered { user }, RowKey::User(id)) | (Fact::WalletCharged { user, .. }, RowKey::Wallet(id)) => user == id,
        (Fact::QueueJoined { queue, user, .. }, RowKey::LiveToken(of, id)) => queue == of && user == id,
        (Fact::TokenActivated { token, .. } | Fact::TokenExpired { token, .. }, RowKey::Token(id)) => *token == id.digest(),
        (Fact::SeatsHeld { reservation, .. } | Fact::ReservationCancelled { reservation, .. }, RowKey::Reservation(id)) => {
            reservation == id
        }
        (Fact::PaymentCompleted { payment, .. } | Fact::PaymentRefunded { payment, .. }, RowKey::Payment(id)) => payment == id,
        _ => false,
    };
    let expected = commit.change.writes.iter().find(|write| is_subject(&write.key()))?.expected();
    Some(expected.map_or(1, |version| version.0 + 1))
}

/// Checks that a page of the event log has the next committed events, and returns the new progress.
pub(super) fn check_page(events: &[Event], read: EventsRead, page: &LogPage<LoggedEvent>) -> Result<EventsRead, crate::Violation> {
    let EventsRead { mut count, mut position } = read;
    for event in &page.items {
        let expected = events.get(count);
        ensure(expected == Some(&event.event), "readers", "the event log lost, repeated or reordered an event", || {
            format!("at {:?}, event {}: {:?}, expected {expected:?}", event.position, count + 1, event.event)
        })?;
        ensure(position < event.position, "readers", "positions of the event log do not ascend", || format!("{:?}", event.position))?;
        position = event.position;
        count += 1;
    }
    Ok(EventsRead { count, position: page.position })
}
