//! A virtual user: joins the queue, waits, buys and leaves, as their intent determines.

use std::rc::Rc;
use std::time::Duration;

use frontrow_client::queue::{
    ConcertAvailability, QueueToken, QueueTokenStatus, follow_queue_token, join_queue, leave_queue, poll_queue_token,
};
use frontrow_client::users::register_user;
use frontrow_client::{Call, QueueTokenId, Reply};
use secrecy::ExposeSecret as _;
use tokio::time::sleep;
use uuid::Uuid;

use crate::history::Request;
use crate::intent::{Intent, WriteMode};
use crate::live::Stage;
use crate::reading::read;
use crate::scenario::People;
use crate::wire::Stream;
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
    /// The queue token, after the join.
    pub(crate) token: QueueTokenId,
    stage: Stage,
}

impl Visitor {
    /// Creates a user who is scheduled to arrive at `due`.
    pub(crate) fn new(world: Rc<World>, user: u32, intent: Intent, due: u64) -> Self {
        world.live.borrow_mut().add_arrival();
        Self { world, user, intent, last_key: 0, due, token: QueueTokenId(Uuid::nil()), stage: Stage::Arriving }
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
    async fn join(&mut self) -> Option<QueueToken> {
        if self.jwt().is_empty() {
            let call = register_user(format!("Visitor {}", self.user));
            let registered = call.read(&self.request(Request::Register, &call).await?).ok()?;
            registered.access_token.expose_secret().clone_into(&mut self.world.jwts.borrow_mut()[self.user as usize]);
        }
        let call = join_queue(self.world.concert);
        let token = call.read(&self.write(Request::Join, call.clone()).await?).ok()?;
        self.token = token.token?;
        Some(token)
    }

    /// Waits for the admission. Returns whether the user was admitted.
    async fn wait(&mut self, mut token: QueueToken) -> bool {
        if self.people().listens && token.status == QueueTokenStatus::Waiting {
            token = self.listen().await.unwrap_or(token);
            // The next request is due from the last event on.
            self.due = self.world.now();
        }
        loop {
            match token.status {
                QueueTokenStatus::Active => return true,
                QueueTokenStatus::Waiting if is_sold_out(&token) => {
                    self.leave().await;
                    return false;
                }
                QueueTokenStatus::Waiting => {}
                _ => return false,
            }
            let advised = Duration::from_secs(token.poll_after_seconds.max(1));
            let pause = self.people().polls_every_seconds.map_or(advised, Duration::from_secs_f64);
            let pause = self.intent.jitter(pause);
            self.pause(pause).await;
            let Some(polled) = self.poll().await else { return false };
            token = polled;
        }
    }

    async fn poll(&mut self) -> Option<QueueToken> {
        let call = poll_queue_token(self.token);
        call.read(&self.request(Request::Poll, &call).await?).ok()
    }

    /// Listens to the token's events and returns the last state, or `None` if there was no event.
    async fn listen(&mut self) -> Option<QueueToken> {
        let (call, jwt) = (follow_queue_token(self.token), self.jwt());
        let world = self.world.clone();
        let context = self.context(0);
        let mut pending = world.begin(context, Request::Listen);
        let opened = Box::pin(Stream::open(&world.pool, &call, &jwt)).await;
        let mut stream = match opened {
            Ok(stream) if stream.status == 200 => stream,
            // The user polls instead.
            Ok(stream) => return pending.end(Some(Reply { status: stream.status, ..Reply::default() })).and(None),
            Err(_) => return pending.end(None).and(None),
        };
        let mut last = None;
        loop {
            let data = Box::pin(stream.next_token()).await.ok().flatten();
            let Some(data) = data else {
                pending.discard();
                return last;
            };
            let token: QueueToken = read(&pending.end_with_event(data)?.body)?;
            if token.status != QueueTokenStatus::Waiting || is_sold_out(&token) {
                return Some(token);
            }
            last = Some(token);
            pending = world.begin(context, Request::Event);
        }
    }

    /// Leaves the queue.
    pub(crate) async fn leave(&mut self) {
        let _ = self.request(Request::Leave, &leave_queue(self.token)).await;
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
    pub(crate) async fn request<T>(&mut self, request: Request, call: &Call<T>) -> Option<Reply> {
        self.send(0, request, call).await
    }

    async fn send<T>(&mut self, key: u16, request: Request, call: &Call<T>) -> Option<Reply> {
        let jwt = self.jwt();
        let reply = self.world.send(self.context(key), request, call, &jwt).await;
        self.due = self.world.now();
        reply
    }

    /// Sends a write with a new idempotency key, in the mode that the intent determines. A join has no key.
    pub(crate) async fn write<T>(&mut self, request: Request, call: Call<T>) -> Option<Reply> {
        let key = if request == Request::Join { 0 } else { self.next_key() };
        let call = if key == 0 { call } else { call.idempotency_key(format!("{}-{key}", self.world.run)) };
        let people = &self.world.scenario.people[self.intent.kind];
        match self.intent.draw_write_mode(people) {
            WriteMode::Once => self.send(key, request, &call).await,
            WriteMode::DisconnectAndRetry(after) => {
                let jwt = self.jwt();
                {
                    // The drop adds it to the history.
                    let _pending = self.world.begin(self.context(key), request.clone());
                    let _ = Box::pin(self.world.pool.send_and_disconnect(&call, &jwt, after)).await;
                }
                sleep(RECONNECT_DELAY).await;
                self.due = self.world.now();
                self.send(key, request, &call).await
            }
            WriteMode::Duplicate => {
                let (world, context, jwt) = (self.world.clone(), self.context(key), self.jwt());
                let (one, other) =
                    tokio::join!(world.send(context, request.clone(), &call, &jwt), world.send(context, request, &call, &jwt));
                self.due = self.world.now();
                one.clone().filter(Reply::is_success).or(other).or(one)
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

/// Whether the concert is sold out or cancelled, so that there is no reason to wait.
const fn is_sold_out(token: &QueueToken) -> bool {
    matches!(token.availability, Some(ConcertAvailability::SoldOut | ConcertAvailability::Cancelled))
}
