//! Queries of users, their data, and audit entries.

use std::sync::Arc;

use domain::{AuditEntry, AuditEntryId, Money, NamePrefix, PaymentId, QueueToken, Refusal, ReservationId, User, UserId};
use time::OffsetDateTime;

use crate::page::{Page, PageRequest};
use crate::ports::{AdminQueries, AuditEntryFilter, Reservations, Users, Wallets};
use crate::{DetailsReader, Error, PaymentDetails, ReservationDetails, WalletEntryDetails};

/// Reads users, their data, and audit entries.
#[derive(Clone)]
pub struct FindUsers {
    admin: Arc<dyn AdminQueries>,
    users: Arc<dyn Users>,
    wallets: Arc<dyn Wallets>,
    reservations: Arc<dyn Reservations>,
    details: DetailsReader,
}

impl FindUsers {
    /// Creates the use case over the ports that read users and their data, and the reader of what belongs to it.
    pub fn new(
        admin: Arc<dyn AdminQueries>,
        users: Arc<dyn Users>,
        wallets: Arc<dyn Wallets>,
        reservations: Arc<dyn Reservations>,
        details: DetailsReader,
    ) -> Self {
        Self { admin, users, wallets, reservations, details }
    }

    /// Returns the instant from which states and countdowns are calculated.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.details.now()
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
        let reservations = self.details.of_reservations(self.reservations.reservations(user, page.one_more()).await?).await?;
        Ok(page.cut(reservations, |details| details.reservation.id()))
    }

    /// Returns the user's payments, the newest first.
    pub async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Page<PaymentDetails, PaymentId>, Error> {
        self.known(user).await?;
        let payments = self.details.of_payments(self.reservations.payments(user, page.one_more()).await?).await?;
        Ok(page.cut(payments, |details| details.payment.id()))
    }

    /// Returns the entries of the user's wallet, the newest first.
    pub async fn entries(&self, user: UserId, page: PageRequest<u64>) -> Result<Page<WalletEntryDetails, u64>, Error> {
        self.known(user).await?;
        let entries = self.details.of_entries(self.wallets.entries(user, page.one_more()).await?).await?;
        Ok(page.cut(entries, |details| details.entry.sequence()))
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
