//! A server that imitates Frontrow and breaks one guarantee, which the checks of a rehearsal must detect.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Every instant in responses that no check depends on.
const INSTANT: &str = "2026-11-21T20:00:00Z";

/// The guarantee that the server breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Misbehaviour {
    /// None.
    None,
    /// Every request for a seat succeeds.
    SellsTwice,
    /// Payments are confirmed but not stored.
    ForgetsPayments,
    /// Holds fail.
    Fails,
}

/// A running faulty server; it stops when dropped.
pub struct FaultyServer {
    /// Its base URL, like `http://127.0.0.1:41234`.
    pub base: String,
    serving: JoinHandle<()>,
}

/// The state of the server.
#[derive(Default)]
struct Memory {
    users: usize,
    /// By user, in the order of their joins.
    numbers: HashMap<String, usize>,
    /// By seat.
    holds: HashMap<u64, Value>,
    reservations: HashMap<String, Vec<Value>>,
    charged: HashMap<String, i64>,
    payments: HashMap<String, Vec<Value>>,
}

/// The parts of a request that the server evaluates.
struct Request {
    line: String,
    jwt: String,
    body: Value,
}

impl FaultyServer {
    /// The id of both the concert and the schedule that it sells.
    pub const ID: &str = "00000000-0000-0000-0000-000000000001";
    const PRICE: i64 = 100;

    /// Starts a server with this misbehaviour.
    pub async fn start(misbehaviour: Misbehaviour) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let memory = Arc::new(Mutex::new(Memory::default()));
        let serving = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, memory.clone(), misbehaviour));
            }
        });
        Self { base, serving }
    }
}

impl Drop for FaultyServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(connection: TcpStream, memory: Arc<Mutex<Memory>>, misbehaviour: Misbehaviour) {
    let mut connection = BufReader::new(connection);
    while let Some(request) = read(&mut connection).await {
        let (status, body) = memory.lock().unwrap().answer(&request, misbehaviour);
        let body = body.to_string();
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        if connection.write_all(answer.as_bytes()).await.is_err() {
            break;
        }
    }
}

async fn read(connection: &mut BufReader<TcpStream>) -> Option<Request> {
    let (mut request, mut length) = (Request { line: String::new(), jwt: String::new(), body: Value::Null }, 0);
    connection.read_line(&mut request.line).await.ok().filter(|read| *read > 0)?;
    loop {
        let mut header = String::new();
        connection.read_line(&mut header).await.ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_ascii_lowercase().as_str() {
            "authorization" => value.trim_start_matches("Bearer ").clone_into(&mut request.jwt),
            "content-length" => length = value.parse().ok()?,
            _ => {}
        }
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body).await.ok()?;
    request.body = serde_json::from_slice(&body).unwrap_or_default();
    Some(request)
}

fn money(amount: i64) -> Value {
    json!({"amount": amount, "currency": "KRW"})
}

fn page(items: impl Into<Value>) -> (u16, Value) {
    (200, json!({"items": items.into(), "next_cursor": null}))
}

/// Returns the id of a resource; `kind` distinguishes the kinds.
fn id(kind: u8, number: usize) -> String {
    format!("00000000-0000-0000-{kind:04}-{number:012}")
}

fn token(number: usize) -> Value {
    json!({
        "token": id(3, number),
        "queue_id": FaultyServer::ID,
        "concert_id": FaultyServer::ID,
        "status": "ACTIVE",
        "expired_reason": null,
        "number": number,
        "position": null,
        "people_ahead": null,
        "estimated_wait": {"known": false, "p50_seconds": null, "p90_seconds": null},
        "poll_after_seconds": 1,
        "board": null,
        "availability": "GOOD",
        "joined_at": INSTANT,
        "activated_at": INSTANT,
        "expires_at": null,
        "expires_in_seconds": null,
    })
}

fn entry(kind: &str, amount: i64) -> Value {
    json!({
        "id": FaultyServer::ID,
        "kind": kind,
        "amount": money(amount),
        "balance": money(0),
        "created_at": INSTANT,
        "payment_id": null,
        "reservation_id": null,
    })
}

fn schedule() -> Value {
    json!({
        "id": FaultyServer::ID,
        "concert_id": FaultyServer::ID,
        "starts_at": INSTANT,
        "zone": "Asia/Seoul",
        "sale_opens_at": INSTANT,
        "sale_closes_at": INSTANT,
        "on_sale": true,
        "seats": 2,
        "available": 2,
        "cancelled_at": null,
        "cancellation_reason": null,
    })
}

impl Memory {
    fn answer(&mut self, request: &Request, misbehaviour: Misbehaviour) -> (u16, Value) {
        let mut parts = request.line.split_whitespace();
        let (method, path) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let user = request.jwt.clone();
        let path = path.split('?').next().unwrap_or_default();
        match (method, path) {
            ("POST", "/v1/users") => {
                self.users += 1;
                (
                    201,
                    json!({"id": id(4, self.users), "name": "X", "wallet": {"balance": money(0)}, "access_token": format!("user-{}", self.users)}),
                )
            }
            ("POST", "/v1/queue-tokens") => {
                let next = self.numbers.len() + 1;
                let number = *self.numbers.entry(user.clone()).or_insert(next);
                (201, token(number))
            }
            ("POST", "/v1/reservations") => self.hold(user, &request.body, misbehaviour),
            ("POST", "/v1/wallet/charges") => {
                *self.charged.entry(user).or_default() += request.body["amount"]["amount"].as_i64().unwrap_or_default();
                (201, json!({}))
            }
            ("POST", "/v1/payments") => self.pay(user, &request.body["reservation_id"], misbehaviour),
            ("GET", "/v1/wallet") => {
                (200, json!({"balance": money(self.charged.get(&user).copied().unwrap_or_default() - self.paid(&user))}))
            }
            ("GET", "/v1/wallet/entries") => {
                let charged = self.charged.get(&user).copied().unwrap_or_default();
                let entries = [("CHARGE", charged), ("PAYMENT", -self.paid(&user))];
                page(entries.map(|(kind, amount)| entry(kind, amount)).to_vec())
            }
            ("GET", "/v1/payments") => page(self.payments.get(&user).cloned().unwrap_or_default()),
            ("GET", "/v1/reservations") => page(self.reservations.get(&user).cloned().unwrap_or_default()),
            ("GET", _) => page(vec![schedule()]),
            _ => (200, json!({})),
        }
    }

    fn hold(&mut self, user: String, body: &Value, misbehaviour: Misbehaviour) -> (u16, Value) {
        let seat = body["seat_numbers"][0].as_u64().unwrap_or_default();
        match (misbehaviour, self.holds.get(&seat)) {
            (Misbehaviour::Fails, _) => return (500, json!({"title": "X", "code": "INTERNAL"})),
            (Misbehaviour::SellsTwice, _) | (_, None) => {}
            (Misbehaviour::None | Misbehaviour::ForgetsPayments, Some(_)) => {
                return (409, json!({"title": "X", "code": "SEAT_UNAVAILABLE", "conflicts": []}));
            }
        }
        let number = self.reservations.values().map(Vec::len).sum::<usize>() + 1;
        let reservation = json!({
            "id": id(1, number),
            "schedule_id": FaultyServer::ID,
            "seats": [{"number": seat, "label": "X", "price": money(FaultyServer::PRICE)}],
            "amount": money(FaultyServer::PRICE),
            "status": "HELD",
            "cancelled_reason": null,
            "held_at": INSTANT,
            "expires_at": "2026-11-21T20:05:00Z",
            "expires_in_seconds": 300,
            "payment_id": null,
        });
        self.holds.insert(seat, reservation.clone());
        self.reservations.entry(user).or_default().push(reservation.clone());
        (201, reservation)
    }

    fn pay(&mut self, user: String, reservation: &Value, misbehaviour: Misbehaviour) -> (u16, Value) {
        let id = reservation.as_str().unwrap_or_default().replace("-0001-", "-0002-");
        let payment = json!({
            "id": id,
            "reservation_id": reservation,
            "amount": money(FaultyServer::PRICE),
            "status": "COMPLETED",
            "paid_at": INSTANT,
            "refunded_at": null,
        });
        for held in self.reservations.entry(user.clone()).or_default().iter_mut().filter(|held| held["id"] == *reservation) {
            held["status"] = "CONFIRMED".into();
        }
        if misbehaviour != Misbehaviour::ForgetsPayments {
            self.payments.entry(user).or_default().push(payment.clone());
        }
        (201, payment)
    }

    fn paid(&self, user: &str) -> i64 {
        self.payments.get(user).map_or(0, |payments| i64::try_from(payments.len()).unwrap_or_default() * FaultyServer::PRICE)
    }
}
