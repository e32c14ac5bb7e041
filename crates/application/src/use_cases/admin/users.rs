//! Queries of users, their data, and audit entries.

use std::sync::Arc;

use domain::{
    AuditEntry, AuditEntryId, Money, NamePrefix, Payment, PaymentId, QueueToken, Refusal, ReservationId, User, UserId, WalletEntry,
};
use time::OffsetDateTime;

use crate::page::{Page, PageRequest};
use crate::ports::{AdminQueries, AuditEntryFilter, Catalogue, Clock, Reservations, Users, Wallets};
use crate::{Error, ReservationDetails};

/// Reads users, their data, and audit entries.
#[derive(Clone)]
pub struct FindUsers {
    admin: Arc<dyn AdminQueries>,
    users: Arc<dyn Users>,
    wallets: Arc<dyn Wallets>,
    reservations: Arc<dyn Reservations>,
    catalogue: Arc<dyn Catalogue>,
    clock: Arc<dyn Clock>,
}

impl FindUsers {
    /// Creates the use case over the ports that read users and their data.
    pub fn new(
        admin: Arc<dyn AdminQueries>,
        users: Arc<dyn Users>,
        wallets: Arc<dyn Wallets>,
        reservations: Arc<dyn Reservations>,
        catalogue: Arc<dyn Catalogue>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { admin, users, wallets, reservations, catalogue, clock }
    }

    /// Returns the instant from which states and countdowns are calculated.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Returns the users whose name, or a word in it, starts with `name`; without `name`, all users.
    pub async fn users(&self, name: Option<NamePrefix>, page: PageRequest<UserId>) -> Result<Page<User, UserId>, Error> {
        Ok(page.cut(self.admin.users(name, page.one_more()).await?, |user| user.id))
    }

    /// Returns the user and their balance.
    pub async fn user(&self, id: UserId) -> Result<(User, Money), Error> {
        let user = self.known(id).await?;
        let balance = self.wallets.wallet(id).await?.map_or(Money::ZERO, |wallet| wallet.balance());
        Ok((user, balance))
    }

    /// Returns the user's tokens, the latest join first, up to `at_most`: live ones, and those under which the user made a reservation.
    pub async fn tokens(&self, user: UserId, at_most: u32) -> Result<Vec<QueueToken>, Error> {
        self.known(user).await?;
        Ok(self.admin.tokens_of(user, at_most).await?)
    }

    /// Returns the user's reservations, the newest first.
    pub async fn reservations(
        &self,
        user: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationDetails, ReservationId>, Error> {
        self.known(user).await?;
        let reservations = ReservationDetails::of(&*self.catalogue, self.reservations.reservations(user, page.one_more()).await?).await?;
        Ok(page.cut(reservations, |details| details.reservation.id()))
    }

    /// Returns the user's payments, the newest first.
    pub async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Page<Payment, PaymentId>, Error> {
        self.known(user).await?;
        Ok(page.cut(self.reservations.payments(user, page.one_more()).await?, Payment::id))
    }

    /// Returns the entries of the user's wallet, the newest first.
    pub async fn entries(&self, user: UserId, page: PageRequest<u64>) -> Result<Page<WalletEntry, u64>, Error> {
        self.known(user).await?;
        Ok(page.cut(self.wallets.entries(user, page.one_more()).await?, WalletEntry::sequence))
    }

    /// Returns audit entries, the newest first.
    pub async fn audit_entries(
        &self,
        wanted: AuditEntryFilter,
        page: PageRequest<AuditEntryId>,
    ) -> Result<Page<AuditEntry, AuditEntryId>, Error> {
        Ok(page.cut(self.admin.audit_entries(wanted, page.one_more()).await?, |audit_entry| audit_entry.id))
    }

    async fn known(&self, id: UserId) -> Result<User, Error> {
        Ok(self.users.user(id).await?.ok_or(Refusal::NotFound)?)
    }
}
