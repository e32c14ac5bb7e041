//! Collisions: which changes go into one group.

use domain::change::{Collisions, RowKey};
use domain::{CancelReason, Change, ExpiryReason, Guard, QueueToken, RowWrite, Version, Versioned, Write};

use crate::changes::{a_place, one_of_each_kind};
use crate::fixtures::*;

fn writing(row: impl Into<RowWrite>) -> Change {
    Change::default().writing(row)
}

fn relying_on(guard: Guard) -> Change {
    Change::default().relying_on(guard)
}

/// Whether one group has room for both, whichever comes first.
#[track_caller]
fn go_together(one: &Change, other: &Change) -> bool {
    let [together, in_turn] = [[one, other], [other, one]].map(|changes| {
        let mut group = Collisions::default();
        let [first, second] = changes.map(|change| group.admit(change));
        assert!(first, "alone in the group: {:?}", changes[0]);
        second
    });
    assert_eq!(together, in_turn, "it depends on which comes first: {one:?} and {other:?}");
    together
}

#[test]
fn changes_that_write_the_same_row_collide_and_no_others() {
    for (one, key, _) in one_of_each_kind() {
        for (other, other_key, _) in one_of_each_kind() {
            assert_eq!(go_together(&writing(one.clone()), &writing(other)), key != other_key, "{key:?} and {other_key:?}");
        }
    }
    assert!(go_together(&writing(Write::insert(a_seat(7).row)), &writing(Write::insert(a_seat(8).row))));
}

/// The guards that rely on a row, and that row.
fn guards_of_rows() -> [(Guard, RowKey); 3] {
    [
        (Guard::Queue(QUEUE, Version(600)), RowKey::Queue(QUEUE)),
        (Guard::Concert(CONCERT, Version(700)), RowKey::Concert(CONCERT)),
        (Guard::Schedule(SCHEDULE, Version(800)), RowKey::Schedule(SCHEDULE)),
    ]
}

#[test]
fn a_change_collides_with_one_that_writes_what_it_relies_on() {
    for (guard, relied_on) in guards_of_rows() {
        for (write, key, _) in one_of_each_kind() {
            assert_eq!(go_together(&relying_on(guard), &writing(write)), key != relied_on, "{guard:?} and {key:?}");
        }
    }
    let elsewhere = Guard::Queue(OTHER_QUEUE, Version(600));
    assert!(go_together(&relying_on(elsewhere), &writing(Write::update(&a_queue(), a_queue().row))));
}

#[test]
fn changes_that_rely_on_the_same_go_together() {
    let of_sets = [Guard::NoLiveHold(CONCERT), Guard::NoLiveToken(QUEUE, CONCERT)];
    for guard in guards_of_rows().map(|(guard, _)| guard).into_iter().chain(of_sets) {
        assert!(go_together(&relying_on(guard), &relying_on(guard)), "{guard:?}");
    }
}

#[test]
fn a_change_may_write_what_it_relies_on_itself() {
    let update = Change { guards: vec![Guard::Queue(QUEUE, Version(600))], ..writing(Write::update(&a_queue(), a_queue().row)) };
    assert!(Collisions::default().admit(&update));
    let hold = Change { guards: vec![Guard::NoLiveHold(CONCERT)], ..writing(Write::insert(hold_until(RESERVATION, &[7], NOW).row)) };
    assert!(Collisions::default().admit(&hold));
}

#[test]
fn a_hold_collides_with_a_change_that_wants_none_of_its_concert() {
    let hold = hold_until(RESERVATION, &[7], in_seconds(60));
    let (none, none_elsewhere) = (relying_on(Guard::NoLiveHold(CONCERT)), relying_on(Guard::NoLiveHold(OTHER_CONCERT)));
    for (what, write, goes) in [
        ("a new hold", Write::insert(hold.row.clone()), false),
        ("one that is there", Write::update(&hold, hold.row.clone()), false),
        ("a payment", Write::update(&hold, hold.clone().confirmed_by(PAYMENT).row), true),
        ("the end", Write::update(&hold, hold.clone().cancelled(CancelReason::Released).row), true),
    ] {
        assert_eq!(go_together(&writing(write.clone()), &none), goes, "{what}");
        assert!(go_together(&writing(write), &none_elsewhere), "{what}, of another concert");
    }
}

#[test]
fn a_place_collides_with_a_change_that_wants_none_of_its_queue_for_its_concert() {
    let waits = a_token(ADA).with(|token| token.with_place(|place| place.concert = Some(CONCERT)));
    let update = |token: Versioned<QueueToken>| RowWrite::from(Write::update(&token, token.row.clone()));
    let join = |concert| RowWrite::from(Write::insert(a_place(QUEUE, ADA, concert)));
    let none = relying_on(Guard::NoLiveToken(QUEUE, CONCERT));
    let none_elsewhere = [Guard::NoLiveToken(OTHER_QUEUE, CONCERT), Guard::NoLiveToken(QUEUE, OTHER_CONCERT)].map(relying_on);
    for (what, write, goes) in [
        ("a join for the concert", join(Some(CONCERT)), false),
        ("a join for no concert", join(None), true),
        ("a waiting token", update(waits.clone()), false),
        ("an active token", update(waits.clone().claimed(NOW, in_seconds(600))), false),
        ("a token for no concert", update(a_token(ADA)), true),
        ("an ended token", update(waits.ended(ExpiryReason::Left)), true),
    ] {
        assert_eq!(go_together(&writing(write.clone()), &none), goes, "{what}");
        for elsewhere in &none_elsewhere {
            assert!(go_together(&writing(write.clone()), elsewhere), "{what}, and {elsewhere:?}");
        }
    }
}

#[test]
fn changes_that_add_to_the_same_set_go_together() {
    let hold = |number: u32| writing(Write::insert(hold_until(reservation(number.into()), &[number], in_seconds(60)).row));
    assert!(go_together(&hold(7), &hold(8)));
    let join = |user| writing(Write::insert(a_place(QUEUE, user, Some(CONCERT))));
    assert!(go_together(&join(ADA), &join(BEN)));
}

#[test]
fn room_in_a_queue_collides_with_nothing() {
    let room = relying_on(Guard::Room(QUEUE, 1));
    assert!(go_together(&room, &room));
    assert!(go_together(&room, &writing(Write::insert(a_place(QUEUE, ADA, Some(CONCERT))))));
    for (write, key, _) in one_of_each_kind() {
        assert!(go_together(&room, &writing(write)), "{key:?}");
    }
}

#[test]
fn a_change_that_is_not_admitted_leaves_nothing_behind() {
    let first = writing(Write::insert(a_seat(7).row));
    // It collides with the first by the seat alone, and does all that a change may collide by.
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
    for (what, later) in [
        ("the wallet that it writes", writing(Write::insert(a_wallet(ADA, 0).row))),
        ("the date that it relies on", writing(Write::update(&a_schedule(), a_schedule().row))),
        ("holds, to which it adds one", relying_on(Guard::NoLiveHold(CONCERT))),
        ("holds, of which it wants none", writing(Write::insert(of_other_concert))),
        ("places, of which it wants none", writing(Write::insert(a_place(QUEUE, ADA, Some(CONCERT))))),
    ] {
        assert!(!go_together(&refused, &later), "they collide by {what}");
        let mut group = Collisions::default();
        assert_eq!([&first, &refused, &later].map(|change| group.admit(change)), [true, false, true], "{what}");
        assert!(!group.admit(&first), "the first is still in the group");
    }
}
