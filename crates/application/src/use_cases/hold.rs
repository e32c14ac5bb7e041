//! Hold: reserves seats for an active user until the payment.

use std::sync::Arc;

use domain::decide::admission::Pass;
use domain::decide::hold;
use domain::idempotency::IdempotentRequest;
use domain::seat_selection::SeatSelection;
use domain::{Outcome, ReservationId, ScheduleId};

use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// Holds seats for an active user, all or none.
#[derive(Clone)]
pub struct HoldSeats {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl HoldSeats {
    /// Creates the use case over a group commit.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Holds `seats` of `schedule` for the pass's user. The outcome is an [`Outcome::Held`].
    pub async fn execute(
        &self,
        pass: Pass,
        idempotency: IdempotentRequest,
        schedule: ScheduleId,
        seats: SeatSelection,
    ) -> Result<Answer<Outcome>, Error> {
        self.commits.run(hold::Command { pass, idempotency, id: ReservationId(self.ids.ordered()), schedule, seats: seats.into() }).await
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::{
        ADA, BEN, NOW, SCHEDULE, a_hold, a_seat, an_admitted_token, idempotency, on_sale, pass, rules, seat_number, seats, token_of,
    };
    use domain::{Change, IdempotencyRecord, Operation, QueueToken, Refusal, RowWrite, Rows, Seat, SeatStatus, Write};

    use super::*;
    use crate::testing::{CountingIds, MockedLanes};

    /// Holds seat 7 for Ada in a store with `rows`, and returns the result and the committed changes.
    async fn hold(rows: Rows) -> (Result<Answer<Outcome>, Error>, Vec<Change>) {
        let (pass, idempotency) = (pass(ADA), idempotency(ADA, Operation::Hold, "k-1"));
        let hold = async |commits| {
            HoldSeats::new(commits, Arc::new(CountingIds::default())).execute(pass, idempotency, SCHEDULE, seats(&[7])).await
        };
        MockedLanes::with_rows(rows).run_and_record(hold).await
    }

    #[tokio::test]
    async fn an_available_seat_is_held_in_one_commit_with_the_idempotency_record() {
        let (held, changes) = hold(on_sale().with(an_admitted_token(ADA)).with(a_seat(7))).await;

        let Ok(Answer { outcome: Outcome::Held { reservation, created: true }, .. }) = held else {
            panic!("the seat should be held: {held:?}")
        };
        assert_eq!(reservation.expires_at(), NOW + rules().hold);
        let [change] = &changes[..] else { panic!("expected one commit: {changes:?}") };
        assert_eq!(change.row::<Seat>().map(|seat| seat.expected), Some(Some(a_seat(7).version)));
        assert!(change.row::<IdempotencyRecord>().is_some());
        assert_eq!(change.rows::<QueueToken>().count(), 1);
    }

    #[tokio::test]
    async fn a_hold_of_a_held_seat_is_refused_and_only_the_claim_is_written() {
        let bens = a_hold(BEN, &[7]);
        let adas = an_admitted_token(ADA).unclaimed(NOW, NOW + rules().queue.claim);
        let (refused, changes) = hold(on_sale().with(adas).with(a_seat(7).held_under(&bens)).with(bens)).await;

        let conflict = (seat_number(7), SeatStatus::Held);
        assert!(matches!(refused, Err(Error::Refused(Refusal::SeatsUnavailable(seats))) if seats == [conflict]));
        let [change] = &changes[..] else { panic!("expected one commit: {changes:?}") };
        assert!(matches!(&change.writes[..], [RowWrite::Token(Write { row, .. })] if row.id() == token_of(ADA)), "{change:?}");
    }
}
