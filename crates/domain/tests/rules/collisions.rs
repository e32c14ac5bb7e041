//! Collisions: which changes can be committed in one group.

use domain::change::{Collisions, RowKey};
use domain::{CancelReason, Change, ExpiryReason, Guard, QueueToken, RowWrite, Version, Versioned, Write};

use crate::changes::{a_new_token, one_of_each_kind};
use crate::fixtures::*;

fn writing(row: impl Into<RowWrite>) -> Change {
    Change::default().writing(row)
}

fn relying_on(guard: Guard) -> Change {
    Change::default().relying_on(guard)
}

/// Returns whether both changes can be in one group, independently of their order.
#[track_caller]
fn are_compatible(one: &Change, other: &Change) -> bool {
    let [forward, reversed] = [[one, other], [other, one]].map(|changes| {
        let mut group = Collisions::default();
        let [first, second] = changes.map(|change| group.admit(change));
        assert!(first, "alone in the group: {:?}", changes[0]);
        second
    });
    assert_eq!(forward, reversed, "the order matters: {one:?} and {other:?}");
    forward
}

#[test]
fn only_changes_that_write_the_same_row_collide() {
    for (one, key, _) in one_of_each_kind() {
        for (other, other_key, _) in one_of_each_kind() {
            assert_eq!(are_compatible(&writing(one.clone()), &writing(other)), key != other_key, "{key:?} and {other_key:?}");
        }
    }
    assert!(are_compatible(&writing(Write::insert(a_seat(7).row)), &writing(Write::insert(a_seat(8).row))));
}

/// Returns each guard that relies on a row, with the key of the row.
fn guards_of_rows() -> [(Guard, RowKey); 3] {
    [
        (Guard::Queue(QUEUE, Version(600)), RowKey::Queue(QUEUE)),
        (Guard::Concert(CONCERT, Version(700)), RowKey::Concert(CONCERT)),
        (Guard::Schedule(SCHEDULE, Version(800)), RowKey::Schedule(SCHEDULE)),
    ]
}

#[test]
fn a_change_collides_with_one_that_writes_a_row_it_relies_on() {
    for (guard, relied_on) in guards_of_rows() {
        for (write, key, _) in one_of_each_kind() {
            assert_eq!(are_compatible(&relying_on(guard), &writing(write)), key != relied_on, "{guard:?} and {key:?}");
        }
    }
    let elsewhere = Guard::Queue(OTHER_QUEUE, Version(600));
    assert!(are_compatible(&relying_on(elsewhere), &writing(Write::update(&a_queue(), a_queue().row))));
}

#[test]
fn changes_that_rely_on_the_same_row_or_set_do_not_collide() {
    let of_sets = [Guard::NoLiveHold(CONCERT), Guard::NoLiveToken(QUEUE, CONCERT)];
    for guard in guards_of_rows().map(|(guard, _)| guard).into_iter().chain(of_sets) {
        assert!(are_compatible(&relying_on(guard), &relying_on(guard)), "{guard:?}");
    }
}

#[test]
fn a_change_may_write_a_row_that_it_relies_on() {
    let update = Change { guards: vec![Guard::Queue(QUEUE, Version(600))], ..writing(Write::update(&a_queue(), a_queue().row)) };
    assert!(Collisions::default().admit(&update));
    let hold = Change { guards: vec![Guard::NoLiveHold(CONCERT)], ..writing(Write::insert(hold_until(RESERVATION, &[7], NOW).row)) };
    assert!(Collisions::default().admit(&hold));
}

#[test]
fn a_hold_collides_with_a_change_that_requires_no_hold_of_its_concert() {
    let hold = hold_until(RESERVATION, &[7], in_seconds(60));
    let (none, none_elsewhere) = (relying_on(Guard::NoLiveHold(CONCERT)), relying_on(Guard::NoLiveHold(OTHER_CONCERT)));
    for (name, write, compatible) in [
        ("a new hold", Write::insert(hold.row.clone()), false),
        ("an existing hold", Write::update(&hold, hold.row.clone()), false),
        ("a payment", Write::update(&hold, hold.clone().confirmed_by(PAYMENT).row), true),
        ("the end", Write::update(&hold, hold.clone().cancelled(CancelReason::Released).row), true),
    ] {
        assert_eq!(are_compatible(&writing(write.clone()), &none), compatible, "{name}");
        assert!(are_compatible(&writing(write), &none_elsewhere), "{name}, of another concert");
    }
}

#[test]
fn a_token_collides_with_a_change_that_requires_no_token_of_its_queue_for_its_concert() {
    let waiting = a_token(ADA).with(|token| token.with_place(|place| place.concert = Some(CONCERT)));
    let update = |token: Versioned<QueueToken>| RowWrite::from(Write::update(&token, token.row.clone()));
    let join = |concert| RowWrite::from(Write::insert(a_new_token(QUEUE, ADA, concert)));
    let none = relying_on(Guard::NoLiveToken(QUEUE, CONCERT));
    let none_elsewhere = [Guard::NoLiveToken(OTHER_QUEUE, CONCERT), Guard::NoLiveToken(QUEUE, OTHER_CONCERT)].map(relying_on);
    for (name, write, compatible) in [
        ("a join for the concert", join(Some(CONCERT)), false),
        ("a join for no concert", join(None), true),
        ("a waiting token", update(waiting.clone()), false),
        ("an active token", update(waiting.clone().claimed(NOW, in_seconds(600))), false),
        ("a token for no concert", update(a_token(ADA)), true),
        ("an ended token", update(waiting.ended(ExpiryReason::Left)), true),
    ] {
        assert_eq!(are_compatible(&writing(write.clone()), &none), compatible, "{name}");
        for elsewhere in &none_elsewhere {
            assert!(are_compatible(&writing(write.clone()), elsewhere), "{name}, and {elsewhere:?}");
        }
    }
}

#[test]
fn changes_that_add_to_the_same_set_do_not_collide() {
    let hold = |number: u32| writing(Write::insert(hold_until(reservation(number.into()), &[number], in_seconds(60)).row));
    assert!(are_compatible(&hold(7), &hold(8)));
    let join = |user| writing(Write::insert(a_new_token(QUEUE, user, Some(CONCERT))));
    assert!(are_compatible(&join(ADA), &join(BEN)));
}

#[test]
fn room_in_a_queue_collides_with_nothing() {
    let room = relying_on(Guard::MaxWaiting(QUEUE, 1));
    assert!(are_compatible(&room, &room));
    assert!(are_compatible(&room, &writing(Write::insert(a_new_token(QUEUE, ADA, Some(CONCERT))))));
    for (write, key, _) in one_of_each_kind() {
        assert!(are_compatible(&room, &writing(write)), "{key:?}");
    }
}

#[test]
fn a_rejected_change_leaves_the_group_unchanged() {
    let first = writing(Write::insert(a_seat(7).row));
    // It collides with the first change only by the seat, and does everything that can cause a collision.
    let refused = Change {
        guards: vec![Guard::Schedule(SCHEDULE, Version(800)), Guard::NoLiveHold(OTHER_CONCERT), Guard::NoLiveToken(QUEUE, CONCERT)],
        writes: vec![
            Write::insert(a_seat(7).row).into(),
            Write::insert(a_wallet(ADA, 0).row).into(),
            Write::insert(hold_until(RESERVATION, &[7], in_seconds(60)).row).into(),
        ],
        ..Change::default()
    };
    let of_other_concert = hold_until(reservation(2), &[8], in_seconds(60)).at(OTHER_CONCERT, OTHER_SCHEDULE).row;
    for (name, later) in [
        ("a wallet that it writes", writing(Write::insert(a_wallet(ADA, 0).row))),
        ("a schedule that it relies on", writing(Write::update(&a_schedule(), a_schedule().row))),
        ("the set of holds, to which it adds one", relying_on(Guard::NoLiveHold(CONCERT))),
        ("a set of holds, which it requires to be empty", writing(Write::insert(of_other_concert))),
        ("a set of tokens, which it requires to be empty", writing(Write::insert(a_new_token(QUEUE, ADA, Some(CONCERT))))),
    ] {
        assert!(!are_compatible(&refused, &later), "they should collide by {name}");
        let mut group = Collisions::default();
        assert_eq!([&first, &refused, &later].map(|change| group.admit(change)), [true, false, true], "{name}");
        assert!(!group.admit(&first), "the first change should still be in the group");
    }
}
