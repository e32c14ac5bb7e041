//! The client's requests, types and values are those of the OpenAPI document, and its types read the recorded examples completely.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails")]

use std::collections::BTreeSet;

use frontrow_client::audits::{Audit, AuditStatus, show_audit, start_audit};
use frontrow_client::availability::show_availability;
use frontrow_client::concerts::{ConcertFilter, list_concerts, show_concert};
use frontrow_client::layouts::{show_layout, show_layout_by_hash};
use frontrow_client::payments::{NewPayment, NewRefund, PaymentStatus, list_payments, pay_reservation, refund_payment, show_payment};
use frontrow_client::problem::ProblemMembers;
use frontrow_client::queue::{
    ExpiredReason, NewQueueToken, QueueState, QueueTokenEventName, QueueTokenStatus, create_stream_ticket, follow_queue_token, join_queue,
    leave_queue, poll_queue_token, show_board, show_queue,
};
use frontrow_client::rankings::{list_popular, list_sold_out};
use frontrow_client::reservations::{
    CancelledReason, NewReservation, NewSeats, ReservationStatus, exchange_seats, hold_seats, list_reservations, release_hold,
    show_reservation,
};
use frontrow_client::schedules::{ScheduleState, list_schedules, show_public_schedule};
use frontrow_client::seats::{SeatStatus, list_seats};
use frontrow_client::tickets::{CheckIn, TicketId, TicketStatus, check_in_ticket, list_tickets, show_qr_code, show_ticket};
use frontrow_client::users::{NewUser, RegisteredUser, register_user, show_me};
use frontrow_client::wallet::{NewCharge, WalletEntryKind, charge_wallet, list_wallet_entries, show_wallet};
use frontrow_client::{Call, Money, ProblemCode, Reply};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

/// The operations of buyers that the client has no function for.
const OMITTED: &[&str] = &[
    // Followed by `Frontrow::follow_availability`.
    "follow_availability",
    // For browsers' `EventSource`.
    "create_availability_ticket",
    "follow_availability_by_ticket",
    "follow_by_ticket",
    // For pages of the server: a program keeps its access token.
    "start_session",
    "refresh_session",
    "list_sessions",
    "end_session",
    // For the system that runs the server.
    "livez",
    "readyz",
    "show_metrics",
];

fn file(name: &str) -> Value {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name);
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Asserts that `read` has all members and values of `sent`.
fn assert_covers(place: &str, sent: &Value, read: &Value) {
    match (sent, read) {
        (Value::Object(sent), Value::Object(read)) => {
            for (name, value) in sent {
                assert_covers(&format!("{place}/{name}"), value, read.get(name).unwrap_or(&Value::Null));
            }
        }
        (Value::Array(sent), Value::Array(read)) => {
            assert_eq!(sent.len(), read.len(), "{place}");
            sent.iter().zip(read).for_each(|(sent, read)| assert_covers(place, sent, read));
        }
        _ => assert_eq!(sent, read, "{place}"),
    }
}

/// The document, and the operations of it that were compared with calls.
struct Document {
    openapi: Value,
    examples: Value,
    compared: BTreeSet<String>,
}

impl Document {
    fn read() -> Self {
        Self { openapi: file("openapi.json"), examples: file("examples.json"), compared: BTreeSet::new() }
    }

    /// Compares the method and the path of a call.
    fn has<T>(&mut self, operation: &str, call: &Call<T>) {
        let request = call.request("").unwrap();
        let (method, path) = (request.method().as_str().to_lowercase(), request.uri().path().to_owned());
        let mut paths = self.openapi["paths"].as_object().unwrap().iter();
        let (template, _) =
            paths.find(|(_, methods)| methods[&method]["operationId"] == operation).unwrap_or_else(|| panic!("{operation}"));
        let (template, path): (Vec<_>, Vec<_>) = (template.split(['/', ':']).collect(), path.split(['/', ':']).collect());
        let fits = template.len() == path.len() && template.iter().zip(&path).all(|(part, own)| part.starts_with('{') || part == own);
        assert!(fits, "{operation}: {template:?} is not {path:?}");
        self.compared.insert(operation.to_owned());
    }

    fn response(&self, operation: &str) -> Value {
        let responses = self.examples["operations"][operation]["responses"].as_object().unwrap();
        responses.iter().find(|(status, _)| status.starts_with('2')).unwrap().1["application/json"].clone()
    }

    /// Compares a call and the type of its response.
    fn returns<T: Serialize>(&mut self, operation: &str, call: Call<T>) {
        self.has(operation, &call);
        let sent = self.response(operation);
        let read = call.read(&Reply { status: 200, body: sent.to_string().into(), ..Reply::default() });
        assert_covers(operation, &sent, &serde_json::to_value(read.unwrap_or_else(|error| panic!("{operation}: {error}"))).unwrap());
    }

    /// Compares the type of a request's body.
    fn accepts<B: DeserializeOwned + Serialize>(&self, operation: &str) {
        let sent = &self.examples["operations"][operation]["request"];
        assert_covers(operation, sent, &serde_json::to_value(serde_json::from_value::<B>(sent.clone()).unwrap()).unwrap());
    }
}

fn id<T: From<Uuid>>() -> T {
    Uuid::from_u128(1).into()
}

#[test]
fn every_call_of_buyers_is_an_operation_and_reads_its_recorded_response() {
    let mut document = Document::read();
    let won = |amount| Money { amount, currency: "KRW".to_owned() };
    let ticket = TicketId("1-2".to_owned());
    document.returns("list_concerts", list_concerts(&ConcertFilter::default()));
    document.returns("show_concert", show_concert(id()));
    document.returns("list_schedules", list_schedules(id(), id()));
    document.returns("show_public_schedule", show_public_schedule(id()));
    document.returns("list_seats", list_seats(id(), Some(SeatStatus::Available), id()));
    document.returns("show_layout", show_layout(id()));
    document.returns("show_layout_by_hash", show_layout_by_hash(id(), "a"));
    document.returns("show_availability", show_availability(id(), None, id()));
    document.returns("list_popular", list_popular());
    document.returns("list_sold_out", list_sold_out());
    document.returns("join_queue", join_queue(id()));
    document.returns("poll_queue_token", poll_queue_token(id()));
    document.has("follow_queue_token", &follow_queue_token(id()));
    document.has("leave_queue", &leave_queue(id()));
    document.returns("create_stream_ticket", create_stream_ticket(id()));
    document.returns("show_queue", show_queue(id()));
    document.returns("show_board", show_board(id()));
    document.returns("hold_seats", hold_seats(&NewReservation::seats(id(), [7]), id()));
    document.returns("exchange_seats", exchange_seats(id(), &NewSeats { schedule_id: id(), seat_numbers: vec![7] }, id()));
    document.returns("list_reservations", list_reservations());
    document.returns("show_reservation", show_reservation(id()));
    document.has("release_hold", &release_hold(id()));
    document.returns("pay_reservation", pay_reservation(&NewPayment::of(id()), id()));
    document.returns("list_payments", list_payments());
    document.returns("show_payment", show_payment(id()));
    document.returns("refund_payment", refund_payment(id(), &NewRefund::default()));
    document.returns("list_tickets", list_tickets());
    document.returns("show_ticket", show_ticket(&ticket));
    document.has("show_qr_code", &show_qr_code(&ticket));
    document.returns("show_me", show_me());
    document.returns("show_wallet", show_wallet());
    document.returns("charge_wallet", charge_wallet(&NewCharge::of(won(1))));
    document.returns("list_wallet_entries", list_wallet_entries());
    document.has("register_user", &register_user("Ada"));
    let registered = document.response("register_user");
    let read: RegisteredUser = serde_json::from_value(registered.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read.user.wallet).unwrap(), registered["wallet"]);

    document.returns("check_in_ticket", check_in_ticket(&CheckIn { code: "c".to_owned(), schedule_id: None }));
    document.has("show_audit", &show_audit(Uuid::nil()));
    let audit: Audit =
        start_audit().read(&Reply { body: document.response("start_audit").to_string().into(), ..Reply::default() }).unwrap();
    assert_eq!(audit.status, AuditStatus::Running);

    let all = document.openapi["paths"].as_object().unwrap().iter().filter(|(path, _)| !path.starts_with("/v1/admin"));
    let all = all.flat_map(|(_, methods)| methods.as_object().unwrap().values());
    let all: BTreeSet<_> = all.filter_map(|operation| operation["operationId"].as_str()).collect();
    let known: BTreeSet<_> = document.compared.iter().map(String::as_str).chain(OMITTED.iter().copied()).collect();
    assert_eq!(all.difference(&known).collect::<Vec<_>>(), [] as [&&str; 0], "each operation has a function, or is in OMITTED");
}

#[test]
fn the_bodies_of_requests_have_all_members_of_the_recorded_ones() {
    let document = Document::read();
    document.accepts::<NewUser>("register_user");
    document.accepts::<NewQueueToken>("join_queue");
    document.accepts::<NewReservation>("hold_seats");
    document.accepts::<NewSeats>("exchange_seats");
    document.accepts::<NewPayment>("pay_reservation");
    document.accepts::<NewRefund>("refund_payment");
    document.accepts::<NewCharge>("charge_wallet");
    document.accepts::<CheckIn>("check_in_ticket");
}

#[test]
fn the_values_of_enums_are_those_of_the_document() {
    let openapi = file("openapi.json");
    for (schema, known) in [
        ("AuditStatus", AuditStatus::KNOWN),
        ("CancelledReason", CancelledReason::KNOWN),
        ("ExpiredReason", ExpiredReason::KNOWN),
        ("PaymentStatus", PaymentStatus::KNOWN),
        ("QueueState", QueueState::KNOWN),
        ("QueueTokenEventName", QueueTokenEventName::KNOWN),
        ("QueueTokenStatus", QueueTokenStatus::KNOWN),
        ("ReservationStatus", ReservationStatus::KNOWN),
        ("ScheduleState", ScheduleState::KNOWN),
        ("SeatStatus", SeatStatus::KNOWN),
        ("TicketStatus", TicketStatus::KNOWN),
        ("WalletEntryKind", WalletEntryKind::KNOWN),
    ] {
        let values: BTreeSet<_> =
            openapi["components"]["schemas"][schema]["enum"].as_array().unwrap().iter().map(|v| v.as_str().unwrap()).collect();
        assert_eq!(values, known.iter().copied().collect(), "{schema}");
    }
}

#[test]
fn every_problem_of_the_document_is_known_with_its_members() {
    /// The members that all problems have, or those of `Problem` itself.
    const COMMON: &[&str] = &["type", "title", "status", "detail", "instance", "request_id", "code", "errors", "queue_token_status"];
    let document = Document::read();
    let examples = document.examples["problems"].as_object().unwrap();
    let codes: BTreeSet<_> = examples.keys().map(String::as_str).collect();
    assert_eq!(codes, ProblemCode::KNOWN.iter().copied().collect());
    for (code, example) in examples {
        let mut own = example.as_object().unwrap().clone();
        own.retain(|name, _| !COMMON.contains(&name.as_str()));
        let members: ProblemMembers = serde_json::from_value(example.clone()).unwrap_or_else(|error| panic!("{code}: {error}"));
        assert_eq!(own.is_empty(), members == ProblemMembers::Other, "{code}: {own:?}");
        if !own.is_empty() {
            assert_covers(code, &own.into(), &serde_json::to_value(members).unwrap());
        }
    }
}
