//! The rows of a change that the event log contains in addition to its events.

use domain::change::RowKey;
use domain::{Change, ExpiryReason, LoggedRow, LoggedToken, NewToken, QueueToken, TokenState, Version, Versioned, Write};

use crate::changes::{a_new_token, one_of_each_kind};
use crate::fixtures::*;

fn logged(change: &Change, number: Option<u64>) -> Vec<LoggedRow> {
    change.logged(number).collect()
}

fn all_kinds() -> Change {
    one_of_each_kind().into_iter().fold(Change::default(), |change, (write, ..)| change.writing(write))
}

/// Returns Ben's new token in the other queue, with the number 12.
fn bens_token() -> LoggedRow {
    let (digest, queue, user) = (OTHER_TOKEN.digest(), OTHER_QUEUE, BEN);
    let token = LoggedToken { digest, queue, user, concert: None, number: 12, joined_at: NOW, state: TokenState::Waiting };
    LoggedRow::Token(Versioned::new(Version(1), token))
}

/// Returns Ada's token at `version`.
fn adas_token(version: i64, state: TokenState) -> LoggedRow {
    let (digest, queue, user) = (TOKEN.digest(), QUEUE, ADA);
    let token = LoggedToken { digest, queue, user, concert: None, number: 1, joined_at: in_seconds(-3600), state };
    LoggedRow::Token(Versioned::new(Version(version), token))
}

/// Returns Ada's token in each of its states.
fn tokens() -> Vec<Versioned<QueueToken>> {
    let ended = |reason, activated_at| TokenState::Expired { reason, activated_at, expired_at: in_seconds(-10) };
    let reasons = [ExpiryReason::Paid, ExpiryReason::TimedOut, ExpiryReason::Unclaimed, ExpiryReason::Left];
    let after_admission = reasons.map(|reason| a_token(ADA).with_state(ended(reason, Some(in_seconds(-60)))));
    let live =
        [a_token(ADA), a_token(ADA).unclaimed(in_seconds(-60), in_seconds(60)), a_token(ADA).claimed(in_seconds(-60), in_seconds(540))];
    let left_while_waiting = a_token(ADA).with_state(ended(ExpiryReason::Left, None));
    live.into_iter().chain(after_admission).chain([left_while_waiting]).collect()
}

#[test]
fn rows_of_read_models_and_numbered_new_tokens_are_logged_as_written() {
    let concert = LoggedRow::Concert(Versioned::new(Version(701), a_concert().row));
    let schedule = LoggedRow::Schedule(Versioned::new(Version(801), a_schedule().row));
    let queue = LoggedRow::Queue(Versioned::new(Version(601), a_queue().row));
    let seat = LoggedRow::Seat(Versioned::new(Version(108), a_seat(7).row));
    assert_eq!(logged(&all_kinds(), Some(12)), [queue, concert, schedule, bens_token(), adas_token(201, TokenState::Waiting), seat]);
}

#[test]
fn new_rows_are_logged_at_the_first_version() {
    let change = Change::default().writing(Write::insert(a_queue().row)).writing(Write::insert(a_seat(8).row));
    let queue = LoggedRow::Queue(Versioned::new(Version(1), a_queue().row));
    let seat = LoggedRow::Seat(Versioned::new(Version(1), a_seat(8).row));
    assert_eq!(logged(&change, None), [queue, seat]);
}

#[test]
fn a_new_token_is_logged_with_its_concert() {
    let change = Change::default().writing(Write::insert(a_new_token(QUEUE, ADA, Some(CONCERT))));
    let [LoggedRow::Token(place)] = &logged(&change, Some(3))[..] else { panic!("expected one token") };
    assert_eq!((place.digest, place.queue, place.user, place.concert), (OTHER_TOKEN.digest(), QUEUE, ADA, Some(CONCERT)));
}

#[test]
fn a_new_token_without_a_number_is_not_logged_but_other_rows_are() {
    let without: Vec<_> = logged(&all_kinds(), Some(12)).into_iter().filter(|row| *row != bens_token()).collect();
    assert_eq!(logged(&all_kinds(), None), without);
    assert_eq!(without.len(), 5);
}

#[test]
fn rows_that_no_read_model_uses_are_not_logged() {
    for (write, key, _) in one_of_each_kind() {
        let is_of_the_catalogue = matches!(key, RowKey::Queue(_) | RowKey::Concert(_) | RowKey::Schedule(_));
        let is_read = is_of_the_catalogue || matches!(key, RowKey::LiveToken(..) | RowKey::Token(_) | RowKey::Seat(..));
        assert_eq!(logged(&Change::default().writing(write), Some(12)).len(), usize::from(is_read), "{key:?}");
    }
    assert_eq!(logged(&Change::default(), Some(12)), []);
}

#[test]
fn the_log_contains_no_token_ids() {
    let log = format!("{:?}", logged(&all_kinds(), Some(12)));
    for id in [TOKEN, OTHER_TOKEN] {
        assert!(log.contains(&id.digest().to_string()) && !log.contains(&id.0.to_string()), "{log}");
    }
}

#[test]
fn a_token_is_logged_in_its_new_state() {
    for token in tokens() {
        let change = Change::default().writing(Write::update(&a_token(ADA), token.row.clone()));
        assert_eq!(logged(&change, None), [adas_token(201, token.state())]);
    }
}

#[test]
fn a_logged_token_and_its_id_yield_the_token() {
    for token in tokens() {
        for concert in [None, Some(CONCERT)] {
            let token = QueueToken::restore(NewToken { concert, ..token.place() }, 12, token.state());
            assert_eq!(LoggedToken::from(&token).with_id(TOKEN), token);
        }
    }
}
