//! The event log: events in commit order.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, get};
use application::ports::{LogPage, LoggedEvent, Position};
use domain::event::Subject;
use domain::{Currency, Fact, SeatNumber};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::OPERATOR;
use super::super::reservations::ReasonBody;
use crate::api::Api;
use crate::extract::{ApiRequest, Operator, Query, RequestPart, invalid_parameter, page_size};
use crate::problem::{Code, Problem, problems};
use crate::response::token_status::ExpiredReasonBody;
use crate::response::{Instant, MoneyBody, uncached_json};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_events);
}

/// A page of the event log.
#[derive(Serialize, ToSchema)]
#[schema(as = EventPage)]
struct PageBody {
    /// The events, in commit order.
    items: Vec<EventBody>,
    /// The value of `after` for the next page.
    position: u64,
    /// The current end of the log: after this position there are no events yet.
    end: u64,
}

/// An event.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
struct EventBody {
    /// The position in the log; later commits have higher positions.
    position: u64,
    id: Uuid,
    /// When the event was committed.
    at: Instant,
    subject: SubjectBody,
    /// The version of the subject after the commit that recorded the event. Later commits have higher versions; events of one commit share it.
    subject_version: i64,
    #[serde(flatten)]
    fact: FactBody,
}

/// The subject of an event.
#[derive(Serialize, ToSchema)]
#[schema(as = EventSubject)]
struct SubjectBody {
    kind: KindBody,
    /// The id of the subject. The id of a queue token is a secret: it is replaced by a digest, which is the same in all events of the
    /// token.
    id: Uuid,
}

/// The kind of an event's subject.
#[derive(Serialize, ToSchema)]
#[schema(as = EventSubjectKind)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum KindBody {
    User,
    QueueToken,
    Reservation,
    /// A wallet; its id is the id of its user.
    Wallet,
    Payment,
}

/// The type of an event and its data.
#[derive(Serialize, ToSchema)]
#[schema(as = EventFact)]
#[serde(tag = "type", content = "data")]
enum FactBody {
    #[serde(rename = "user.registered")]
    UserRegistered {},
    #[serde(rename = "queue_token.created")]
    QueueTokenCreated { queue_id: Uuid, user_id: Uuid, concert_id: Option<Uuid> },
    #[serde(rename = "queue_token.activated")]
    QueueTokenActivated { queue_id: Uuid, user_id: Uuid, number: u64 },
    #[serde(rename = "queue_token.expired")]
    QueueTokenExpired { queue_id: Uuid, user_id: Uuid, number: u64, expired_reason: ExpiredReasonBody },
    #[serde(rename = "reservation.held")]
    ReservationHeld { schedule_id: Uuid, user_id: Uuid, seat_numbers: Vec<u32>, expires_at: Instant },
    #[serde(rename = "reservation.cancelled")]
    ReservationCancelled { schedule_id: Uuid, user_id: Uuid, seat_numbers: Vec<u32>, cancelled_reason: ReasonBody },
    #[serde(rename = "wallet.charged")]
    WalletCharged { amount: MoneyBody, balance: MoneyBody },
    #[serde(rename = "payment.completed")]
    PaymentCompleted { reservation_id: Uuid, user_id: Uuid, amount: MoneyBody },
    #[serde(rename = "payment.refunded")]
    PaymentRefunded { reservation_id: Uuid, user_id: Uuid, amount: MoneyBody },
    /// `checked_in_by` is the operator or scanner who checked in the ticket of the seat.
    #[serde(rename = "ticket.used")]
    TicketUsed { schedule_id: Uuid, user_id: Uuid, seat_number: u32, checked_in_by: Uuid },
}

impl PageBody {
    fn new(page: LogPage<LoggedEvent>, currency: Currency) -> Self {
        let items = page.items.into_iter().map(|event| EventBody::new(event, currency)).collect();
        Self { items, position: page.position.0, end: page.end.0 }
    }
}

impl EventBody {
    fn new(logged: LoggedEvent, currency: Currency) -> Self {
        let LoggedEvent { position, id, at, event } = logged;
        Self {
            position: position.0,
            id: id.0,
            at: at.into(),
            subject: event.fact.subject().into(),
            subject_version: event.version.0,
            fact: FactBody::new(&event.fact, currency),
        }
    }
}

impl From<Subject> for SubjectBody {
    fn from(subject: Subject) -> Self {
        let (kind, id) = match subject {
            Subject::User(id) => (KindBody::User, id.0),
            Subject::QueueToken(digest) => (KindBody::QueueToken, digest.0),
            Subject::Reservation(id) => (KindBody::Reservation, id.0),
            Subject::Wallet(user) => (KindBody::Wallet, user.0),
            Subject::Payment(id) => (KindBody::Payment, id.0),
        };
        Self { kind, id }
    }
}

impl FactBody {
    fn new(fact: &Fact, currency: Currency) -> Self {
        let money = |amount| MoneyBody::new(amount, currency);
        match fact {
            Fact::UserRegistered { .. } => Self::UserRegistered {},
            Fact::QueueJoined { queue, user, concert, .. } => {
                Self::QueueTokenCreated { queue_id: queue.0, user_id: user.0, concert_id: concert.map(|concert| concert.0) }
            }
            Fact::TokenActivated { queue, user, number, .. } => {
                Self::QueueTokenActivated { queue_id: queue.0, user_id: user.0, number: *number }
            }
            Fact::TokenExpired { queue, user, number, reason, .. } => {
                let expired_reason = ExpiredReasonBody::from(*reason);
                Self::QueueTokenExpired { queue_id: queue.0, user_id: user.0, number: *number, expired_reason }
            }
            Fact::SeatsHeld { schedule, user, seats, expires_at, .. } => Self::ReservationHeld {
                schedule_id: schedule.0,
                user_id: user.0,
                seat_numbers: numbers(seats),
                expires_at: (*expires_at).into(),
            },
            Fact::ReservationCancelled { schedule, user, seats, reason, .. } => Self::ReservationCancelled {
                schedule_id: schedule.0,
                user_id: user.0,
                seat_numbers: numbers(seats),
                cancelled_reason: ReasonBody::from(*reason),
            },
            Fact::WalletCharged { amount, balance, .. } => Self::WalletCharged { amount: money(*amount), balance: money(*balance) },
            Fact::PaymentCompleted { reservation, user, amount, .. } => {
                Self::PaymentCompleted { reservation_id: reservation.0, user_id: user.0, amount: money(*amount) }
            }
            Fact::PaymentRefunded { reservation, user, amount, .. } => {
                Self::PaymentRefunded { reservation_id: reservation.0, user_id: user.0, amount: money(*amount) }
            }
            Fact::TicketUsed { schedule, user, seat, checked_in_by, .. } => {
                Self::TicketUsed { schedule_id: schedule.0, user_id: user.0, seat_number: seat.get(), checked_in_by: checked_in_by.0 }
            }
        }
    }
}

fn numbers(seats: &[SeatNumber]) -> Vec<u32> {
    seats.iter().map(|seat| seat.get()).collect()
}

/// The events to list.
struct EventFilter {
    after: Option<Position>,
    limit: u32,
}

impl RequestPart for EventFilter {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let after = query.take("after")?.map(|text| position(&text)).transpose()?;
        let limit = page_size(&mut query)?;
        query.end()?;
        Ok(Self { after, limit })
    }
}

fn position(text: &str) -> Result<Position, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && *number <= MAX_POSITION);
    number.map(Position).ok_or_else(|| invalid_parameter("after", "must be the position of a page or of an event"))
}

/// The highest position that a store can represent.
pub(super) const MAX_POSITION: u64 = i64::MAX.unsigned_abs();

problems!(EventProblems: OPERATOR, &[Code::ValidationFailed, Code::EventsGone]);

/// List the events of the log
///
/// The events after a position are listed in commit order. A client that sends the `position` of each page as `after` for the next one
/// receives each event exactly once. A page before the `end` may be empty: some commits have no events. At the `end`, repeat the request
/// later.
#[utoipa::path(
    tag = "admin",
    security(("bearer" = [])),
    params(
        ("after" = Option<u64>, Query,
         description = "The `position` of the previous page, or of an event; if omitted, the list begins with the oldest retained event."),
        ("page_size" = Option<usize>, Query, description = "The maximum number of items: 50 by default, at most 200.", minimum = 1),
    ),
    responses((status = 200, description = "The next events.", body = PageBody), EventProblems),
)]
#[get("/v1/admin/events")]
async fn list_events(call: ApiRequest<(Operator, EventFilter)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, EventFilter { after, limit }), .. } = call;
    let page = api.run(|use_cases| async move { use_cases.events.page(after, limit).await }).await?;
    uncached_json(StatusCode::OK, &PageBody::new(page, api.settings.currency))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documented_event_types_are_the_names_of_the_facts() {
        let schema = serde_json::to_value(<FactBody as utoipa::PartialSchema>::schema()).expect("JSON");
        let types: Vec<_> = schema["oneOf"].as_array().expect("types").iter().map(|one| &one["properties"]["type"]["enum"][0]).collect();
        assert_eq!(types, Fact::NAMES);
    }
}
