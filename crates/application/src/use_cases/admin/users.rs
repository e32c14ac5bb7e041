//! Find people: users, what they have, and what operators did.

use std::sync::Arc;

use domain::{
    AuditEntry, AuditEntryId, Money, NamePrefix, Payment, PaymentId, QueueToken, Refusal, ReservationId, User, UserId, WalletEntry,
};
use time::OffsetDateTime;

use crate::page::{Page, PageRequest};
use crate::ports::{AdminQueries, Audit, AuditEntryFilter, Catalogue, Clock, Finding, Reservations, Users, Wallets};
use crate::{Error, ReservationDetails};

/// Finds users, what is theirs, and what operators did.
#[derive(Clone)]
pub struct FindUsers {
    admin: Arc<dyn AdminQueries>,
    users: Arc<dyn Users>,
    wallets: Arc<dyn Wallets>,
    reservations: Arc<dyn Reservations>,
    catalogue: Arc<dyn Catalogue>,
    audit: Arc<dyn Audit>,
    clock: Arc<dyn Clock>,
}

impl FindUsers {
    /// The use case over what is read of people.
    pub fn new(
        admin: Arc<dyn AdminQueries>,
        users: Arc<dyn Users>,
        wallets: Arc<dyn Wallets>,
        reservations: Arc<dyn Reservations>,
        catalogue: Arc<dyn Catalogue>,
        audit: Arc<dyn Audit>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { admin, users, wallets, reservations, catalogue, audit, clock }
    }

    /// The instant that states and countdowns are told from.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Users whose name, or a word in it, begins so; with no name all.
    pub async fn users(&self, name: Option<NamePrefix>, page: PageRequest<UserId>) -> Result<Page<User, UserId>, Error> {
        Ok(page.cut(self.admin.users(name, page.one_more()).await?, |user| user.id))
    }

    /// The user and their balance.
    pub async fn user(&self, id: UserId) -> Result<(User, Money), Error> {
        let user = self.known(id).await?;
        let balance = self.wallets.wallet(id).await?.map_or(Money::ZERO, |wallet| wallet.balance());
        Ok((user, balance))
    }

    /// The user's tokens, the last joined first, `at_most` of them: live ones, and those under which they made a reservation.
    pub async fn tokens(&self, user: UserId, at_most: u32) -> Result<Vec<QueueToken>, Error> {
        self.known(user).await?;
        Ok(self.admin.tokens_of(user, at_most).await?)
    }

    /// The user's reservations, the newest first.
    pub async fn reservations(
        &self,
        user: UserId,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationDetails, ReservationId>, Error> {
        self.known(user).await?;
        let reservations = ReservationDetails::of(&*self.catalogue, self.reservations.reservations(user, page.one_more()).await?).await?;
        Ok(page.cut(reservations, |details| details.reservation.id()))
    }

    /// The user's payments, the newest first.
    pub async fn payments(&self, user: UserId, page: PageRequest<PaymentId>) -> Result<Page<Payment, PaymentId>, Error> {
        self.known(user).await?;
        Ok(page.cut(self.reservations.payments(user, page.one_more()).await?, Payment::id))
    }

    /// The user's book, the newest first.
    pub async fn entries(&self, user: UserId, page: PageRequest<u64>) -> Result<Page<WalletEntry, u64>, Error> {
        self.known(user).await?;
        Ok(page.cut(self.wallets.entries(user, page.one_more()).await?, WalletEntry::sequence))
    }

    /// What operators did, the newest first.
    pub async fn audit_entries(
        &self,
        wanted: AuditEntryFilter,
        page: PageRequest<AuditEntryId>,
    ) -> Result<Page<AuditEntry, AuditEntryId>, Error> {
        Ok(page.cut(self.admin.audit_entries(wanted, page.one_more()).await?, |audit_entry| audit_entry.id))
    }

    /// Whether the promises hold.
    pub async fn audit(&self) -> Result<Vec<Finding>, Error> {
        Ok(self.audit.audit().await?)
    }
    async fn known(&self, id: UserId) -> Result<User, Error> {
        Ok(self.users.user(id).await?.ok_or(Refusal::NotFound)?)
    }
}
