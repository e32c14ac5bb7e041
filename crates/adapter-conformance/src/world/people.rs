//! Test users, and their actions.

use domain::decide::admission::Pass;
use domain::decide::join::Joined;
use domain::{
    ConcertId, Money, Outcome, Payment, PaymentId, Queue, QueueToken, Reservation, ReservationId, ScheduleId, Ticket, TokenId, UserId,
    WalletEntry,
};
use uuid::Uuid;

use super::World;

pub(crate) const ADA: UserId = guest(1);
pub(crate) const BEN: UserId = guest(2);
pub(crate) const CYD: UserId = guest(3);
pub(crate) const DAN: UserId = guest(4);

/// Returns the user with this number.
pub(crate) const fn guest(number: u128) -> UserId {
    UserId(Uuid::from_u128(1 << 96 | number))
}

impl World {
    /// Adds `user` to the default queue, and returns their live token, new or old.
    pub(crate) async fn joined(&self, user: UserId) -> TokenId {
        self.join(user, None).await.id()
    }

    /// Adds `user` to the queue of `concert`, or to the default queue.
    pub(crate) async fn join(&self, user: UserId, concert: Option<ConcertId>) -> QueueToken {
        let answer = self.run(&self.a_join(user, concert)).await.unwrap();
        match answer.outcome {
            Joined::New(new) => new.numbered(answer.number.expect("a new token has a number")),
            Joined::Live(token) => token,
        }
    }

    /// Admits `user` from the default queue.
    pub(crate) async fn admitted(&self, user: UserId) -> Pass {
        let token = self.joined(user).await;
        self.tick(Queue::DEFAULT).await;
        Pass { user, token: Some(token) }
    }

    /// Admits `user` from the queue of `concert`.
    pub(crate) async fn admitted_to(&self, user: UserId, concert: ConcertId) -> Pass {
        let token = self.join(user, Some(concert)).await;
        self.tick(token.queue()).await;
        Pass { user, token: Some(token.id()) }
    }

    /// Claims the token of `pass`, as its first guarded request does.
    pub(crate) async fn claimed(&self, pass: Pass) -> QueueToken {
        self.run(&self.a_claim(pass, None)).await.unwrap().outcome
    }

    /// Holds seats of `schedule` with `pass`.
    pub(crate) async fn held(&self, pass: Pass, schedule: ScheduleId, seats: &[u32]) -> Reservation {
        reservation_in(self.run(&self.a_hold(pass, schedule, seats)).await.unwrap().outcome)
    }

    /// Releases a hold of `user`.
    pub(crate) async fn released(&self, user: UserId, reservation: ReservationId) {
        self.run(&self.a_release(user, reservation)).await.unwrap();
    }

    /// Charges `amount` to `user`'s wallet.
    pub(crate) async fn charged(&self, user: UserId, amount: i64) -> WalletEntry {
        entry_in(self.run(&self.a_charge(user, amount)).await.unwrap().outcome)
    }

    /// Pays for `reservation` with `pass`.
    pub(crate) async fn paid(&self, pass: Pass, reservation: ReservationId) -> Payment {
        payment_in(self.run(&self.a_payment(pass, reservation)).await.unwrap().outcome).0
    }

    /// Refunds `payment` to `user`.
    pub(crate) async fn refunded(&self, user: UserId, payment: PaymentId) -> Payment {
        payment_in(self.run(&self.a_refund(user, payment)).await.unwrap().outcome).0
    }

    /// Checks in the ticket for a seat.
    pub(crate) async fn checked_in(&self, reservation: ReservationId, seat: u32) -> Ticket {
        self.run(&self.a_check_in(reservation, seat)).await.unwrap().outcome
    }

    /// Buys seats of `schedule` for `user`, from the queue to the payment.
    pub(crate) async fn bought(&self, user: UserId, schedule: ScheduleId, seats: &[u32]) -> (Reservation, Payment) {
        let pass = self.admitted(user).await;
        let hold = self.held(pass, schedule, seats).await;
        self.charged(user, hold.amount().minor()).await;
        let payment = self.paid(pass, hold.id()).await;
        (hold, payment)
    }

    /// Ends the token of `user`, who leaves.
    pub(crate) async fn left(&self, user: UserId, token: TokenId) {
        self.run(&self.a_leave(user, token)).await.unwrap();
    }
}

pub(crate) fn reservation_in(outcome: Outcome) -> Reservation {
    match outcome {
        Outcome::Held { reservation, .. } => reservation,
        other @ (Outcome::Charged(_) | Outcome::Paid { .. } | Outcome::Registered(_) | Outcome::Admitted { .. }) => {
            panic!("{other:?} is not a hold")
        }
    }
}

pub(crate) fn payment_in(outcome: Outcome) -> (Payment, Money) {
    match outcome {
        Outcome::Paid { payment, balance } => (payment, balance),
        other @ (Outcome::Charged(_) | Outcome::Held { .. } | Outcome::Registered(_) | Outcome::Admitted { .. }) => {
            panic!("{other:?} is not a payment")
        }
    }
}

pub(crate) fn entry_in(outcome: Outcome) -> WalletEntry {
    match outcome {
        Outcome::Charged(entry) => entry,
        other @ (Outcome::Paid { .. } | Outcome::Held { .. } | Outcome::Registered(_) | Outcome::Admitted { .. }) => {
            panic!("{other:?} is not a charge")
        }
    }
}
