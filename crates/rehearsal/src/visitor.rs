//! A virtual user: comes, waits in the line, shops, and goes, as they wish.

use std::rc::Rc;
use std::time::Duration;

use tokio::time::sleep;

use crate::history::{Asked, Standing};
use crate::intent::{Intent, Manner};
use crate::live::Stage;
use crate::reading::{PlaceBody, RegisteredBody, read};
use crate::scenario::People;
use crate::wire::{Call, Reply, Stream};
use crate::world::{Asking, World};

/// Whoever hung up tries again after so long.
const AFTER_HANGING_UP: Duration = Duration::from_millis(200);

pub(crate) struct Visitor {
    pub(crate) world: Rc<World>,
    pub(crate) user: u32,
    pub(crate) intent: Intent,
    /// Of the last idempotency key.
    keys: u16,
    /// When the next request should be sent.
    due: u64,
    pub(crate) token: String,
    stage: Stage,
}

impl Visitor {
    /// Somebody comes, who should have come at `due`.
    pub(crate) fn new(world: Rc<World>, user: u32, intent: Intent, due: u64) -> Self {
        world.live.borrow_mut().arrived();
        Self { world, user, intent, keys: 0, due, token: String::new(), stage: Stage::Arriving }
    }

    /// From the beginning to the end.
    pub(crate) async fn visit(mut self) {
        if let Some(place) = self.join().await {
            self.go_on(Stage::Waiting);
            if self.wait(place).await {
                self.go_on(Stage::Active);
                self.shop().await;
            }
        }
        self.go_on(Stage::Gone);
    }

    fn go_on(&mut self, stage: Stage) {
        self.world.live.borrow_mut().moved(self.stage, stage);
        self.stage = stage;
    }

    pub(crate) fn people(&self) -> &People {
        &self.world.scenario.people[self.intent.kind]
    }

    fn jwt(&self) -> String {
        self.world.jwts.borrow()[self.user as usize].clone()
    }

    /// Becomes somebody, unless they are already, and stands in line.
    async fn join(&mut self) -> Option<PlaceBody> {
        if self.jwt().is_empty() {
            let call = Call::post("/v1/users", format!(r#"{{"name":"Visitor {}"}}"#, self.user));
            let reply = self.ask(Asked::Register, &call).await?;
            let registered: RegisteredBody = read(&reply.body)?;
            self.world.jwts.borrow_mut()[self.user as usize] = registered.access_token;
        }
        let call = Call::post("/v1/queue-tokens", format!(r#"{{"concert_id":"{}"}}"#, self.world.concert));
        let place: PlaceBody = read(&self.write(Asked::Join, call).await?.body)?;
        self.token.clone_from(&place.token);
        Some(place)
    }

    /// Until they are let in; whether they are.
    async fn wait(&mut self, mut place: PlaceBody) -> bool {
        if self.people().listens && place.standing() == Standing::Waiting {
            place = self.listen().await.unwrap_or(place);
            // They were told, and want what comes next from now on.
            self.due = self.world.now();
        }
        loop {
            match place.standing() {
                Standing::Active => return true,
                Standing::Expired => return false,
                Standing::Waiting if place.is_sold_out() => {
                    self.leave().await;
                    return false;
                }
                Standing::Waiting => {}
            }
            let advised = Duration::from_secs(place.poll_after_seconds.max(1).into());
            let pause = self.people().polls_every_seconds.map_or(advised, Duration::from_secs_f64);
            let pause = self.intent.about(pause);
            self.pause(pause).await;
            let Some(told) = self.poll().await else { return false };
            place = told;
        }
    }

    async fn poll(&mut self) -> Option<PlaceBody> {
        let call = Call::get(format!("/v1/queue-tokens/{}", self.token));
        read(&self.ask(Asked::Poll, &call).await?.body)
    }

    /// What the events tell last; none if there are none.
    async fn listen(&mut self) -> Option<PlaceBody> {
        let call = Call::get(format!("/v1/queue-tokens/{}/events", self.token)).by(&self.jwt());
        let call = Call { accept: "text/event-stream", ..call };
        let world = self.world.clone();
        let asking = self.asking(0);
        let mut under_way = world.begin(asking, Asked::Listen);
        let opened = Box::pin(Stream::open(&world.pool, &call)).await;
        let mut stream = match opened {
            Ok(stream) if stream.status == 200 => stream,
            // They poll instead.
            Ok(stream) => return under_way.end(Some(Reply { status: stream.status, body: bytes::Bytes::new() })).and(None),
            Err(_) => return under_way.end(None).and(None),
        };
        let mut last = None;
        loop {
            let data = Box::pin(stream.next()).await.ok().flatten();
            let Some(data) = data else {
                under_way.end_silently();
                return last;
            };
            let place: PlaceBody = read(&under_way.end_with_event(data)?.body)?;
            if place.standing() != Standing::Waiting || place.is_sold_out() {
                return Some(place);
            }
            last = Some(place);
            under_way = world.begin(asking, Asked::Event);
        }
    }

    /// Goes away, and says so.
    pub(crate) async fn leave(&mut self) {
        let call = Call::delete(format!("/v1/queue-tokens/{}", self.token));
        let _ = self.ask(Asked::Leave, &call).await;
    }

    /// Thinks before the next step.
    pub(crate) async fn think(&mut self) {
        let people = &self.world.scenario.people[self.intent.kind];
        let pause = self.intent.hesitation(people);
        self.pause(pause).await;
    }

    async fn pause(&mut self, pause: Duration) {
        self.due = self.world.now() + u64::try_from(pause.as_micros()).unwrap_or_default();
        self.world.wait_until(self.due).await;
    }

    const fn asking(&self, key: u16) -> Asking {
        Asking { user: self.user, key, due: self.due }
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask(&mut self, asked: Asked, call: &Call) -> Option<Reply> {
        self.send(0, asked, call).await
    }

    async fn send(&mut self, key: u16, asked: Asked, call: &Call) -> Option<Reply> {
        let call = call.clone().by(&self.jwt());
        let reply = self.world.ask(self.asking(key), asked, &call).await;
        self.due = self.world.now();
        reply
    }

    /// Writes with a key of its own, in the manner that they wish.
    pub(crate) async fn write(&mut self, asked: Asked, call: Call) -> Option<Reply> {
        let key = if asked == Asked::Join { 0 } else { self.next_key() };
        let call = Call { key: if key == 0 { String::new() } else { format!("{}-{key}", self.world.run) }, ..call };
        let people = &self.world.scenario.people[self.intent.kind];
        match self.intent.manner(people) {
            Manner::Once => self.send(key, asked, &call).await,
            Manner::HungUp(after) => {
                let hung_up = call.clone().by(&self.jwt());
                {
                    // Recorded when it is dropped.
                    let _under_way = self.world.begin(self.asking(key), asked.clone());
                    let _ = Box::pin(self.world.pool.hang_up(&hung_up, after)).await;
                }
                sleep(AFTER_HANGING_UP).await;
                self.due = self.world.now();
                self.send(key, asked, &call).await
            }
            Manner::TwiceAtOnce => {
                let (world, asking, call) = (self.world.clone(), self.asking(key), call.by(&self.jwt()));
                let (one, other) = tokio::join!(world.ask(asking, asked.clone(), &call), world.ask(asking, asked, &call));
                self.due = self.world.now();
                let is_done = |reply: &Reply| (200..300).contains(&reply.status);
                one.clone().filter(is_done).or(other).or(one)
            }
            Manner::AgainOnceAnswered => {
                let reply = self.send(key, asked.clone(), &call).await;
                let _ = self.send(key, asked, &call).await;
                reply
            }
        }
    }

    fn next_key(&mut self) -> u16 {
        self.keys += 1;
        self.keys
    }
}
