//! Shoppers: users of the REST API, with methods in terms of the domain.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::log::{register_secret, secret_key};
use crate::{Frontrow, Reply};

/// The demo's club night. Each of its schedules has 50 seats at 60,000.
pub const CLUB: &str = "0f207207-0000-7000-8000-0000000c1b00";
/// Its first schedule.
pub const CLUB_SCHEDULE: &str = "0f207207-0000-7000-8000-0000000c1b01";

/// Its queue: the default one.
pub const CLUB_QUEUE: &str = "0f207207-0000-7000-8000-000000000001";

/// The queue of the demo's arena concert, which has one schedule with 15,000 seats.
pub const ARENA_QUEUE: &str = "0f207207-0000-7000-8000-000000a2e0aa";

/// How long a shopper waits for an expected state.
const TIMEOUT: Duration = Duration::from_secs(20);
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Returns `amount` in the API's representation.
#[must_use]
pub fn money(amount: i64) -> Value {
    json!({"amount": amount, "currency": "KRW"})
}

/// A user of the REST API.
#[derive(Debug, Clone)]
pub struct Shopper {
    pub(crate) base: String,
    http: reqwest::Client,
    /// Their access token; without one they are anonymous.
    pub jwt: Option<String>,
    /// Their queue token, once they have joined.
    pub token: Option<String>,
}

impl Shopper {
    /// Returns an anonymous client.
    #[must_use]
    pub fn anonymous(server: &Frontrow) -> Self {
        Self { base: server.base.clone(), http: server.http.clone(), jwt: None, token: None }
    }

    /// Returns the user that `jwt` identifies.
    #[must_use]
    pub fn with_jwt(server: &Frontrow, jwt: &str) -> Self {
        Self { jwt: Some(jwt.trim().to_owned()), ..Self::anonymous(server) }
    }

    /// Returns the user `id`, with a new access token of the server's own issuer.
    pub async fn with_issued_token(server: &Frontrow, id: &str) -> Self {
        let printed = server.run_command(&["token", "--user", id]).await;
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        Self::with_jwt(server, &String::from_utf8(printed.stdout).unwrap())
    }

    /// Returns an operator.
    pub async fn operator(server: &Frontrow) -> Self {
        let printed = server.run_command(&["token", "--role", "operator"]).await;
        assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
        Self::with_jwt(server, &String::from_utf8(printed.stdout).unwrap())
    }

    /// Returns the same user at another server, or at the same one after a restart.
    #[must_use]
    pub fn at(&self, server: &Frontrow) -> Self {
        Self { jwt: self.jwt.clone(), token: self.token.clone(), ..Self::anonymous(server) }
    }

    /// Registers a user.
    pub async fn register(server: &Frontrow) -> Self {
        let anonymous = Self::anonymous(server);
        let registered = anonymous.post("/v1/users", None, &json!({"name": "Ada"})).await.expect(201);
        let jwt = registered.text("access_token");
        register_secret(&jwt);
        Self { jwt: Some(jwt), ..anonymous }
    }

    /// Registers a user and waits until they are admitted.
    pub async fn admitted(server: &Frontrow) -> Self {
        let mut shopper = Self::register(server).await;
        shopper.join().await;
        shopper.until_active().await;
        shopper
    }

    /// Registers a user, waits until they are admitted, and charges `balance` to their wallet.
    pub async fn funded(server: &Frontrow, balance: i64) -> Self {
        let shopper = Self::admitted(server).await;
        let _ = shopper.charge(balance, "funds").await.expect(201);
        shopper
    }

    /// Registers `people` users who join in this order, each at the next of `servers`.
    pub async fn in_queue(servers: &[&Frontrow], people: usize) -> Vec<Self> {
        let mut shoppers = Vec::new();
        for server in servers.iter().cycle().take(people) {
            let mut shopper = Self::register(server).await;
            let _ = shopper.join().await.expect(201);
            shoppers.push(shopper);
        }
        shoppers
    }

    /// Sends a request; returns an error if the connection broke.
    pub async fn send(&self, method: Method, path: &str, key: Option<&str>, body: Option<&Value>) -> reqwest::Result<Reply> {
        let mut request = self.request(method, path);
        if let Some(token) = &self.token {
            request = request.header("queue-token", token);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", secret_key(key));
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        Reply::read(request.send().await?).await
    }

    /// Builds a request with the user's access token.
    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.jwt {
            Some(jwt) => request.bearer_auth(jwt),
            None => request,
        }
    }

    /// Sends a GET request.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None, None).await.unwrap()
    }

    /// Sends a POST request.
    pub async fn post(&self, path: &str, key: Option<&str>, body: &Value) -> Reply {
        self.send(Method::POST, path, key, Some(body)).await.unwrap()
    }

    /// Changes the current version of a resource.
    pub async fn change(&self, path: &str, body: &Value) -> Reply {
        let version = self.get(path).await.expect(200).header("etag").to_owned();
        Reply::read(self.request(Method::PATCH, path).header("if-match", version).json(body).send().await.unwrap()).await.unwrap()
    }

    /// Sends a DELETE request.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None, None).await.unwrap()
    }

    /// Returns all items of a list, reading page by page.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut items = Vec::new();
        let mut page = self.get(&format!("{path}?page_size=200")).await.expect(200);
        loop {
            items.extend(page.body["items"].as_array().cloned().unwrap_or_default());
            let Some(cursor) = page.body["next_cursor"].as_str() else { return items };
            page = self.get(&format!("{path}?page_size=200&cursor={cursor}")).await.expect(200);
        }
    }

    /// Joins the club's queue.
    pub async fn join(&mut self) -> Reply {
        self.join_for(CLUB).await
    }

    /// Joins the queue of a concert.
    pub async fn join_for(&mut self, concert: &str) -> Reply {
        let joined = self.post("/v1/queue-tokens", None, &json!({"concert_id": concert})).await;
        let token = joined.text("token");
        register_secret(&token);
        self.token = Some(token);
        joined
    }

    /// Returns the URL of the token's stream for `EventSource`, relative to the server.
    pub async fn stream_url(&self) -> String {
        let path = format!("/v1/queue-tokens/{}/stream-tickets", self.token.as_deref().unwrap_or_default());
        let url = self.post(&path, None, &json!({})).await.expect(201).text("url");
        register_secret(url.rsplit('/').next().unwrap_or_default());
        url
    }

    /// Gives up their queue token, waiting or active.
    pub async fn leave(&self) -> Reply {
        self.delete(&format!("/v1/queue-tokens/{}", self.token.as_deref().unwrap_or_default())).await
    }

    /// Polls the queue token.
    pub async fn poll(&self) -> Reply {
        self.get(&format!("/v1/queue-tokens/{}", self.token.as_deref().unwrap_or_default())).await.expect(200)
    }

    /// Polls until the token is ACTIVE.
    pub async fn until_active(&self) -> Reply {
        self.until("the token is ACTIVE", || self.poll(), |reply| reply.body["status"] == "ACTIVE").await
    }

    /// Repeats a request until the response meets the condition.
    pub async fn until<F: Future<Output = Reply>>(
        &self,
        description: &str,
        send: impl Fn() -> F,
        condition: impl Fn(&Reply) -> bool,
    ) -> Reply {
        let deadline = Instant::now() + TIMEOUT;
        loop {
            let reply = send().await;
            if condition(&reply) {
                return reply;
            }
            assert!(Instant::now() < deadline, "not in time: {description}: {reply:?}");
            sleep(POLL_INTERVAL).await;
        }
    }

    /// Holds seats of the club's first schedule.
    pub async fn hold(&self, seats: &[u32], key: &str) -> Reply {
        self.post("/v1/reservations", Some(key), &json!({"schedule_id": CLUB_SCHEDULE, "seat_numbers": seats})).await
    }

    /// Charges the wallet.
    pub async fn charge(&self, amount: i64, key: &str) -> Reply {
        self.post("/v1/wallet/charges", Some(key), &json!({"amount": money(amount)})).await
    }

    /// Pays for a reservation.
    pub async fn pay(&self, reservation: &str, key: &str) -> Reply {
        self.post("/v1/payments", Some(key), &json!({"reservation_id": reservation})).await
    }

    /// Returns the balance of the wallet.
    pub async fn balance(&self) -> i64 {
        self.get("/v1/wallet").await.expect(200).body["balance"]["amount"].as_i64().unwrap()
    }

    /// Returns a seat of the club's first schedule, as the seat map shows it, in the place of the whole map.
    pub async fn seat(&self, number: u32) -> Reply {
        let map = self.get(&format!("/v1/schedules/{CLUB_SCHEDULE}/seats")).await.expect(200);
        let seats = map.body["seats"].as_array().cloned().unwrap_or_default();
        let seat = seats.into_iter().find(|seat| seat["number"] == number).unwrap_or_default();
        Reply { body: seat, ..map }
    }

    /// Returns the status of a seat of the club's first schedule, as the seat map shows it.
    pub async fn seat_status(&self, number: u32) -> String {
        self.seat(number).await.text("status")
    }
}
