//! Valid request bodies for each admin route.

use std::collections::BTreeMap;

use application::TicketCodes;
use application::ports::{Clock as _, Position};
use domain::testing::seat_number;
use domain::{PaidSeats, ReservationId, SalesEvent, ScheduleOffer, TicketId, sales};
use serde_json::{Value, json};
use time::Duration;

use crate::plan::{AUDIT, CONCERT, LATER_SCHEDULE, QUEUE, SCHEDULE, TICKET_KEY};
use crate::shop::{Shop, Visitor};

/// A schedule that an operator may add.
pub(crate) fn a_schedule() -> Value {
    json!({
        "starts_at": "2030-05-01T20:00:00+09:00",
        "zone": "Asia/Seoul",
        "sale_opens_at": "2020-01-01T00:00:00Z",
        "sale_closes_at": "2030-05-01T10:00:00Z",
    })
}

/// A venue.
pub(crate) fn a_venue() -> Value {
    json!({"name": "Blue Door", "city": "Seoul", "zone": "Asia/Seoul"})
}

/// A seat map with the seats `from` to `to` in one row.
pub(crate) fn a_map(from: u32, to: u32) -> Value {
    json!({"sections": [{"name": "Stalls", "price": 50_000, "rows": [{"name": "A", "numbers": {"from": from, "to": to}}]}]})
}

/// Returns an id with which a route succeeds: refunds need the cancelled schedule.
pub(crate) fn id(route: &str, user: &Visitor, reservation: &str) -> String {
    match route {
        _ if route.starts_with("/v1/admin/queues/") => QUEUE.0.to_string(),
        _ if route.starts_with("/v1/admin/concerts/") => CONCERT.0.to_string(),
        "/v1/admin/schedules/{id}:refund-all" => LATER_SCHEDULE.0.to_string(),
        _ if route.starts_with("/v1/admin/schedules/") => SCHEDULE.0.to_string(),
        _ if route.starts_with("/v1/admin/audits/") => AUDIT.to_string(),
        _ if route.starts_with("/v1/admin/users/") => user.id.0.to_string(),
        _ => reservation.to_owned(),
    }
}

/// The name of a reader of the event log, which exists once [`store_the_reader`] has stored its position.
pub(crate) const READER: &str = "mailer";

/// Stores the position of [`READER`].
pub(crate) async fn store_the_reader(shop: &Shop, operator: &Visitor) {
    let stored = shop.put(&format!("/v1/admin/event-readers/{READER}")).by(operator).json(&json!({"position": 0})).send().await;
    stored.with_status(204);
}

/// Runs an audit, so that one exists: its id is [`AUDIT`].
pub(crate) async fn run_an_audit(shop: &Shop, operator: &Visitor) {
    let audit = shop.post("/v1/admin/audits").by(operator).send().await.with_status(202);
    assert_eq!(audit.text("id"), AUDIT.to_string());
}

/// Adds sales, as if the schedule had sold out, so that rankings have an item.
pub(crate) async fn rank_the_schedule(shop: &Shop) {
    let paid_at = shop.clock.now();
    let paid = SalesEvent::Paid(PaidSeats { schedule: SCHEDULE, concert: CONCERT, count: 10, paid_at });
    let offer = ScheduleOffer { seats: 10, opens_at: paid_at - Duration::seconds(35) };
    let sales = sales::fold([], &[paid], &BTreeMap::from([(SCHEDULE, offer)]));
    assert!(shop.store.ports().sales.advance(None, Position(0), &sales).await.expect("sales"));
}

/// Returns the id of the ticket for a seat of `reservation`.
pub(crate) fn ticket(reservation: &str, seat: u32) -> TicketId {
    TicketId { reservation: ReservationId(reservation.parse().expect("an id")), seat: seat_number(seat) }
}

/// Returns the code of a ticket.
pub(crate) fn code(ticket: TicketId) -> String {
    TicketCodes::new(&TICKET_KEY).code(ticket).as_str().to_owned()
}

/// Returns the route's valid body, if it takes one, and pointers to those members that accept no value of another type.
pub(crate) fn valid_body(method: &str, route: &str) -> Option<(Value, &'static [&'static str])> {
    let id = "0f207207-0000-7000-8000-0000000a0001";
    let policy = json!({"capacity": 5, "batch": 5, "active_seconds": 600, "claim_seconds": 60, "max_waiting": 9});
    let (mut schedule, reason) = (a_schedule(), json!({"reason": "The singer has a cold"}));
    Some(match (method, route) {
        ("POST", "/v1/admin/queues") => (
            json!({"id": id, "name": "Matinees", "policy": policy, "message": "Doors at eight"}),
            &["/id", "/name", "/policy/batch", "/policy/active_seconds", "/policy/claim_seconds", "/message"],
        ),
        ("PATCH", "/v1/admin/queues/{id}") => (
            json!({"name": "Matinees", "policy": policy, "message": "Doors at eight"}),
            &["/name", "/policy/batch", "/policy/active_seconds", "/policy/claim_seconds", "/message"],
        ),
        ("POST", "/v1/admin/login-codes") => (json!({"user_id": id}), &["/user_id"]),
        ("POST", "/v1/admin/queues/{id}:admit") => (json!({"count": 5}), &["/count"]),
        ("POST", "/v1/admin/concerts") => {
            schedule["id"] = json!(id);
            schedule["seat_map"] = a_map(1, 20);
            (
                json!({"id": id, "name": "Night", "host": "House", "queue_id": QUEUE.0, "max_seats_per_user": 4, "description": "One night",
                    "image_url": "https://images.example/night.jpg", "venue": a_venue(), "publishes_at": "2020-01-01T00:00:00Z",
                    "schedules": [schedule]}),
                &[
                    "/id",
                    "/name",
                    "/host",
                    "/queue_id",
                    "/max_seats_per_user",
                    "/description",
                    "/image_url",
                    "/venue",
                    "/venue/name",
                    "/venue/city",
                    "/venue/zone",
                    "/publishes_at",
                    "/schedules/0",
                    "/schedules/0/starts_at",
                    "/schedules/0/zone",
                    "/schedules/0/seat_map",
                    "/schedules/0/seat_map/sections",
                    "/schedules/0/seat_map/sections/0/rows",
                    "/schedules/0/seat_map/sections/0/rows/0/numbers/from",
                ],
            )
        }
        ("PATCH", "/v1/admin/concerts/{id}") => (
            json!({"name": "Night", "host": "House", "queue_id": QUEUE.0, "max_seats_per_user": 4, "description": "One night",
                "image_url": "https://images.example/night.jpg", "venue": a_venue(), "publishes_at": "2020-01-01T00:00:00Z"}),
            &["/name", "/host", "/queue_id", "/max_seats_per_user", "/description", "/image_url", "/venue", "/venue/name", "/publishes_at"],
        ),
        ("POST", "/v1/admin/concerts/{id}/schedules") | ("PATCH", "/v1/admin/schedules/{id}") => {
            (schedule, &["/starts_at", "/zone", "/sale_opens_at", "/sale_closes_at"])
        }
        ("POST", "/v1/admin/concerts/{id}:cancel" | "/v1/admin/schedules/{id}:cancel") => (reason, &["/reason"]),
        ("PUT", "/v1/admin/event-readers/{name}") => (json!({"position": 1}), &[]),
        ("PUT", "/v1/admin/schedules/{id}/seat-map") => (
            a_map(101, 120),
            &[
                "/sections",
                "/sections/0",
                "/sections/0/name",
                "/sections/0/rows",
                "/sections/0/rows/0",
                "/sections/0/rows/0/name",
                "/sections/0/rows/0/numbers",
                "/sections/0/rows/0/numbers/from",
                "/sections/0/rows/0/numbers/to",
            ],
        ),
        ("POST", "/v1/admin/schedules/{id}/seats:block" | "/v1/admin/schedules/{id}/seats:unblock") => {
            (json!({"seat_numbers": [9], "reason": "A broken seat"}), &["/seat_numbers", "/seat_numbers/0", "/reason"])
        }
        ("POST", "/v1/admin/schedules/{id}:refund-all") => (json!({"at_most": 5, "reason": "No singer"}), &["/at_most", "/reason"]),
        ("POST", "/v1/admin/reservations/{id}:release") => (json!({"reason": "The buyer has called"}), &["/reason"]),
        ("PUT" | "POST" | "PATCH", route) if [":pause", ":resume", ":close", ":open"].iter().any(|verb| route.ends_with(verb)) => {
            return None;
        }
        ("POST", "/v1/admin/tickets:check-in") => {
            (json!({"code": code(ticket(id, 1)), "schedule_id": SCHEDULE.0}), &["/code", "/schedule_id"])
        }
        ("POST", "/v1/admin/audits") | ("GET" | "DELETE", _) => return None,
        (_, public) if !public.starts_with("/v1/admin/") => return None,
        (method, unknown) => panic!("{method} {unknown} is new: add a valid body for it here"),
    })
}

/// Whether null is a valid value of a member: of an optional one, or of one that can be cleared.
pub(crate) fn may_be_null(method: &str, target: &str, pointer: &str) -> bool {
    let nullable = [
        "/policy/batch",
        "/policy/active_seconds",
        "/policy/claim_seconds",
        "/message",
        "/max_seats_per_user",
        "/at_most",
        "/description",
        "/image_url",
        "/venue",
        "/publishes_at",
    ];
    let nullable_on_creation = ["/id", "/queue_id", "/schedules/0/seat_map"];
    let has_optional_reason = [":release", ":refund-all", "/refunds", "/charges"].iter().any(|end| target.ends_with(end));
    nullable.contains(&pointer)
        || has_optional_reason && ["/reason", "/user_id"].contains(&pointer)
        || target.ends_with(":check-in") && pointer == "/schedule_id"
        || method == "POST" && nullable_on_creation.contains(&pointer)
}

/// Cancels the later schedule, so that a cancelled schedule exists.
pub(crate) async fn cancel_the_later_schedule(shop: &Shop, operator: &Visitor) {
    let path = format!("/v1/admin/schedules/{}:cancel", LATER_SCHEDULE.0);
    shop.post(&path).by(operator).json(&json!({"reason": "The singer has a cold"})).send().await.with_status(200);
}
