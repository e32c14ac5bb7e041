//! The parts of the API's responses that the virtual users and the checker need.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use crate::history::{Content, Held, Paid, Refusal, Request, Token, TokenStatus};

#[derive(Deserialize)]
pub(crate) struct RegisteredBody {
    pub(crate) access_token: String,
}

#[derive(Deserialize)]
pub(crate) struct QueueTokenBody {
    pub(crate) token: String,
    status: TokenStatusBody,
    number: u64,
    activated_at: Option<String>,
    #[serde(default)]
    availability: Option<String>,
    #[serde(default)]
    pub(crate) poll_after_seconds: u32,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "UPPERCASE")]
enum TokenStatusBody {
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
    pub(crate) id: String,
    pub(crate) status: String,
    #[serde(default)]
    pub(crate) findings: Option<Vec<FindingBody>>,
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

/// Parses a JSON body; `None` if it isn't a valid `T`.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

impl QueueTokenBody {
    pub(crate) const fn status(&self) -> TokenStatus {
        match self.status {
            TokenStatusBody::Waiting => TokenStatus::Waiting,
            TokenStatusBody::Active => TokenStatus::Active,
            TokenStatusBody::Expired => TokenStatus::Expired,
        }
    }

    /// Whether the concert is sold out or cancelled, so that there is no reason to wait.
    pub(crate) fn is_sold_out(&self) -> bool {
        matches!(self.availability.as_deref(), Some("SOLD_OUT" | "CANCELLED"))
    }
}

/// Parses the content of a response to `request`; `None` if a success lacks the expected members.
pub(crate) fn content(request: &Request, status: u16, body: &[u8]) -> Option<Content> {
    if !(200..300).contains(&status) {
        let problem = read::<ProblemBody>(body);
        return Some(problem.map_or(Content::Empty, |problem| {
            let held = problem.conflicts.into_iter().filter(|conflict| conflict.status == "HELD").map(|conflict| conflict.number);
            Content::Refused(Box::new(Refusal { code: problem.code, held: held.collect() }))
        }));
    }
    Some(match request {
        Request::Join | Request::Poll | Request::Listen | Request::Event => {
            let token: QueueTokenBody = read(body)?;
            let activated_at = token.activated_at.as_deref().and_then(micros);
            Content::Token(Token { number: token.number, status: token.status(), activated_at })
        }
        Request::Hold(_) => {
            let body: ReservationBody = read(body)?;
            let span = u64::try_from(micros(&body.expires_at)? - micros(&body.held_at)?).ok()?;
            let seats = body.seats.iter().map(|seat| seat.number).collect();
            Content::Held(Box::new(Held { reservation: body.id, seats, amount: body.amount.amount, span }))
        }
        Request::Pay(_) => {
            let body: PaymentBody = read(body)?;
            Content::Paid(Box::new(Paid { payment: body.id, reservation: body.reservation_id, amount: body.amount.amount }))
        }
        Request::Register
        | Request::Leave
        | Request::Browse
        | Request::Seats
        | Request::Release(_)
        | Request::Charge(_)
        | Request::Inspect(_) => Content::Empty,
    })
}

/// Converts an RFC 3339 instant to microseconds since the Unix epoch.
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
    fn responses_are_parsed() {
        let held = content(&Request::Hold([7].into()), 201, RESERVATION.as_bytes());
        let expected = Held { reservation: Uuid::from_u128(1), seats: vec![7], amount: 100, span: 5_000_000 };
        assert_eq!(held, Some(Content::Held(Box::new(expected))));
        let token = br#"{"token":"t","status":"ACTIVE","number":3,"activated_at":"1970-01-01T00:00:01Z","poll_after_seconds":1}"#;
        let expected = Token { number: 3, status: TokenStatus::Active, activated_at: Some(1_000_000) };
        assert_eq!(content(&Request::Poll, 200, token), Some(Content::Token(expected)));
    }

    #[test]
    fn a_refusal_lists_the_held_seats() {
        let problem = br#"{"code":"SEAT_UNAVAILABLE","conflicts":[{"number":1,"status":"HELD"},{"number":2,"status":"RESERVED"}]}"#;
        let expected = Refusal { code: "SEAT_UNAVAILABLE".into(), held: vec![1] };
        assert_eq!(content(&Request::Hold([1, 2].into()), 409, problem), Some(Content::Refused(Box::new(expected))));
        assert_eq!(content(&Request::Poll, 502, b"bad gateway"), Some(Content::Empty));
    }

    #[test]
    fn a_success_without_the_expected_members_is_invalid() {
        assert_eq!(content(&Request::Hold([7].into()), 201, b"{}"), None);
        assert_eq!(content(&Request::Charge(1), 201, b"{}"), Some(Content::Empty));
    }
}
