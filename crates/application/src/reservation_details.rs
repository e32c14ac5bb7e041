//! Bookings: reservations with their dates, as they are read. A hold has ended once its date is cancelled, so nothing can be told of a
//! reservation without its date.

use std::collections::{BTreeSet, HashMap};

use domain::reservation::ReservationStatus;
use domain::{CancelReason, Reservation, Schedule, ScheduleId};
use time::OffsetDateTime;

use crate::Error;
use crate::ports::{Catalogue, ReadError};

/// A reservation and the date that it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationDetails {
    /// The reservation.
    pub reservation: Reservation,
    /// Its date.
    pub schedule: Schedule,
}

impl ReservationDetails {
    /// What the reservation is at `now`.
    #[must_use]
    pub fn status(&self, now: OffsetDateTime) -> ReservationStatus {
        self.reservation.status(self.schedule.at(now))
    }

    /// When the hold ends, or has ended.
    #[must_use]
    pub fn expires_at(&self, now: OffsetDateTime) -> OffsetDateTime {
        let deadline = self.reservation.expires_at();
        match self.status(now) {
            ReservationStatus::Held | ReservationStatus::Cancelled(CancelReason::Expired) => self.schedule.end_of_hold(deadline),
            ReservationStatus::Confirmed | ReservationStatus::Cancelled(CancelReason::Released | CancelReason::Refunded) => deadline,
        }
    }

    /// `reservations`, which were just read, with their dates. These are read later: a cancellation that the reservations already tell of
    /// is seen.
    pub(crate) async fn of(catalogue: &dyn Catalogue, reservations: Vec<Reservation>) -> Result<Vec<Self>, Error> {
        let ids: BTreeSet<ScheduleId> = reservations.iter().map(Reservation::schedule).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let schedules = catalogue.schedules_by_id(&ids.into_iter().collect::<Vec<_>>()).await?;
        let schedules: HashMap<ScheduleId, Schedule> = schedules.into_iter().map(|schedule| (schedule.id(), schedule.row)).collect();
        let with_schedule = |reservation: Reservation| {
            let schedule = schedules.get(&reservation.schedule()).cloned();
            schedule
                .map(|schedule| Self { reservation, schedule })
                .ok_or_else(|| ReadError::Corrupt("a reservation without its date".to_owned()))
        };
        Ok(reservations.into_iter().map(with_schedule).collect::<Result<_, _>>()?)
    }
}
