//! Hold: an admitted user claims seats.

use std::sync::Arc;

use domain::decide::admission::Pass;
use domain::decide::hold;
use domain::key::Keyed;
use domain::reservation::SeatChoice;
use domain::{Outcome, ReservationId, ScheduleId};

use crate::ports::Ids;
use crate::{Answer, Error, GroupCommit};

/// An admitted user claims seats, all or none.
#[derive(Clone)]
pub struct HoldSeats {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
}

impl HoldSeats {
    /// The use case over the way of commands.
    pub fn new(commits: Arc<GroupCommit>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, ids }
    }

    /// Holds `seats` of `schedule` for the pass's user. The answer is an [`Outcome::Held`].
    pub async fn execute(&self, pass: Pass, keyed: Keyed, schedule: ScheduleId, seats: SeatChoice) -> Result<Answer<Outcome>, Error> {
        self.commits.run(hold::Command { pass, keyed, id: ReservationId(self.ids.ordered()), schedule, seats }).await
    }
}

#[cfg(test)]
mod tests {
    use domain::key::{Fingerprint, Keyed, Operation, RequestKey};
    use domain::token::NewToken;
    use domain::{
        Concert, ConcertId, KeyRecord, KeyScope, Money, Queue, QueueToken, Refusal, RowWrite, Rows, Schedule, Seat, SeatNumber, SeatStatus,
        TokenId, UserId, Version, Versioned, Zone,
    };
    use time::OffsetDateTime;
    use time::macros::datetime;
    use uuid::Uuid;

    use super::*;
    use crate::ports::{Committed, MockStore};
    use crate::testing::{CountingIds, MockedLanes, a_queue};

    const NOW: OffsetDateTime = datetime!(2026-11-21 20:00 UTC);
    const ADA: UserId = UserId(Uuid::from_u128(1));
    const TOKEN: TokenId = TokenId(Uuid::from_u128(2));
    const CONCERT: ConcertId = ConcertId(Uuid::from_u128(3));
    const DATE: ScheduleId = ScheduleId(Uuid::from_u128(4));

    fn date() -> Schedule {
        let (starts_at, sale) = (NOW + time::Duration::WEEK, NOW - time::Duration::DAY..NOW + time::Duration::DAY);
        Schedule::new(DATE, CONCERT, starts_at, Zone::new("Asia/Seoul").unwrap(), sale)
    }

    /// What is in the store: Ada, admitted a moment ago, and `seat`.
    fn the_rows(seat: Seat) -> Rows {
        let token = NewToken { id: TOKEN, queue: Queue::DEFAULT, user: ADA, concert: None, joined_at: NOW }.numbered(1);
        let concert = Concert::new(CONCERT, "Club Night".into(), "Ring".into(), Queue::DEFAULT);
        Rows::at(NOW)
            .with(a_queue())
            .with(Versioned::new(Version(2), token.admit(time::Duration::MINUTE, NOW).unwrap()))
            .with(Versioned::new(Version::FIRST, concert))
            .with(Versioned::new(Version::FIRST, date()))
            .with(Versioned::new(Version(7), seat))
    }

    fn seat(number: u32) -> Seat {
        Seat::new(DATE, SeatNumber::new(number).unwrap(), format!("Seat {number}"), Money::new(60_000).unwrap())
    }

    async fn hold(store: MockStore, number: u32) -> Result<Answer<Outcome>, Error> {
        let scope = KeyScope { user: ADA, operation: Operation::Hold, key: RequestKey::new("k-1").unwrap() };
        let (pass, keyed) = (Pass { user: ADA, token: Some(TOKEN) }, Keyed { scope, fingerprint: Fingerprint([0; 32]) });
        let seats = SeatChoice::new(vec![SeatNumber::new(number).unwrap()]).unwrap();
        let hold =
            |commits| async move { HoldSeats::new(commits, Arc::new(CountingIds::default())).execute(pass, keyed, DATE, seats).await };
        MockedLanes::over(store).run(hold).await
    }

    #[tokio::test]
    async fn a_free_seat_is_held_in_one_commit_with_its_key() {
        let mut store = MockStore::new();
        store.expect_load().times(1).returning(|_| Ok(the_rows(seat(7))));
        store
            .expect_commit()
            .times(1)
            .withf(|changes| {
                let [change] = changes else { return false };
                change.row::<Seat>().is_some_and(|seat| seat.expected == Some(Version(7)))
                    && change.row::<KeyRecord>().is_some()
                    && change.rows::<QueueToken>().count() == 1
            })
            .returning(|_| vec![Ok(Committed::default())]);

        let answer = hold(store, 7).await.unwrap();

        let Outcome::Held { reservation, created: true } = answer.outcome else { panic!("not held: {answer:?}") };
        assert_eq!(reservation.expires_at, NOW + time::Duration::minutes(5));
    }

    #[tokio::test]
    async fn a_seat_that_another_holds_is_refused_and_only_the_claim_is_written() {
        let taken = seat(7).hold(ReservationId(Uuid::from_u128(9)), NOW + time::Duration::MINUTE, date().at(NOW)).unwrap();
        let mut store = MockStore::new();
        store.expect_load().times(1).returning(move |_| Ok(the_rows(taken.clone())));
        store
            .expect_commit()
            .times(1)
            .withf(|changes| matches!(changes[0].writes[..], [RowWrite::Token(_)]))
            .returning(|_| vec![Ok(Committed::default())]);

        let refused = hold(store, 7).await.unwrap_err();

        let conflict = (SeatNumber::new(7).unwrap(), SeatStatus::Held);
        assert!(matches!(refused, Error::Refused(Refusal::SeatsUnavailable(seats)) if seats == [conflict]));
    }
}
