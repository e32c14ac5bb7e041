//! Ids in paths.

use actix_web::HttpRequest;
use domain::{ReservationId, SeatNumber, TicketId};
use uuid::Uuid;

use super::part::RequestPart;
use super::uuid::uuid;
use crate::api::Api;
use crate::problem::Problem;

/// The id in the path; an invalid id is not found.
pub(crate) struct PathId<I>(pub(crate) I);

/// The id of a ticket in the path; an invalid id is not found.
pub(crate) struct PathTicketId(pub(crate) TicketId);

impl RequestPart for PathTicketId {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let first = request.match_info().iter().next();
        first.and_then(|(_, text)| ticket_id(text)).map(Self).ok_or_else(Problem::not_found)
    }
}

/// Parses the id of a ticket: `{reservation}-{seat}`, without leading zeros.
fn ticket_id(text: &str) -> Option<TicketId> {
    let (reservation, seat) = text.rsplit_once('-')?;
    let seat = SeatNumber::new(seat.parse().ok().filter(|number: &u32| number.to_string() == seat)?).ok()?;
    Some(TicketId { reservation: ReservationId(uuid(reservation)?), seat })
}

/// The id in a guarded path, none if it is invalid: the guard is checked before an invalid id is reported.
pub(crate) struct MaybePathId<I>(pub(crate) Option<I>);

impl<I: From<Uuid>> RequestPart for PathId<I> {
    fn of(request: &HttpRequest, api: &Api) -> Result<Self, Problem> {
        MaybePathId::of(request, api)?.0.map(Self).ok_or_else(Problem::not_found)
    }
}

impl<I: From<Uuid>> RequestPart for MaybePathId<I> {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let first = request.match_info().iter().next();
        Ok(Self(first.and_then(|(_, text)| uuid(text)).map(I::from)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_identified_by_its_reservation_and_its_seat() {
        let id = ticket_id("01a1fce7-825e-71e7-8ba7-3b9d9930aca0-7").expect("an id");
        assert_eq!(id.to_string(), "01a1fce7-825e-71e7-8ba7-3b9d9930aca0-7");
        for text in ["", "-", "7", "01a1fce7-825e-71e7-8ba7-3b9d9930aca0", "01a1fce7-825e-71e7-8ba7-3b9d9930aca0-"] {
            assert_eq!(ticket_id(text), None, "{text}");
        }
        for seat in ["0", "07", "+7", " 7", "7 ", "1000001", "4294967296", "x"] {
            assert_eq!(ticket_id(&format!("01a1fce7-825e-71e7-8ba7-3b9d9930aca0-{seat}")), None, "{seat}");
        }
    }
}
