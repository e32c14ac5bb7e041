//! The queries of reservations, payments, wallets and wallet entries.

use std::collections::BTreeSet;

use application::PageRequest;
use application::ports::{ReadError, Reservations, Wallets};
use async_trait::async_trait;
use domain::{Payment, PaymentId, Reservation, ReservationId, UserId, Wallet, WalletEntry};

use super::page;
use crate::engine::Engine;
use crate::engine::Order::Descending;
use crate::key::{self, Key, Kind};
use crate::store::EmbeddedStore;

#[async_trait]
impl<E: Engine> Reservations for EmbeddedStore<E> {
    async fn reservation(&self, id: ReservationId) -> Result<Option<Reservation>, ReadError> {
        self.read(move |view| Ok(view.reservation(id)?.map(|found| found.row))).await
    }

    async fn reservations_by_id(&self, ids: &[ReservationId]) -> Result<Vec<Reservation>, ReadError> {
        let ids: BTreeSet<_> = ids.iter().copied().collect();
        self.read(move |view| ids.into_iter().filter_map(|id| view.reservation(id).transpose()).map(|found| Ok(found?.row)).collect()).await
    }

    async fn reservations(&self, user: UserId, wanted: PageRequest<ReservationId>) -> Result<Vec<Reservation>, ReadError> {
        let own = Key::of(Kind::ReservationOfUser).id(user.0);
        let below = wanted.after.map_or(own.clone().after_all(), |below| own.clone().id(below.0));
        self.read(move |view| {
            let rows = view.led::<Reservation>(own..below, Descending)?;
            page(rows.map(|found| Ok(found?.row)), wanted.size)
        })
        .await
    }

    async fn payment(&self, id: PaymentId) -> Result<Option<Payment>, ReadError> {
        self.read(move |view| Ok(view.payment(id)?.map(|found| found.row))).await
    }

    async fn payments_by_id(&self, ids: &[PaymentId]) -> Result<Vec<Payment>, ReadError> {
        let ids: BTreeSet<_> = ids.iter().copied().collect();
        self.read(move |view| ids.into_iter().filter_map(|id| view.payment(id).transpose()).map(|found| Ok(found?.row)).collect()).await
    }

    async fn payments(&self, user: UserId, wanted: PageRequest<PaymentId>) -> Result<Vec<Payment>, ReadError> {
        let own = Key::of(Kind::PaymentOfUser).id(user.0);
        let below = wanted.after.map_or(own.clone().after_all(), |below| own.clone().id(below.0));
        self.read(move |view| {
            let rows = view.led::<Payment>(own..below, Descending)?;
            page(rows.map(|found| Ok(found?.row)), wanted.size)
        })
        .await
    }
}

#[async_trait]
impl<E: Engine> Wallets for EmbeddedStore<E> {
    async fn wallet(&self, user: UserId) -> Result<Option<Wallet>, ReadError> {
        self.read(move |view| Ok(view.wallet(user)?.map(|found| found.row))).await
    }

    async fn entries(&self, user: UserId, wanted: PageRequest<u64>) -> Result<Vec<WalletEntry>, ReadError> {
        let below = key::wallet_entry(user, wanted.after.unwrap_or(u64::MAX));
        self.read(move |view| page(view.rows::<WalletEntry>(Key::of(Kind::WalletEntry).id(user.0)..below, Descending)?, wanted.size)).await
    }
}
