//! Rows as the reading ports return them.

use domain::idempotency::IdempotentRequest;
use domain::{
    Concert, ConcertId, IdempotencyRecord, Outcome, Payment, PaymentId, Queue, QueueId, QueueToken, Reservation, ReservationId, Schedule,
    ScheduleId, Seat, TokenId, UserId, Version, Versioned, Wallet,
};
use time::OffsetDateTime;

use super::{World, seat_number};

impl World {
    pub(crate) async fn queue(&self, id: QueueId) -> Option<Versioned<Queue>> {
        self.ports.catalogue.queue(id).await.unwrap()
    }

    pub(crate) async fn concert(&self, id: ConcertId) -> Option<Versioned<Concert>> {
        self.ports.catalogue.concert(id).await.unwrap()
    }

    pub(crate) async fn schedule(&self, id: ScheduleId) -> Option<Versioned<Schedule>> {
        self.ports.catalogue.schedule(id).await.unwrap()
    }

    /// Returns these schedules.
    pub(crate) async fn schedules(&self, ids: &[ScheduleId]) -> Vec<Versioned<Schedule>> {
        let mut schedules = Vec::new();
        for id in ids {
            schedules.push(self.schedule(*id).await.expect("a schedule"));
        }
        schedules
    }

    /// Returns the seats of `schedule` with these numbers.
    pub(crate) async fn seats(&self, schedule: ScheduleId, numbers: &[u32]) -> Vec<Versioned<Seat>> {
        let all = self.ports.catalogue.seats(schedule).await.unwrap();
        let find = |number: &u32| all.iter().find(|seat| seat.number() == seat_number(*number)).cloned();
        numbers.iter().map(|number| find(number).expect("a seat of the hall")).collect()
    }

    pub(crate) async fn token(&self, id: TokenId) -> Versioned<QueueToken> {
        self.ports.tokens.tokens(&[id]).await.unwrap().pop().expect("a token")
    }

    /// Returns the reservation, which was written `writes` times.
    pub(crate) async fn reservation(&self, id: ReservationId, writes: i64) -> Versioned<Reservation> {
        Versioned::new(Version(writes), self.ports.reservations.reservation(id).await.unwrap().expect("a reservation"))
    }

    /// Returns the payment, which was written `writes` times.
    pub(crate) async fn payment(&self, id: PaymentId, writes: i64) -> Versioned<Payment> {
        Versioned::new(Version(writes), self.ports.reservations.payment(id).await.unwrap().expect("a payment"))
    }

    /// Returns the wallet, which was written `writes` times.
    pub(crate) async fn wallet(&self, user: UserId, writes: i64) -> Versioned<Wallet> {
        Versioned::new(Version(writes), self.ports.wallets.wallet(user).await.unwrap().expect("a wallet"))
    }

    /// Returns the balance of `user`'s wallet, in minor units.
    pub(crate) async fn balance(&self, user: UserId) -> i64 {
        self.wallet(user, 0).await.balance().minor()
    }

    /// Returns the record of a request's first response, sent at `at`.
    pub(crate) fn record(&self, idempotency: &IdempotentRequest, outcome: Outcome, at: OffsetDateTime) -> Versioned<IdempotencyRecord> {
        let IdempotentRequest { scope, fingerprint } = idempotency.clone();
        let row = IdempotencyRecord { scope, fingerprint, outcome, recorded_at: at, expires_at: at + self.rules.key_retention };
        Versioned::new(Version::FIRST, row)
    }
}
