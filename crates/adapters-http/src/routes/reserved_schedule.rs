//! What people recognise a reservation by: its schedule and concert, and its seats.

use application::ReservationDetails;
use domain::{Concert, Currency, ReservedSeat};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::venue::VenueBody;
use crate::response::{Instant, MoneyBody, ScheduleStateBody, cancelled};

/// The schedule of a reservation, with its concert.
#[derive(Serialize, ToSchema)]
#[schema(as = ReservedSchedule)]
pub(super) struct ReservedScheduleBody {
    id: Uuid,
    concert_id: Uuid,
    concert: ReservedConcertBody,
    /// Where the concert takes place; null if it is unknown.
    venue: Option<VenueBody>,
    /// When the show starts.
    starts_at: Instant,
    /// The time zone of the venue, as in the IANA database.
    #[schema(example = "Asia/Seoul")]
    zone: String,
    state: ScheduleStateBody,
    /// When the schedule was cancelled; null if it was not.
    cancelled_at: Option<Instant>,
    /// The organiser's reason for the cancellation, if there is one.
    cancellation_reason: Option<String>,
}

/// The concert of a reservation.
#[derive(Serialize, ToSchema)]
#[schema(as = ReservedConcert)]
struct ReservedConcertBody {
    id: Uuid,
    #[schema(example = "Club Night")]
    name: String,
    #[schema(example = "Blue Door Club")]
    host: String,
}

/// A seat as of the time of the hold.
#[derive(Serialize, ToSchema)]
#[schema(as = ReservedSeat)]
pub(super) struct ReservedSeatBody {
    number: u32,
    label: String,
    price: MoneyBody,
}

impl ReservedScheduleBody {
    /// Creates the body of the schedule of a reservation.
    pub(super) fn new(details: &ReservationDetails) -> Self {
        let ReservationDetails { schedule, schedule_state, concert, .. } = details;
        let (cancelled_at, cancellation_reason) = cancelled(schedule.cancellation());
        Self {
            id: schedule.id().0,
            concert_id: schedule.concert().0,
            concert: ReservedConcertBody::from(&**concert),
            venue: concert.venue().cloned().map(VenueBody::from),
            starts_at: schedule.starts_at().into(),
            zone: schedule.zone().as_str().to_owned(),
            state: (*schedule_state).into(),
            cancelled_at,
            cancellation_reason,
        }
    }
}

impl From<&Concert> for ReservedConcertBody {
    fn from(concert: &Concert) -> Self {
        Self { id: concert.id().0, name: concert.name().to_owned(), host: concert.host().to_owned() }
    }
}

impl ReservedSeatBody {
    /// Creates the body of a reserved seat.
    pub(super) fn new(seat: &ReservedSeat, currency: Currency) -> Self {
        Self { number: seat.number.get(), label: seat.label.clone(), price: MoneyBody::new(seat.price, currency) }
    }

    /// Creates the bodies of several reserved seats.
    pub(super) fn list(seats: &[ReservedSeat], currency: Currency) -> Vec<Self> {
        seats.iter().map(|seat| Self::new(seat, currency)).collect()
    }
}
