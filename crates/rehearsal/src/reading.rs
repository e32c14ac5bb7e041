//! What the API's answers say, as far as the crowd and the referee want to know.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::history::{Asked, Held, Paid, Place, Refusal, Standing, Told};

#[derive(Deserialize)]
pub(crate) struct RegisteredBody {
    pub(crate) access_token: String,
}

#[derive(Deserialize)]
pub(crate) struct PlaceBody {
    pub(crate) token: String,
    status: StandingBody,
    number: u64,
    activated_at: Option<String>,
    #[serde(default)]
    availability: Option<String>,
    #[serde(default)]
    pub(crate) poll_after_seconds: u32,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "UPPERCASE")]
enum StandingBody {
    Waiting,
    Active,
    Expired,
}

#[derive(Deserialize)]
pub(crate) struct ListBody<T> {
    pub(crate) items: Vec<T>,
    #[serde(default)]
    pub(crate) next_cursor: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct ScheduleBody {
    pub(crate) id: Uuid,
    #[serde(default)]
    pub(crate) seats: u32,
}

#[derive(Deserialize)]
pub(crate) struct SeatMapBody {
    pub(crate) seats: Vec<SeatBody>,
}

#[derive(Deserialize)]
pub(crate) struct SeatBody {
    pub(crate) number: u32,
}

#[derive(Deserialize)]
pub(crate) struct MoneyBody {
    pub(crate) amount: i64,
    pub(crate) currency: String,
}

#[derive(Deserialize)]
pub(crate) struct ReservationBody {
    pub(crate) id: Uuid,
    pub(crate) seats: Vec<SeatBody>,
    pub(crate) amount: MoneyBody,
    pub(crate) status: String,
    held_at: String,
    expires_at: String,
}

#[derive(Deserialize)]
pub(crate) struct PaymentBody {
    pub(crate) id: Uuid,
    pub(crate) reservation_id: Uuid,
    pub(crate) amount: MoneyBody,
    pub(crate) status: String,
}

#[derive(Deserialize)]
pub(crate) struct WalletBody {
    pub(crate) balance: MoneyBody,
}

#[derive(Deserialize)]
pub(crate) struct EntryBody {
    pub(crate) kind: String,
    pub(crate) amount: MoneyBody,
}

#[derive(Deserialize)]
pub(crate) struct AuditBody {
    pub(crate) findings: Vec<FindingBody>,
}

#[derive(Deserialize)]
pub(crate) struct FindingBody {
    pub(crate) promise: String,
    pub(crate) name: String,
    pub(crate) violations: u64,
}

#[derive(Deserialize)]
struct ProblemBody {
    code: String,
    #[serde(default)]
    conflicts: Vec<ConflictBody>,
}

#[derive(Deserialize)]
struct ConflictBody {
    number: u32,
    status: String,
}

/// The body as JSON, if it is what it should be.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

impl PlaceBody {
    pub(crate) const fn standing(&self) -> Standing {
        match self.status {
            StandingBody::Waiting => Standing::Waiting,
            StandingBody::Active => Standing::Active,
            StandingBody::Expired => Standing::Expired,
        }
    }

    /// Whether there is nothing left to wait for.
    pub(crate) fn is_sold_out(&self) -> bool {
        matches!(self.availability.as_deref(), Some("SOLD_OUT" | "CANCELLED"))
    }
}

/// What the answer to `asked` told; none if a success doesn't say what it should.
pub(crate) fn told(asked: &Asked, status: u16, body: &[u8]) -> Option<Told> {
    if !(200..300).contains(&status) {
        let problem = read::<ProblemBody>(body);
        return Some(problem.map_or(Told::Nothing, |problem| {
            let held = problem.conflicts.into_iter().filter(|conflict| conflict.status == "HELD").map(|conflict| conflict.number);
            Told::Refused(Box::new(Refusal { code: problem.code, held: held.collect() }))
        }));
    }
    Some(match asked {
        Asked::Join | Asked::Poll | Asked::Listen | Asked::Event => {
            let place: PlaceBody = read(body)?;
            let activated_at = place.activated_at.as_deref().and_then(micros);
            Told::Place(Place { number: place.number, status: place.standing(), activated_at })
        }
        Asked::Hold(_) => {
            let body: ReservationBody = read(body)?;
            let span = u64::try_from(micros(&body.expires_at)? - micros(&body.held_at)?).ok()?;
            let seats = body.seats.iter().map(|seat| seat.number).collect();
            Told::Held(Box::new(Held { reservation: body.id, seats, amount: body.amount.amount, span }))
        }
        Asked::Pay(_) => {
            let body: PaymentBody = read(body)?;
            Told::Paid(Box::new(Paid { payment: body.id, reservation: body.reservation_id, amount: body.amount.amount }))
        }
        Asked::Register | Asked::Leave | Asked::Browse | Asked::Seats | Asked::Release(_) | Asked::Charge(_) | Asked::Inspect(_) => {
            Told::Nothing
        }
    })
}

/// An instant in microseconds.
fn micros(instant: &str) -> Option<i64> {
    let nanos = OffsetDateTime::parse(instant, &Rfc3339).ok()?.unix_timestamp_nanos();
    i64::try_from(nanos / 1_000).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESERVATION: &str = r#"{"id":"00000000-0000-0000-0000-000000000001","schedule_id":"x","seats":[{"number":7,"label":"7"}],
        "amount":{"amount":100,"currency":"KRW"},"status":"HELD","held_at":"2026-11-21T20:00:00.5Z","expires_at":"2026-11-21T20:00:05.5Z"}"#;

    #[test]
    fn answers_are_read_for_what_matters() {
        let held = told(&Asked::Hold([7].into()), 201, RESERVATION.as_bytes());
        let expected = Held { reservation: Uuid::from_u128(1), seats: vec![7], amount: 100, span: 5_000_000 };
        assert_eq!(held, Some(Told::Held(Box::new(expected))));
        let place = br#"{"token":"t","status":"ACTIVE","number":3,"activated_at":"1970-01-01T00:00:01Z","poll_after_seconds":1}"#;
        let expected = Place { number: 3, status: Standing::Active, activated_at: Some(1_000_000) };
        assert_eq!(told(&Asked::Poll, 200, place), Some(Told::Place(expected)));
    }

    #[test]
    fn a_refusal_names_the_seats_that_are_held() {
        let problem = br#"{"code":"SEAT_UNAVAILABLE","conflicts":[{"number":1,"status":"HELD"},{"number":2,"status":"RESERVED"}]}"#;
        let expected = Refusal { code: "SEAT_UNAVAILABLE".into(), held: vec![1] };
        assert_eq!(told(&Asked::Hold([1, 2].into()), 409, problem), Some(Told::Refused(Box::new(expected))));
        assert_eq!(told(&Asked::Poll, 502, b"bad gateway"), Some(Told::Nothing));
    }

    #[test]
    fn a_success_that_says_nothing_is_no_answer() {
        assert_eq!(told(&Asked::Hold([7].into()), 201, b"{}"), None);
        assert_eq!(told(&Asked::Charge(1), 201, b"{}"), Some(Told::Nothing));
    }
}
