//! The Rust client buys seats of the demo's club night, as in the README, over a bad connection.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that can't go on fails")]

use std::collections::{HashMap, HashSet};
use std::pin::pin;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use bytes::Bytes;
use frontrow_client::availability::show_availability;
use frontrow_client::concerts::{ConcertFilter, list_concerts};
use frontrow_client::payments::{NewPayment, Payment, pay_reservation};
use frontrow_client::problem::{ProblemMembers, SeatConflict};
use frontrow_client::queue::{QueueState, QueueTokenEventName, QueueTokenStatus, join_queue, leave_queue};
use frontrow_client::reservations::{BestAvailable, NewReservation, ReservationStatus, hold_seats, release_hold, show_reservation};
use frontrow_client::schedules::list_bookable_schedules;
use frontrow_client::seats::{SeatStatus, list_seats};
use frontrow_client::tickets::{TicketStatus, list_tickets, show_qr_code};
use frontrow_client::transport::{Body, HttpTransport, Transport, TransportError};
use frontrow_client::users::register_user;
use frontrow_client::wallet::{NewCharge, charge_wallet, list_wallet_entries, show_wallet};
use frontrow_client::{ConcertId, Error, Frontrow, Money, ProblemCode, QueueTokenId, ScheduleId};
use frontrow_tests::{CLUB, CLUB_SCHEDULE, StoreKind};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use hyper::{Method, Request, Response};

/// Loses the first response to each POST, and interrupts each stream after its first event.
struct Lossy {
    http: HttpTransport,
    seen: Arc<Mutex<Seen>>,
}

/// What a lossy transport has seen.
#[derive(Default)]
struct Seen {
    /// The idempotency keys, by path.
    keys: HashMap<String, HashSet<String>>,
    /// The keys and the streams that were interrupted.
    lost: HashSet<String>,
    /// The ids after which streams continued.
    resumed: Vec<String>,
}

#[async_trait]
impl Transport for Lossy {
    async fn send(&self, request: Request<Bytes>) -> Result<Response<Body>, TransportError> {
        let path = request.uri().path().to_owned();
        let header = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (method, key, last) = (request.method().clone(), header("idempotency-key"), header("last-event-id"));
        let response = self.http.send(request).await?;
        if path.ends_with("/events") {
            let is_first = {
                let mut seen = self.seen.lock().unwrap();
                seen.resumed.extend(last);
                seen.lost.insert(path)
            };
            return Ok(if is_first && response.status() == 200 { interrupted(response).await } else { response });
        }
        if method == Method::POST {
            let key = key.expect("every POST has a key");
            let is_first = {
                let mut seen = self.seen.lock().unwrap();
                seen.keys.entry(path).or_default().insert(key.clone());
                seen.lost.insert(key)
            };
            if is_first {
                let _ = response.into_body().collect().await?;
                return Err(TransportError::Broken("the connection was reset".into()));
            }
        }
        Ok(response)
    }
}

/// Returns a response that breaks after its first event.
async fn interrupted(response: Response<Body>) -> Response<Body> {
    let (head, mut body) = response.into_parts();
    let mut text = Vec::new();
    let first = loop {
        text.extend_from_slice(&body.frame().await.unwrap().unwrap().into_data().unwrap());
        let text = String::from_utf8_lossy(&text);
        let data = text.find("data:").unwrap_or(text.len());
        if let Some(end) = text[data..].find("\n\n") {
            break text[..data + end + 2].to_owned();
        }
    };
    let parts = [Ok(Frame::data(Bytes::from(first))), Err(TransportError::Broken("the connection was reset".into()))];
    Response::from_parts(head, StreamBody::new(stream::iter(parts)).boxed_unsync())
}

fn concert() -> ConcertId {
    CLUB.parse().unwrap()
}

fn schedule() -> ScheduleId {
    CLUB_SCHEDULE.parse().unwrap()
}

/// Joins the queue and waits.
async fn enter(shop: &Frontrow) -> QueueTokenId {
    let token = shop.send(join_queue(concert())).await.unwrap().token.unwrap();
    let mut events = pin!(shop.follow(token));
    while let Some(event) = events.try_next().await.unwrap() {
        if event.token.status == QueueTokenStatus::Active
            && let Some(queue) = event.queue
        {
            assert_eq!((queue.state, event.token.token), (QueueState::Open, Some(token)));
            return token;
        }
    }
    panic!("the stream has ended")
}

/// Another user can't hold these seats, and lets the service choose.
async fn refused_to_another(visitor: &Frontrow, numbers: &[u32]) {
    let grace = visitor.send(register_user("Grace")).await.unwrap();
    let shop = visitor.with_access_token(grace.access_token);
    let token = enter(&shop).await;
    let refused = shop.send(hold_seats(&NewReservation::seats(schedule(), numbers), token)).await.unwrap_err();
    let Error::Problem(problem) = refused else { panic!("{refused}") };
    let conflicts = numbers.iter().map(|number| SeatConflict { number: *number, status: SeatStatus::Held }).collect();
    assert_eq!(problem.members, ProblemMembers::SeatUnavailable { conflicts });

    let pair = NewReservation::best_available(schedule(), BestAvailable::of(2));
    let held = shop.send(hold_seats(&pair, token)).await.unwrap();
    assert!(held.seats.len() == 2 && held.seats.iter().all(|seat| !numbers.contains(&seat.number)), "{held:?}");
    let mut changes = pin!(shop.follow_availability(schedule(), token));
    // The first event may be some time old.
    while changes.next().await.unwrap().unwrap().available != 50 - 4 {}
    shop.send(release_hold(held.id)).await.unwrap();
    let change = changes.next().await.unwrap().unwrap();
    assert!(change.available == 50 - 2 && change.changes.is_some_and(|changes| changes.available.is_some()), "released");
    shop.send(leave_queue(token)).await.unwrap();
    let unknown = shop.send(show_reservation(frontrow_client::ReservationId(concert().0))).await.unwrap_err();
    assert_eq!(unknown.code(), Some(&ProblemCode::NotFound));
}

#[tokio::test]
async fn the_rust_client_buys_seats_once_although_every_response_is_lost() {
    let server = frontrow_tests::Frontrow::start(StoreKind::Memory, &[]).await;
    let seen: Arc<Mutex<Seen>> = Arc::default();
    let http = HttpTransport::to(&server.base.parse().unwrap(), std::time::Duration::from_secs(5)).unwrap();
    let visitor = Frontrow::builder(&*server.base).language("ko").transport(Lossy { http, seen: seen.clone() }).build().unwrap();
    let ada = visitor.send(register_user("Ada")).await.unwrap();
    let shop = visitor.with_access_token(ada.access_token);

    let found: Vec<_> = visitor.items(list_concerts(&ConcertFilter::default()).query("page_size", 1)).try_collect().await.unwrap();
    assert!(found.iter().any(|found| found.id == concert()), "{found:?}");
    let token = enter(&shop).await;
    assert!(!seen.lock().unwrap().resumed.is_empty(), "the stream was resumed");

    let schedules = shop.list(list_bookable_schedules(concert(), token), usize::MAX).await.unwrap();
    assert!(schedules.items.iter().any(|found| found.id == schedule() && found.available == 50), "{schedules:?}");
    let seats = shop.send(list_seats(schedule(), Some(SeatStatus::Available), token)).await.unwrap();
    let numbers: Vec<_> = seats.seats.iter().take(2).map(|seat| seat.number).collect();
    let held = shop.send(hold_seats(&NewReservation::seats(schedule(), &*numbers), token)).await.unwrap();
    assert_eq!(held.seats.iter().map(|seat| seat.number).collect::<Vec<_>>(), numbers);
    assert_eq!(shop.send(show_availability(schedule(), None, token)).await.unwrap().available, 48);
    refused_to_another(&Frontrow::new(&*server.base).unwrap(), &numbers).await;

    let pay = async || -> Result<Payment, Error> {
        shop.send(pay_reservation(&NewPayment::of(held.id), token).idempotency_key("the-payment")).await
    };
    let Err(Error::Problem(problem)) = pay().await else { panic!("the wallet is empty") };
    assert_eq!(problem.title, "잔액이 부족합니다");
    let ProblemMembers::InsufficientBalance { required, .. } = problem.members else { panic!("{problem}") };
    assert_eq!(required, held.amount);
    let won = |amount| Money { amount, currency: "KRW".to_owned() };
    let _ = shop.send(charge_wallet(&NewCharge::of(won(required.amount + 50_000)))).await.unwrap();
    assert_eq!(pay().await.unwrap().balance, Some(won(50_000)));

    // Each response was lost once: nothing happened twice, because each request kept its key.
    for (path, keys) in &seen.lock().unwrap().keys {
        assert_eq!(keys.len(), 1, "{path}");
    }
    assert_eq!(shop.send(show_wallet()).await.unwrap().balance, won(50_000));
    let entries: Vec<_> = shop.items(list_wallet_entries()).map_ok(|entry| entry.amount.amount).try_collect().await.unwrap();
    assert_eq!(entries, [-required.amount, required.amount + 50_000]);
    assert_eq!(shop.send(show_reservation(held.id)).await.unwrap().status, ReservationStatus::Confirmed);
    let tickets = shop.list(list_tickets(), 10).await.unwrap().items;
    assert_eq!(tickets.iter().map(|bought| bought.ticket.seat.number).collect::<Vec<_>>(), numbers);
    assert!(tickets.iter().all(|bought| bought.ticket.status == TicketStatus::Valid));
    assert!(shop.send(show_qr_code(&tickets[0].ticket.id)).await.unwrap().starts_with(b"<"));
    let end: Vec<_> = shop.follow(token).map_ok(|event| event.event).try_collect().await.unwrap();
    assert_eq!(end, [QueueTokenEventName::Expired]);
}
