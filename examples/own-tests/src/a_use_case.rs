use std::sync::Arc;

use application::ports::{CommitError, Committed, MockStore};
use application::testing::{CountingIds, MockedLanes};
use application::use_cases::{HoldSeats, JoinQueue};
use domain::testing::{ADA, NOW, SCHEDULE, a_seat, an_admitted_token, idempotency, on_sale, pass, rules, seats};
use domain::{IdempotencyRecord, Operation, Outcome, Seat};

#[tokio::test]
async fn a_hold_of_a_free_seat_is_one_commit_with_its_idempotency_record() {
    let lanes = MockedLanes::with_rows(on_sale().with(an_admitted_token(ADA)).with(a_seat(7)));
    let hold = async |commits| {
        let hold = HoldSeats::new(commits, Arc::new(CountingIds::default()));
        hold.execute(pass(ADA), idempotency(ADA, Operation::Hold, "k-1"), SCHEDULE, seats(&[7])).await
    };

    let (held, changes) = lanes.run_and_record(hold).await;

    let Outcome::Held { reservation, .. } = held.unwrap().outcome else { panic!("expected a hold") };
    assert_eq!(reservation.expires_at(), NOW + rules().hold);
    assert_eq!(changes.len(), 1);
    assert!(changes[0].row::<Seat>().is_some() && changes[0].row::<IdempotencyRecord>().is_some());
}

#[tokio::test]
async fn a_join_with_a_conflict_is_loaded_and_decided_again() {
    let mut store = MockStore::new();
    store.expect_load().times(2).returning(|_| Ok(on_sale()));
    store.expect_commit().times(1).return_once(|_| vec![Err(CommitError::Conflict)]);
    store.expect_commit().times(1).returning(|_| vec![Ok(Committed { number: Some(1) })]);

    let join = async |commits| JoinQueue::new(commits, Arc::new(CountingIds::default())).execute(ADA, None).await;
    let joined = MockedLanes::over(store).run(join).await;

    assert_eq!(joined.unwrap().token.number(), 1);
}
