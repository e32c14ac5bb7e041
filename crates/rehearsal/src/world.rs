//! What all of the crowd share: the connections, the hall, the history.

use std::cell::RefCell;
use std::time::Duration;

use bytes::Bytes;
use tokio::time::{Instant, sleep, sleep_until};
use uuid::Uuid;

use crate::history::{Answer, Asked, Exchange};
use crate::live::Live;
use crate::reading::told;
use crate::scenario::Scenario;
use crate::wire::{Call, Pool, Reply};

/// How often a request is sent until somebody gives up.
const ATTEMPTS: u32 = 4;
/// Before the next attempt.
const PAUSE: Duration = Duration::from_millis(250);

pub(crate) struct World {
    pub(crate) pool: Pool,
    pub(crate) scenario: Scenario,
    pub(crate) concert: Uuid,
    pub(crate) schedule: Uuid,
    /// Begins every idempotency key: runs don't mix.
    pub(crate) run: String,
    pub(crate) start: Instant,
    pub(crate) history: RefCell<Vec<Exchange>>,
    pub(crate) live: RefCell<Live>,
    /// Whom each user is, once they are somebody.
    pub(crate) jwts: RefCell<Vec<String>>,
}

/// Who asks, and when they should.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking {
    pub(crate) user: u32,
    pub(crate) key: u16,
    pub(crate) due: u64,
}

/// A request under way: it is in the history even if its user is sent home before the answer.
pub(crate) struct UnderWay<'a> {
    world: &'a World,
    exchange: Option<Exchange>,
}

impl World {
    /// Microseconds since the beginning.
    pub(crate) fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    pub(crate) async fn wait_until(&self, micros: u64) {
        sleep_until(self.start + Duration::from_micros(micros)).await;
    }

    /// Sends `call` until it is answered with more than "not now". The answer is in the history; none if there was none.
    pub(crate) async fn ask(&self, asking: Asking, asked: Asked, call: &Call) -> Option<Reply> {
        // On the heap while it lasts: whoever only waits is small.
        Box::pin(async move {
            let mut asking = asking;
            for attempt in 1..=ATTEMPTS {
                let reply = self.attempt(asking, asked.clone(), call).await;
                if attempt == ATTEMPTS || reply.as_ref().is_some_and(|reply| !matches!(reply.status, 429 | 503)) {
                    return reply;
                }
                sleep(PAUSE * attempt).await;
                asking.due = self.now();
            }
            None
        })
        .await
    }

    async fn attempt(&self, asking: Asking, asked: Asked, call: &Call) -> Option<Reply> {
        let turn = self.pool.turn().await;
        let under_way = self.begin(asking, asked);
        let reply = turn.exchange(call).await.ok();
        drop(turn);
        under_way.end(reply)
    }

    /// A request is being sent.
    pub(crate) fn begin(&self, asking: Asking, asked: Asked) -> UnderWay<'_> {
        let Asking { user, key, due } = asking;
        let sent = self.now();
        let exchange = Exchange { user, asked, key, due, sent, answered: sent, answer: Answer::HungUp };
        UnderWay { world: self, exchange: Some(exchange) }
    }
}

impl UnderWay<'_> {
    /// The answer is there, or won't come.
    pub(crate) fn end(mut self, reply: Option<Reply>) -> Option<Reply> {
        let mut exchange = self.exchange.take()?;
        exchange.answered = self.world.now();
        let told = reply.as_ref().and_then(|reply| told(&exchange.asked, reply.status, &reply.body).map(|told| (reply.status, told)));
        exchange.answer = told.map_or(Answer::Broken, |(status, told)| Answer::Told(status, told));
        let mut live = self.world.live.borrow_mut();
        match exchange.status() {
            Some(status) => live.answered(status, exchange.answered.saturating_sub(exchange.due)),
            None => live.broke(),
        }
        let is_told = exchange.status().is_some();
        self.world.history.borrow_mut().push(exchange);
        reply.filter(|_| is_told)
    }

    /// Nothing came of it, and that's no matter.
    pub(crate) fn end_silently(mut self) {
        self.exchange = None;
    }

    /// An event came on a stream.
    pub(crate) fn end_with_event(self, data: String) -> Option<Reply> {
        self.end(Some(Reply { status: 200, body: Bytes::from(data) }))
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some(mut exchange) = self.exchange.take() {
            exchange.answered = self.world.now();
            self.world.history.borrow_mut().push(exchange);
        }
    }
}
