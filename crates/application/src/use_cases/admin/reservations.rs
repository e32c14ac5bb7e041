//! Queries of the reservations and tickets of a schedule.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use domain::reservation::ReservationStatus;
use domain::{
    CancelReason, NamePrefix, Refusal, Reservation, ReservationId, Schedule, ScheduleId, SeatNumber, Ticket, TicketId, TicketStatus, User,
    UserId,
};
use time::OffsetDateTime;

use crate::Error;
use crate::page::{Page, PageRequest};
use crate::ports::{AdminQueries, Catalogue, Clock, ReservationFilter, Users};

/// The number of reservations that are read at once for a page of tickets.
const BATCH: u32 = PageRequest::<ReservationId>::MAX_SIZE;

/// Reads the reservations and tickets of schedules.
#[derive(Clone)]
pub struct FindReservations {
    admin: Arc<dyn AdminQueries>,
    users: Arc<dyn Users>,
    catalogue: Arc<dyn Catalogue>,
    clock: Arc<dyn Clock>,
}

/// The tickets to find.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TicketFilter {
    /// Only the ticket for this seat, if it is sold now.
    pub seat: Option<SeatNumber>,
    /// Only tickets of users whose name matches.
    pub name: Option<NamePrefix>,
    /// Only tickets with this status.
    pub status: Option<TicketStatus>,
}

/// A reservation with its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationOfUser {
    /// The reservation.
    pub reservation: Reservation,
    /// Its user; none if the user is unknown.
    pub user: Option<User>,
}

/// A ticket with its user. It has no code, which is a secret of the buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketOfUser {
    /// The ticket.
    pub ticket: Ticket,
    /// The id of its user.
    pub user_id: UserId,
    /// Its user; none if the user is unknown.
    pub user: Option<User>,
}

impl FindReservations {
    /// Creates the use case over the ports that read reservations, users and schedules.
    pub fn new(admin: Arc<dyn AdminQueries>, users: Arc<dyn Users>, catalogue: Arc<dyn Catalogue>, clock: Arc<dyn Clock>) -> Self {
        Self { admin, users, catalogue, clock }
    }

    /// Returns the instant from which states and countdowns are calculated.
    #[must_use]
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Returns the schedule.
    pub async fn schedule(&self, id: ScheduleId) -> Result<Schedule, Error> {
        Ok(self.catalogue.schedule(id).await?.ok_or(Refusal::NotFound)?.row)
    }

    /// Returns the reservations of a schedule that have seats or were paid, the oldest first. A page with lapsed holds, which are left out,
    /// is shorter.
    pub async fn reservations(
        &self,
        schedule: &Schedule,
        wanted: &ReservationFilter,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationOfUser, ReservationId>, Error> {
        let found = self.admin.reservations_of_schedule(schedule.id(), wanted, page.one_more()).await?;
        let Page { mut items, next } = page.cut(found, Reservation::id);
        let moment = schedule.at(self.clock.now());
        items.retain(|reservation| reservation.status(moment) != ReservationStatus::Cancelled(CancelReason::Expired));
        Ok(Page { items: self.with_users(items).await?, next })
    }

    /// Returns the tickets of a schedule, those of the oldest reservation first.
    pub async fn tickets(
        &self,
        schedule: &Schedule,
        wanted: &TicketFilter,
        page: PageRequest<TicketId>,
    ) -> Result<Page<TicketOfUser, TicketId>, Error> {
        let filter = wanted.reservations(schedule);
        let is_wanted = |ticket: &Ticket| {
            wanted.status.is_none_or(|status| ticket.status == status)
                && wanted.seat.is_none_or(|seat| ticket.id.seat == seat)
                && page.after.is_none_or(|after| after < ticket.id)
        };
        let size = usize::try_from(page.one_more().size).unwrap_or(usize::MAX);
        let mut items = Vec::new();
        // The page may begin within the tickets of a reservation.
        let mut after = page.after.and_then(|after| before(after.reservation));
        while items.len() < size {
            let found = self.admin.reservations_of_schedule(schedule.id(), &filter, PageRequest { after, size: BATCH }).await?;
            let is_last = found.len() < usize::try_from(BATCH).unwrap_or(usize::MAX);
            after = found.last().map(Reservation::id);
            for ReservationOfUser { reservation, user } in self.with_users(found).await? {
                let tickets = reservation.tickets(schedule).into_iter().filter(is_wanted);
                items.extend(tickets.map(|ticket| TicketOfUser { ticket, user_id: reservation.user(), user: user.clone() }));
            }
            if is_last {
                break;
            }
        }
        items.truncate(size);
        Ok(page.cut(items, |found| found.ticket.id))
    }

    async fn with_users(&self, reservations: Vec<Reservation>) -> Result<Vec<ReservationOfUser>, Error> {
        let ids: BTreeSet<UserId> = reservations.iter().map(Reservation::user).collect();
        let users = if ids.is_empty() { Vec::new() } else { self.users.users_by_id(&Vec::from_iter(ids)).await? };
        let users: HashMap<UserId, User> = users.into_iter().map(|user| (user.id, user)).collect();
        let with_user = |reservation: Reservation| ReservationOfUser { user: users.get(&reservation.user()).cloned(), reservation };
        Ok(reservations.into_iter().map(with_user).collect())
    }
}

impl TicketFilter {
    /// Returns the filter of the reservations of `schedule` that may have such tickets.
    fn reservations(&self, schedule: &Schedule) -> ReservationFilter {
        let (confirmed, refunded, used) = match self.status {
            None => (true, true, None),
            Some(TicketStatus::Void) => (schedule.is_cancelled(), true, None),
            Some(TicketStatus::Used) => (!schedule.is_cancelled(), false, Some(true)),
            Some(TicketStatus::Valid) => (!schedule.is_cancelled(), false, Some(false)),
        };
        ReservationFilter { seat: self.seat, name: self.name.clone(), held: false, confirmed, refunded, used }
    }
}

/// Returns the highest id below `id`, after which a page begins with it.
fn before(id: ReservationId) -> Option<ReservationId> {
    id.0.as_u128().checked_sub(1).map(|below| ReservationId(uuid::Uuid::from_u128(below)))
}
