//! Assertions that a committed change is readable.

use application::PageRequest;
use domain::change::Admission;
use domain::{Change, IdempotencyRecord, NewToken, Payment, QueueToken, Reservation, Seat, User, Wallet, WalletEntry, Write, need};

use super::World;

impl World {
    /// Commits `change`, and asserts that each of its rows can be read as it was written.
    pub(crate) async fn commit_and_read_back(&self, change: &Change) {
        let number = self.commit(change).await.expect("there is no conflicting change").number;
        assert_eq!(number.is_some(), change.row::<NewToken>().is_some(), "a join must have a number, and no other change");
        if let Some((new, number)) = change.row::<NewToken>().zip(number) {
            let token = Write::insert(new.row.clone().numbered(number));
            assert_eq!(self.token(token.row.id()).await, token.versioned());
        }
        self.read_back(change).await;
    }

    /// Asserts that each row of a committed change, except for its join, can be read as it was written.
    pub(crate) async fn read_back(&self, change: &Change) {
        for token in change.rows::<QueueToken>() {
            assert_eq!(self.token(token.row.id()).await, token.versioned());
        }
        for seat in change.rows::<Seat>() {
            assert_eq!(self.seats(seat.row.schedule(), &[seat.row.number().get()]).await, [seat.versioned()]);
        }
        for reservation in change.rows::<Reservation>() {
            let (seen, _) = self.find(need::Reservation(reservation.row.id())).await.expect("a reservation");
            assert_eq!(seen.reservation, reservation.versioned());
            let seen = self.ports.reservations.reservation(reservation.row.id()).await.unwrap();
            assert_eq!(seen.as_ref(), Some(&reservation.row));
        }
        self.read_back_money(change).await;
        for admission in change.rows::<Admission>() {
            let line = self.find(need::QueueHead { queue: admission.row.queue(), at_most: 0 }).await.expect("a queue");
            assert_eq!(line.admission, admission.versioned());
        }
        for user in change.rows::<User>() {
            assert_eq!(self.ports.users.user(user.row.id).await.unwrap().as_ref(), Some(&user.row));
        }
    }

    async fn read_back_money(&self, change: &Change) {
        for payment in change.rows::<Payment>() {
            let seen = self.find(need::Payment(payment.row.id())).await.expect("a payment");
            assert_eq!(seen.payment, payment.versioned());
            assert_eq!(self.ports.reservations.payment(payment.row.id()).await.unwrap().as_ref(), Some(&payment.row));
        }
        for wallet in change.rows::<Wallet>() {
            assert_eq!(self.find(need::Account(wallet.row.user())).await.wallet, Some(wallet.versioned()));
            assert_eq!(self.ports.wallets.wallet(wallet.row.user()).await.unwrap(), Some(wallet.row));
        }
        for entry in change.rows::<WalletEntry>() {
            let newest = self.ports.wallets.entries(entry.row.user(), PageRequest { after: None, size: 1 }).await.unwrap();
            assert_eq!(newest, [entry.row]);
        }
        for key in change.rows::<IdempotencyRecord>() {
            assert_eq!(self.find(need::Key(key.row.scope.clone())).await, Some(key.versioned()));
        }
    }
}
