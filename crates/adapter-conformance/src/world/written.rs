//! Whether a committed change is there to be read.

use application::PageRequest;
use application::ports::Load;
use domain::{Change, Route, Versioned, Write};

use super::World;

impl World {
    /// Commits `change`; every row of it can then be read as it was written.
    pub(crate) async fn commit_and_read_back(&self, change: &Change) {
        let number = self.commit(change).await.expect("nothing stands in its way").number;
        assert_eq!(number.is_some(), change.join.is_some(), "a join has a number, and nothing else has");
        if let Some((new, number)) = change.join.clone().zip(number) {
            let token = Write::insert(new.numbered(number));
            assert_eq!(self.token(token.row.id).await, written(&token));
        }
        self.read_back(change).await;
    }

    /// Every row of a change that was committed, its join aside, can be read as it was written.
    pub(crate) async fn read_back(&self, change: &Change) {
        for token in &change.tokens {
            assert_eq!(self.token(token.row.id).await, written(token));
        }
        for seat in &change.seats {
            assert_eq!(self.seats(seat.row.schedule, &[seat.row.number.get()]).await, [written(seat)]);
        }
        for reservation in &change.reservations {
            let seen = self.load(Load::Release { reservation: reservation.row.id }).await.reservations;
            assert_eq!(seen, [written(reservation)]);
            let seen = self.ports.bookings.reservation(reservation.row.id).await.unwrap();
            assert_eq!(seen.as_ref(), Some(&reservation.row));
        }
        self.read_back_money(change).await;
        if let Some((queue, version)) = change.admission {
            assert_eq!(self.load(Load::Tick { queue, at_most: 0 }).await.admission, Some(version.next()));
        }
        if let Some(user) = &change.user {
            assert_eq!(self.ports.users.user(user.id).await.unwrap().as_ref(), Some(user));
        }
    }

    async fn read_back_money(&self, change: &Change) {
        if let Some(payment) = &change.payment {
            let key = self.new_key(payment.row.user, Route::Refunds).scope;
            let seen = self.load(Load::Refund { key, payment: payment.row.id }).await.payment;
            assert_eq!(seen, Some(written(payment)));
            assert_eq!(self.ports.bookings.payment(payment.row.id).await.unwrap().as_ref(), Some(&payment.row));
        }
        if let Some(wallet) = &change.wallet {
            let key = self.new_key(wallet.row.user, Route::Charges).scope;
            assert_eq!(self.load(Load::Charge { key, user: wallet.row.user }).await.wallet, Some(written(wallet)));
            assert_eq!(self.ports.wallets.wallet(wallet.row.user).await.unwrap(), Some(wallet.row));
        }
        if let Some(entry) = &change.entry {
            let newest = self.ports.wallets.entries(entry.user, PageRequest { after: None, size: 1 }).await.unwrap();
            assert_eq!(newest, [*entry]);
        }
        if let Some(key) = &change.key {
            assert_eq!(self.load(Load::Key { key: key.row.scope.clone() }).await.key, Some(written(key)));
        }
    }
}

/// The row as it must be read after `write`.
fn written<T: Clone>(write: &Write<T>) -> Versioned<T> {
    Versioned::new(write.version(), write.row.clone())
}
