//! Reservations and payments, to be read.

use std::collections::BTreeMap;
use std::ops::Bound;

use application::PageRequest;
use application::ports::{Bookings, ReadError};
use async_trait::async_trait;
use domain::{Payment, PaymentId, Reservation, ReservationId, UserId};

use crate::MemoryStore;
use crate::load::limit;

#[async_trait]
impl Bookings for MemoryStore {
    async fn reservation(&self, id: ReservationId) -> Result<Option<Reservation>, ReadError> {
        Ok(self.state().reservations.get(&id).map(|reservation| reservation.row.clone()))
    }

    async fn reservations(&self, user: UserId, page: PageRequest<ReservationId>) -> Result<Vec<Reservation>, ReadError> {
        let state = self.state();
        let own = newest_first(&state.reservations, page.after).filter(|reservation| reservation.user == user);
        Ok(own.take(limit(page.size)).map(|reservation| reservation.row.clone()).collect())
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError> {
        Ok(self.state().payments.get(&id).map(|payment| payment.row.clone()))
    }

    async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Vec<Payment>, ReadError> {
        let state = self.state();
        let own = newest_first(&state.payments, page.after).filter(|payment| payment.user == user);
        Ok(own.take(limit(page.size)).map(|payment| payment.row.clone()).collect())
    }
}

/// The rows from the highest id down, those below the cursor.
fn newest_first<K: Ord, T>(rows: &BTreeMap<K, T>, below: Option<K>) -> impl Iterator<Item = &T> {
    rows.range((Bound::Unbounded, below.map_or(Bound::Unbounded, Bound::Excluded))).rev().map(|(_, row)| row)
}
