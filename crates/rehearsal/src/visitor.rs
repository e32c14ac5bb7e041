//! A virtual user: joins the queue, waits, buys and leaves, as their intent determines.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::sleep;

use crate::history::{Request, TokenStatus};
use crate::intent::{Intent, WriteMode};
use crate::live::Stage;
use crate::reading::{QueueTokenBody, RegisteredBody, read};
use crate::scenario::People;
use crate::wire::{Call, Reply, Stream};
use crate::world::{RequestContext, World};

/// The pause between a disconnect and the next attempt.
const RECONNECT_DELAY: Duration = Duration::from_millis(200);

pub(crate) struct Visitor {
    pub(crate) world: Rc<World>,
    pub(crate) user: u32,
    pub(crate) intent: Intent,
    /// The number of the last idempotency key.
    last_key: u16,
    /// The scheduled time of the next request.
    due: u64,
    pub(crate) token: String,
    stage: Stage,
}

impl Visitor {
    /// Creates a user who is scheduled to arrive at `due`.
    pub(crate) fn new(world: Rc<World>, user: u32, intent: Intent, due: u64) -> Self {
        world.live.borrow_mut().add_arrival();
        Self { world, user, intent, last_key: 0, due, token: String::new(), stage: Stage::Arriving }
    }

    /// Runs the visit from the join to the end.
    pub(crate) async fn visit(mut self) {
        if let Some(token) = self.join().await {
            self.enter_stage(Stage::Waiting);
            if self.wait(token).await {
                self.enter_stage(Stage::Active);
                self.shop().await;
            }
        }
        self.enter_stage(Stage::Finished);
    }

    fn enter_stage(&mut self, stage: Stage) {
        self.world.live.borrow_mut().change_stage(self.stage, stage);
        self.stage = stage;
    }

    pub(crate) fn people(&self) -> &People {
        &self.world.scenario.people[self.intent.kind]
    }

    fn jwt(&self) -> String {
        self.world.jwts.borrow()[self.user as usize].clone()
    }

    /// Registers the user if they have no access token, and joins the queue.
    async fn join(&mut self) -> Option<QueueTokenBody> {
        if self.jwt().is_empty() {
            let call = Call::post("/v1/users", format!(r#"{{"name":"Visitor {}"}}"#, self.user));
            let reply = self.request(Request::Register, &call).await?;
            let registered: RegisteredBody = read(&reply.body)?;
            self.world.jwts.borrow_mut()[self.user as usize] = registered.access_token;
        }
        let call = Call::post("/v1/queue-tokens", format!(r#"{{"concert_id":"{}"}}"#, self.world.concert));
        let token: QueueTokenBody = read(&self.write(Request::Join, call).await?.body)?;
        self.token.clone_from(&token.token);
        Some(token)
    }

    /// Waits for the admission. Returns whether the user was admitted.
    async fn wait(&mut self, mut token: QueueTokenBody) -> bool {
        if self.people().listens && token.status() == TokenStatus::Waiting {
            token = self.listen().await.unwrap_or(token);
            // The next request is due from the last event on.
            self.due = self.world.now();
        }
        loop {
            match token.status() {
                TokenStatus::Active => return true,
                TokenStatus::Expired => return false,
                TokenStatus::Waiting if token.is_sold_out() => {
                    self.leave().await;
                    return false;
                }
                TokenStatus::Waiting => {}
            }
            let advised = Duration::from_secs(token.poll_after_seconds.max(1).into());
            let pause = self.people().polls_every_seconds.map_or(advised, Duration::from_secs_f64);
            let pause = self.intent.jitter(pause);
            self.pause(pause).await;
            let Some(polled) = self.poll().await else { return false };
            token = polled;
        }
    }

    async fn poll(&mut self) -> Option<QueueTokenBody> {
        let call = Call::get(format!("/v1/queue-tokens/{}", self.token));
        read(&self.request(Request::Poll, &call).await?.body)
    }

    /// Listens to the token's events and returns the last state, or `None` if there was no event.
    async fn listen(&mut self) -> Option<QueueTokenBody> {
        let call = Call::get(format!("/v1/queue-tokens/{}/events", self.token)).with_jwt(&self.jwt());
        let call = Call { accept: "text/event-stream", ..call };
        let world = self.world.clone();
        let context = self.context(0);
        let mut pending = world.begin(context, Request::Listen);
        let opened = Box::pin(Stream::open(&world.pool, &call)).await;
        let mut stream = match opened {
            Ok(stream) if stream.status == 200 => stream,
            // The user polls instead.
            Ok(stream) => return pending.end(Some(Reply { status: stream.status, body: bytes::Bytes::new() })).and(None),
            Err(_) => return pending.end(None).and(None),
        };
        let mut last = None;
        loop {
            let data = Box::pin(stream.next_token()).await.ok().flatten();
            let Some(data) = data else {
                pending.discard();
                return last;
            };
            let token: QueueTokenBody = read(&pending.end_with_event(data)?.body)?;
            if token.status() != TokenStatus::Waiting || token.is_sold_out() {
                return Some(token);
            }
            last = Some(token);
            pending = world.begin(context, Request::Event);
        }
    }

    /// Leaves the queue.
    pub(crate) async fn leave(&mut self) {
        let call = Call::delete(format!("/v1/queue-tokens/{}", self.token));
        let _ = self.request(Request::Leave, &call).await;
    }

    /// Hesitates before the next step.
    pub(crate) async fn hesitate(&mut self) {
        let people = &self.world.scenario.people[self.intent.kind];
        let pause = self.intent.draw_hesitation(people);
        self.pause(pause).await;
    }

    async fn pause(&mut self, pause: Duration) {
        self.due = self.world.now() + u64::try_from(pause.as_micros()).unwrap_or_default();
        self.world.wait_until(self.due).await;
    }

    const fn context(&self, key: u16) -> RequestContext {
        RequestContext { user: self.user, key, due: self.due }
    }

    /// Sends a request without an idempotency key, and waits for the response.
    pub(crate) async fn request(&mut self, request: Request, call: &Call) -> Option<Reply> {
        self.send(0, request, call).await
    }

    async fn send(&mut self, key: u16, request: Request, call: &Call) -> Option<Reply> {
        let call = call.clone().with_jwt(&self.jwt());
        let reply = self.world.send(self.context(key), request, &call).await;
        self.due = self.world.now();
        reply
    }

    /// Sends a write with a new idempotency key, in the mode that the intent determines. A join has no key.
    pub(crate) async fn write(&mut self, request: Request, call: Call) -> Option<Reply> {
        let key = if request == Request::Join { 0 } else { self.next_key() };
        let call = Call { key: if key == 0 { String::new() } else { format!("{}-{key}", self.world.run) }, ..call };
        let people = &self.world.scenario.people[self.intent.kind];
        match self.intent.draw_write_mode(people) {
            WriteMode::Once => self.send(key, request, &call).await,
            WriteMode::DisconnectAndRetry(after) => {
                let first = call.clone().with_jwt(&self.jwt());
                {
                    // The drop adds it to the history.
                    let _pending = self.world.begin(self.context(key), request.clone());
                    let _ = Box::pin(self.world.pool.send_and_disconnect(&first, after)).await;
                }
                sleep(RECONNECT_DELAY).await;
                self.due = self.world.now();
                self.send(key, request, &call).await
            }
            WriteMode::Duplicate => {
                let (world, context, call) = (self.world.clone(), self.context(key), call.with_jwt(&self.jwt()));
                let (one, other) = tokio::join!(world.send(context, request.clone(), &call), world.send(context, request, &call));
                self.due = self.world.now();
                let is_success = |reply: &Reply| (200..300).contains(&reply.status);
                one.clone().filter(is_success).or(other).or(one)
            }
            WriteMode::Repeat => {
                let reply = self.send(key, request.clone(), &call).await;
                let _ = self.send(key, request, &call).await;
                reply
            }
        }
    }

    fn next_key(&mut self) -> u16 {
        self.last_key += 1;
        self.last_key
    }
}
