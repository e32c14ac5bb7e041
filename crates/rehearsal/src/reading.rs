//! What the virtual users and the checker need of the API's responses.

use frontrow_client::Reply;
use frontrow_client::payments::Payment;
use frontrow_client::problem::{Problem, ProblemMembers};
use frontrow_client::queue::{QueueToken, QueueTokenStatus};
use frontrow_client::reservations::Reservation;
use frontrow_client::seats::SeatStatus;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use time::OffsetDateTime;

use crate::history::{Content, Held, Paid, Refusal, Request, Token, TokenStatus};

/// The numbers of the seats of a schedule.
#[derive(Deserialize)]
pub(crate) struct SeatNumbers {
    pub(crate) seats: Vec<SeatNumber>,
}

/// The number of a seat.
#[derive(Deserialize)]
pub(crate) struct SeatNumber {
    pub(crate) number: u32,
}

/// Parses a JSON body; `None` if it isn't a valid `T`.
pub(crate) fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

/// Parses the content of a response to `request`; `None` if a success lacks the expected members.
pub(crate) fn content(request: &Request, reply: &Reply) -> Option<Content> {
    if !reply.is_success() {
        return Some(Problem::of(reply).map_or(Content::Empty, |problem| Content::Refused(Box::new(refusal(problem)))));
    }
    Some(match request {
        Request::Join | Request::Poll | Request::Listen | Request::Event => {
            let token: QueueToken = read(&reply.body)?;
            let status = match token.status {
                QueueTokenStatus::Waiting => TokenStatus::Waiting,
                QueueTokenStatus::Active => TokenStatus::Active,
                QueueTokenStatus::Expired => TokenStatus::Expired,
                _ => return None,
            };
            Content::Token(Token { number: token.number, status, activated_at: token.activated_at.and_then(micros) })
        }
        Request::Hold(_) => {
            let held: Reservation = read(&reply.body)?;
            let span = u64::try_from((held.expires_at - held.held_at).whole_microseconds()).ok()?;
            let seats = held.seats.iter().map(|seat| seat.number).collect();
            Content::Held(Box::new(Held { reservation: held.id.0, seats, amount: held.amount.amount, span }))
        }
        Request::Pay(_) => {
            let paid: Payment = read(&reply.body)?;
            Content::Paid(Box::new(Paid { payment: paid.id.0, reservation: paid.reservation_id.0, amount: paid.amount.amount }))
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

fn refusal(problem: Problem) -> Refusal {
    let conflicts = match problem.members {
        ProblemMembers::SeatUnavailable { conflicts } => conflicts,
        _ => Vec::new(),
    };
    let held = conflicts.into_iter().filter(|conflict| conflict.status == SeatStatus::Held).map(|conflict| conflict.number);
    Refusal { code: problem.code.to_string(), held: held.collect() }
}

/// Converts an instant to microseconds since the Unix epoch.
fn micros(instant: OffsetDateTime) -> Option<i64> {
    i64::try_from(instant.unix_timestamp_nanos() / 1_000).ok()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    const RESERVATION: &str = r#"{"id":"00000000-0000-0000-0000-000000000001","schedule_id":"00000000-0000-0000-0000-000000000002",
        "seats":[{"number":7,"label":"7","price":{"amount":100,"currency":"KRW"}}],"amount":{"amount":100,"currency":"KRW"},"status":"HELD",
        "cancelled_reason":null,"held_at":"2026-11-21T20:00:00.5Z","expires_at":"2026-11-21T20:00:05.5Z","expires_in_seconds":5,
        "payment_id":null}"#;
    const TOKEN: &str = r#"{"token":"00000000-0000-0000-0000-000000000003","queue_id":"00000000-0000-0000-0000-000000000004",
        "concert_id":null,"status":"ACTIVE","expired_reason":null,"number":3,"position":null,"people_ahead":null,
        "estimated_wait":{"known":false,"p50_seconds":null,"p90_seconds":null},"poll_after_seconds":1,"board":null,"availability":null,
        "joined_at":"1970-01-01T00:00:00Z","activated_at":"1970-01-01T00:00:01Z","expires_at":null,"expires_in_seconds":null}"#;

    fn reply(status: u16, body: &'static str) -> Reply {
        Reply { status, body: body.into(), ..Reply::default() }
    }

    #[test]
    fn responses_are_parsed() {
        let held = content(&Request::Hold([7].into()), &reply(201, RESERVATION));
        let expected = Held { reservation: Uuid::from_u128(1), seats: vec![7], amount: 100, span: 5_000_000 };
        assert_eq!(held, Some(Content::Held(Box::new(expected))));
        let expected = Token { number: 3, status: TokenStatus::Active, activated_at: Some(1_000_000) };
        assert_eq!(content(&Request::Poll, &reply(200, TOKEN)), Some(Content::Token(expected)));
    }

    #[test]
    fn a_refusal_lists_the_held_seats() {
        let problem =
            r#"{"title":"Taken","code":"SEAT_UNAVAILABLE","conflicts":[{"number":1,"status":"HELD"},{"number":2,"status":"RESERVED"}]}"#;
        let expected = Refusal { code: "SEAT_UNAVAILABLE".into(), held: vec![1] };
        assert_eq!(content(&Request::Hold([1, 2].into()), &reply(409, problem)), Some(Content::Refused(Box::new(expected))));
        assert_eq!(content(&Request::Poll, &reply(502, "bad gateway")), Some(Content::Empty));
    }

    #[test]
    fn a_success_without_the_expected_members_is_invalid() {
        assert_eq!(content(&Request::Hold([7].into()), &reply(201, "{}")), None);
        assert_eq!(content(&Request::Charge(1), &reply(201, "{}")), Some(Content::Empty));
    }
}
