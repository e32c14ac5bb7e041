//! Events: what has happened, and who reads it.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, delete, get, put};
use application::ports::{LogPage, LogReader, LoggedEvent, Position, ReaderName};
use domain::event::Subject;
use domain::{CancelReason, Currency, Fact, SeatNumber};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

use super::super::codes::{BODY, OPERATOR};
use crate::api::{Api, HttpSettings};
use crate::extract::{ApiRequest, Body, FromBody, Operator, Query, RequestPart, invalid_parameter, page_size};
use crate::problem::{Code, FieldError, Problem, problems};
use crate::response::{Instant, MoneyBody, personal, token_status};

pub(super) fn configure(config: &mut ServiceConfig) {
    config.service(list_events).service(list_readers).service(keep_reader).service(forget_reader);
}

/// Some of what has happened.
#[derive(Serialize, ToSchema)]
#[schema(as = EventPage)]
struct PageBody {
    /// The events, in the order of their commits.
    items: Vec<EventBody>,
    /// What to send as `after` for the next page.
    position: u64,
    /// Up to where the log goes by now: at it, there is no more to read yet.
    end: u64,
}

/// Something that has happened.
#[derive(Serialize, ToSchema)]
#[schema(as = Event)]
struct EventBody {
    /// Its place: later commits have higher ones.
    position: u64,
    id: Uuid,
    /// When it was committed.
    at: Instant,
    subject: SubjectBody,
    /// The version that the subject has since: later events of it have higher ones.
    subject_version: i64,
    #[serde(flatten)]
    fact: FactBody,
}

/// What an event is about.
#[derive(Serialize, ToSchema)]
#[schema(as = EventSubject)]
struct SubjectBody {
    kind: KindBody,
    /// Its id. A queue token's is a secret: here it is a digest of it, the same in all events of the token.
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
    /// A wallet has its user's id.
    Wallet,
    Payment,
}

/// What has happened, and what is to be known of it.
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
    /// `expired_reason` is `PAID`, `TIMED_OUT`, `UNCLAIMED` or `LEFT`.
    #[serde(rename = "queue_token.expired")]
    QueueTokenExpired { queue_id: Uuid, user_id: Uuid, number: u64, expired_reason: &'static str },
    #[serde(rename = "reservation.held")]
    ReservationHeld { schedule_id: Uuid, user_id: Uuid, seat_numbers: Vec<u32>, expires_at: Instant },
    /// `cancelled_reason` is `EXPIRED`, `RELEASED` or `REFUNDED`.
    #[serde(rename = "reservation.cancelled")]
    ReservationCancelled { schedule_id: Uuid, user_id: Uuid, seat_numbers: Vec<u32>, cancelled_reason: &'static str },
    #[serde(rename = "wallet.charged")]
    WalletCharged { amount: MoneyBody, balance: MoneyBody },
    #[serde(rename = "payment.completed")]
    PaymentCompleted { reservation_id: Uuid, user_id: Uuid, amount: MoneyBody },
    #[serde(rename = "payment.refunded")]
    PaymentRefunded { reservation_id: Uuid, user_id: Uuid, amount: MoneyBody },
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
                let expired_reason = token_status::reason(*reason);
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
                cancelled_reason: cancel_reason(*reason),
            },
            Fact::WalletCharged { amount, balance, .. } => Self::WalletCharged { amount: money(*amount), balance: money(*balance) },
            Fact::PaymentCompleted { reservation, user, amount, .. } => {
                Self::PaymentCompleted { reservation_id: reservation.0, user_id: user.0, amount: money(*amount) }
            }
            Fact::PaymentRefunded { reservation, user, amount, .. } => {
                Self::PaymentRefunded { reservation_id: reservation.0, user_id: user.0, amount: money(*amount) }
            }
        }
    }
}

fn numbers(seats: &[SeatNumber]) -> Vec<u32> {
    seats.iter().map(|seat| seat.get()).collect()
}

const fn cancel_reason(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Expired => "EXPIRED",
        CancelReason::Released => "RELEASED",
        CancelReason::Refunded => "REFUNDED",
    }
}

/// Which events.
struct EventFilter {
    after: Option<Position>,
    at_most: u32,
}

impl RequestPart for EventFilter {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let after = query.take("after")?.map(|text| position(&text)).transpose()?;
        let at_most = page_size(&mut query)?;
        query.end()?;
        Ok(Self { after, at_most })
    }
}

fn position(text: &str) -> Result<Position, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|number| digits && *number <= MAX_POSITION);
    number.map(Position).ok_or_else(|| invalid_parameter("after", "is the position of a page or of an event"))
}

/// What a store can count to.
const MAX_POSITION: u64 = i64::MAX.unsigned_abs();

problems!(EventProblems: OPERATOR, &[Code::ValidationFailed, Code::EventsGone]);

/// What has happened since a position, in the order of commits.
///
/// Whoever sends the `position` of each page as `after` for the next gets each event exactly once. A page may be empty although the `end` is further on: some commits have
/// no events. At the `end`, ask again a moment later.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(
        ("after" = Option<u64>, Query, description = "The `position` of the page before, or of an event; without it, all that is kept."),
        ("page_size" = Option<usize>, Query, description = "How many at most: 50 by default, 200 at most.", minimum = 1),
    ),
    responses((status = 200, description = "The next events.", body = PageBody), EventProblems),
)]
#[get("/v1/admin/events")]
async fn list_events(call: ApiRequest<(Operator, EventFilter)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, EventFilter { after, at_most }), .. } = call;
    let page = api.ask(|ask| async move { ask.events.page(after, at_most).await }).await?;
    personal(StatusCode::OK, &PageBody::new(page, api.settings.currency))
}

/// The readers of the log.
#[derive(Serialize, ToSchema)]
#[schema(as = EventReaders)]
struct ReadersBody {
    items: Vec<ReaderBody>,
    /// The position from which on nothing is deleted.
    start: u64,
    /// The position of the last event.
    end: u64,
}

/// A reader whose position is kept here.
#[derive(Serialize, ToSchema)]
#[schema(as = EventReader)]
struct ReaderBody {
    #[schema(example = "mailer")]
    name: String,
    /// Up to where it has read.
    position: u64,
    /// How many positions it is behind.
    behind: u64,
    /// When it last said so.
    moved_at: Instant,
}

/// How far a reader has read.
#[derive(Deserialize, ToSchema)]
#[schema(as = EventReaderPosition)]
#[serde(deny_unknown_fields)]
struct MoveBody {
    /// The position up to which it has read.
    #[schema(minimum = 0)]
    position: u64,
}

struct Move(Position);

impl FromBody for Move {
    type Wire = MoveBody;

    fn read(wire: MoveBody, _: &HttpSettings) -> Result<Self, Vec<FieldError>> {
        if wire.position > MAX_POSITION {
            return Err(vec![FieldError::at("/position", "is the position of a page or of an event")]);
        }
        Ok(Self(Position(wire.position)))
    }
}

/// The reader's name in the path; what can't be one isn't found.
struct ReaderPath(ReaderName);

impl RequestPart for ReaderPath {
    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        ReaderName::new(request.match_info().query("name")).map(Self).map_err(|_| Problem::not_found())
    }
}

problems!(ReadersProblems: OPERATOR);

/// The readers whose positions are kept, by name.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    responses((status = 200, description = "All readers.", body = ReadersBody), ReadersProblems),
)]
#[get("/v1/admin/event-readers")]
async fn list_readers(call: ApiRequest<Operator>) -> Result<HttpResponse, Problem> {
    let (readers, extent) = call.api.ask(|ask| async move { ask.events.readers().await }).await?;
    let shown = |LogReader { name, position, moved_at }| ReaderBody {
        name: name.as_str().to_owned(),
        position: position.0,
        behind: extent.end.0.saturating_sub(position.0),
        moved_at: moved_at.into(),
    };
    let items = readers.into_iter().map(shown).collect();
    personal(StatusCode::OK, &ReadersBody { items, start: extent.start.0, end: extent.end.0 })
}

problems!(KeepProblems: OPERATOR, BODY, &[Code::NotFound, Code::EventsGone, Code::InvalidState]);

/// Keep up to where a reader has read, so that events are kept for it longer than for others.
///
/// A name that is new is a new reader.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("name" = String, Path, description = "1 to 64 lower-case letters, digits, and after the first hyphens and underscores.")),
    request_body = MoveBody,
    responses((status = 204, description = "The position is kept."), KeepProblems),
)]
#[put("/v1/admin/event-readers/{name}")]
async fn keep_reader(call: ApiRequest<(Operator, ReaderPath, Body<Move>)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, ReaderPath(name), Body(Move(position))), .. } = call;
    api.ask(|ask| async move { ask.events.keep_reader(&name, position).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}

problems!(ForgetProblems: OPERATOR, &[Code::NotFound]);

/// Forget a reader: no event is kept for it any more.
#[utoipa::path(
    tag = "desk",
    security(("bearer" = [])),
    params(("name" = String, Path, description = "Its name.")),
    responses((status = 204, description = "It is forgotten."), ForgetProblems),
)]
#[delete("/v1/admin/event-readers/{name}")]
async fn forget_reader(call: ApiRequest<(Operator, ReaderPath)>) -> Result<HttpResponse, Problem> {
    let ApiRequest { api, parts: (_, ReaderPath(name)), .. } = call;
    api.ask(|ask| async move { ask.events.forget_reader(&name).await }).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_are_the_names_of_the_facts() {
        let schema = serde_json::to_value(<FactBody as utoipa::PartialSchema>::schema()).expect("JSON");
        let named: Vec<_> = schema["oneOf"].as_array().expect("types").iter().map(|one| &one["properties"]["type"]["enum"][0]).collect();
        assert_eq!(named, Fact::NAMES);
    }
}
