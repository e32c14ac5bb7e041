//! The state that all virtual users share: the connections, the concert and its schedule, the history.

use std::cell::RefCell;
use std::time::Duration;

use frontrow_client::{Call, ConcertId, Reply, ScheduleId};
use tokio::time::{Instant, sleep, sleep_until};

use crate::history::{Answer, Exchange, Request};
use crate::live::Live;
use crate::reading::content;
use crate::scenario::Scenario;
use crate::wire::Pool;

/// The maximum number of attempts of a request.
const MAX_ATTEMPTS: u32 = 4;
/// The pause before the second attempt; it grows linearly.
const RETRY_DELAY: Duration = Duration::from_millis(250);

pub(crate) struct World {
    pub(crate) pool: Pool,
    pub(crate) scenario: Scenario,
    pub(crate) concert: ConcertId,
    pub(crate) schedule: ScheduleId,
    /// The prefix of every idempotency key, so that runs don't share keys.
    pub(crate) run: String,
    pub(crate) start: Instant,
    pub(crate) history: RefCell<Vec<Exchange>>,
    pub(crate) live: RefCell<Live>,
    /// The access token of each user; empty until the user has registered.
    pub(crate) jwts: RefCell<Vec<String>>,
}

/// The sender of a request, its idempotency key, and its scheduled time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RequestContext {
    pub(crate) user: u32,
    pub(crate) key: u16,
    pub(crate) due: u64,
}

/// A pending request: it is added to the history even if its user is stopped before the response.
pub(crate) struct PendingExchange<'a> {
    world: &'a World,
    exchange: Option<Exchange>,
}

impl World {
    /// Returns the microseconds since the start.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    pub(crate) async fn wait_until(&self, micros: u64) {
        sleep_until(self.start + Duration::from_micros(micros)).await;
    }

    /// Sends `call`, again after a 429, a 503 or a failure, and adds each attempt to the history. Returns the last response, if any.
    pub(crate) async fn send<T>(&self, context: RequestContext, request: Request, call: &Call<T>, jwt: &str) -> Option<Reply> {
        // Boxed, so that the futures of waiting users stay small.
        Box::pin(async move {
            let mut context = context;
            for attempt in 1..=MAX_ATTEMPTS {
                let reply = self.attempt(context, request.clone(), call, jwt).await;
                if attempt == MAX_ATTEMPTS || reply.as_ref().is_some_and(|reply| !matches!(reply.status, 429 | 503)) {
                    return reply;
                }
                sleep(RETRY_DELAY * attempt).await;
                context.due = self.now();
            }
            None
        })
        .await
    }

    async fn attempt<T>(&self, context: RequestContext, request: Request, call: &Call<T>, jwt: &str) -> Option<Reply> {
        let lease = self.pool.acquire().await;
        let pending = self.begin(context, request);
        let reply = lease.exchange(call, jwt).await.ok();
        drop(lease);
        pending.end(reply)
    }

    /// Records that a request is sent now.
    pub(crate) fn begin(&self, context: RequestContext, request: Request) -> PendingExchange<'_> {
        let RequestContext { user, key, due } = context;
        let sent = self.now();
        let exchange = Exchange { user, request, key, due, sent, answered: sent, answer: Answer::Disconnected };
        PendingExchange { world: self, exchange: Some(exchange) }
    }
}

impl PendingExchange<'_> {
    /// Records the response, or that there is none, and returns the response if its content is as expected.
    pub(crate) fn end(mut self, reply: Option<Reply>) -> Option<Reply> {
        let mut exchange = self.exchange.take()?;
        exchange.answered = self.world.now();
        let response = reply.as_ref().and_then(|reply| content(&exchange.request, reply).map(|content| (reply.status, content)));
        exchange.answer = response.map_or(Answer::Broken, |(status, content)| Answer::Response(status, content));
        let mut live = self.world.live.borrow_mut();
        match exchange.status() {
            Some(status) => live.record_response(status, exchange.answered.saturating_sub(exchange.due)),
            None => live.record_failure(),
        }
        let is_valid = exchange.status().is_some();
        self.world.history.borrow_mut().push(exchange);
        reply.filter(|_| is_valid)
    }

    /// Discards the request without adding it to the history.
    pub(crate) fn discard(mut self) {
        self.exchange = None;
    }

    /// Records an event of a stream.
    pub(crate) fn end_with_event(self, data: String) -> Option<Reply> {
        self.end(Some(Reply { status: 200, body: data.into(), ..Reply::default() }))
    }
}

impl Drop for PendingExchange<'_> {
    fn drop(&mut self) {
        if let Some(mut exchange) = self.exchange.take() {
            exchange.answered = self.world.now();
            self.world.history.borrow_mut().push(exchange);
        }
    }
}
