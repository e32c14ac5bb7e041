//! Whether a committed change is there to be read.

use application::PageRequest;
use application::ports::Load;
use domain::change::Admission;
use domain::{Change, KeyRecord, NewToken, Payment, QueueToken, Reservation, Route, Seat, User, Wallet, WalletEntry, Write};

use super::World;

impl World {
    /// Commits `change`; every row of it can then be read as it was written.
    pub(crate) async fn commit_and_read_back(&self, change: &Change) {
        let number = self.commit(change).await.expect("nothing stands in its way").number;
        assert_eq!(number.is_some(), change.row::<NewToken>().is_some(), "a join has a number, and nothing else has");
        if let Some((new, number)) = change.row::<NewToken>().zip(number) {
            let token = Write::insert(new.row.clone().numbered(number));
            assert_eq!(self.token(token.row.id).await, token.versioned());
        }
        self.read_back(change).await;
    }

    /// Every row of a change that was committed, its join aside, can be read as it was written.
    pub(crate) async fn read_back(&self, change: &Change) {
        for token in change.rows::<QueueToken>() {
            assert_eq!(self.token(token.row.id).await, token.versioned());
        }
        for seat in change.rows::<Seat>() {
            assert_eq!(self.seats(seat.row.schedule, &[seat.row.number.get()]).await, [seat.versioned()]);
        }
        for reservation in change.rows::<Reservation>() {
            let seen = self.load(Load::Release { reservation: reservation.row.id }).await.reservations;
            assert_eq!(seen, [reservation.versioned()]);
            let seen = self.ports.bookings.reservation(reservation.row.id).await.unwrap();
            assert_eq!(seen.as_ref(), Some(&reservation.row));
        }
        self.read_back_money(change).await;
        for admission in change.rows::<Admission>() {
            assert_eq!(self.load(Load::Tick { queue: admission.row.0, at_most: 0 }).await.admission, Some(admission.version()));
        }
        for user in change.rows::<User>() {
            assert_eq!(self.ports.users.user(user.row.id).await.unwrap().as_ref(), Some(&user.row));
        }
    }

    async fn read_back_money(&self, change: &Change) {
        for payment in change.rows::<Payment>() {
            let key = self.new_key(payment.row.user, Route::Refunds).scope;
            let seen = self.load(Load::Refund { key, payment: payment.row.id }).await.payment;
            assert_eq!(seen, Some(payment.versioned()));
            assert_eq!(self.ports.bookings.payment(payment.row.id).await.unwrap().as_ref(), Some(&payment.row));
        }
        for wallet in change.rows::<Wallet>() {
            let key = self.new_key(wallet.row.user(), Route::Charges).scope;
            assert_eq!(self.load(Load::Charge { key, user: wallet.row.user() }).await.wallet, Some(wallet.versioned()));
            assert_eq!(self.ports.wallets.wallet(wallet.row.user()).await.unwrap(), Some(wallet.row));
        }
        for entry in change.rows::<WalletEntry>() {
            let newest = self.ports.wallets.entries(entry.row.user, PageRequest { after: None, size: 1 }).await.unwrap();
            assert_eq!(newest, [entry.row]);
        }
        for key in change.rows::<KeyRecord>() {
            assert_eq!(self.load(Load::Key { key: key.row.scope.clone() }).await.key, Some(key.versioned()));
        }
    }
}
