//! Reservations with their schedules, as they are read. A hold ends when its schedule is cancelled, so the status of a reservation depends
//! on its schedule.

use std::collections::{BTreeSet, HashMap};

use domain::reservation::ReservationStatus;
use domain::{CancelReason, Reservation, Schedule, ScheduleId};
use time::OffsetDateTime;

use crate::Error;
use crate::ports::{Catalogue, ReadError};

/// A reservation and its schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReservationDetails {
    /// The reservation.
    pub reservation: Reservation,
    /// Its schedule.
    pub schedule: Schedule,
}

impl ReservationDetails {
    /// Returns the status of the reservation at `now`.
    #[must_use]
    pub fn status(&self, now: OffsetDateTime) -> ReservationStatus {
        self.reservation.status(self.schedule.at(now))
    }

    /// Returns the instant at which the hold ends or has ended.
    #[must_use]
    pub fn expires_at(&self, now: OffsetDateTime) -> OffsetDateTime {
        let deadline = self.reservation.expires_at();
        match self.status(now) {
            ReservationStatus::Held | ReservationStatus::Cancelled(CancelReason::Expired) => self.schedule.end_of_hold(deadline),
            ReservationStatus::Confirmed | ReservationStatus::Cancelled(CancelReason::Released | CancelReason::Refunded) => deadline,
        }
    }

    /// Reads the schedules of `reservations`, which were read just before. Since the schedules are read later, a cancellation that is
    /// already visible in the reservations is visible in them, too.
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
                .ok_or_else(|| ReadError::Corrupt("a reservation without its schedule".to_owned()))
        };
        Ok(reservations.into_iter().map(with_schedule).collect::<Result<_, _>>()?)
    }
}
