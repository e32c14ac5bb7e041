use std::collections::BTreeMap;

use domain::testing::{Action, IdSequence, ModelStore, any_action, opening};
use proptest::collection::vec;
use proptest::prelude::*;
use time::Duration;

/// Generates two concurrent requests: both are decided on the same rows, and committed some seconds later.
fn any_race() -> impl Strategy<Value = ([Action; 2], i64)> {
    ([any_action(), any_action()], prop_oneof![9 => 0..30_i64, 1 => Just(300)])
}

proptest! {
    #[test]
    fn no_sequence_of_commands_sells_a_seat_twice(races in vec(any_race(), 1..60)) {
        let (mut store, mut ids) = (ModelStore::default(), IdSequence::default());
        for action in opening() {
            action.command(&store, &mut ids).decide(&store).commit(&mut store).unwrap();
        }
        for (actions, seconds) in races {
            let decided = actions.map(|action| action.command(&store, &mut ids).decide(&store));
            store.now += Duration::seconds(seconds);
            for decided in decided {
                // A conflict: the other command was committed first.
                let _ = decided.commit(&mut store);
            }
            let mut owners = BTreeMap::new();
            for reservation in store.live_reservations() {
                for number in reservation.numbers() {
                    let other = owners.insert((reservation.schedule(), number), reservation.id());
                    prop_assert_eq!(other, None, "seat {} is held or sold twice", number);
                }
            }
        }
    }
}
