//! A user: registers, charges the wallet, waits in a queue, holds seats, exchanges or releases them, pays, and requests refunds.

mod shopping;

use std::sync::Arc;
use std::time::Duration;

use application::use_cases::JoinResult;
use domain::{ConcertId, Money, Operation, Outcome, Queue, QueueId, TokenId, TokenStatus, UserId, UserName};
use tokio::time::sleep;

use crate::client::{Client, Reply};
use crate::model::{ModelToken, Stage};
use crate::plan::UserPlan;
use crate::rng::Rng;
use crate::violation::ensure;
use crate::world::World;

/// Maximum time that a user waits in a queue, in milliseconds.
const MAX_WAIT: u64 = 90_000;

/// A user and their client.
pub(crate) struct User {
    client: Client,
    id: UserId,
    /// The concert sent with the join request, if any, and the queue.
    wanted: (Option<ConcertId>, QueueId),
}

/// Registers a user at their arrival time and makes all their visits.
pub(crate) async fn run(world: Arc<World>, plan: UserPlan) {
    let rng = Rng::of(&[world.plan.seed, 3, plan.number]);
    sleep(Duration::from_millis(plan.arrives)).await;
    let mut client = Client::new(world, rng, format!("user-{}", plan.number));
    let Some(id) = register(&mut client).await else { return };
    let mut user = User { client, id, wanted: (None, Queue::DEFAULT) };
    for _ in 0..plan.visits {
        user.visit().await;
        user.client.pause(4_000).await;
    }
    user.check_payments().await;
}

async fn register(client: &mut Client) -> Option<UserId> {
    let name = UserName::new(&client.name).ok()?;
    let anonymous = UserId(uuid::Uuid::nil());
    let registered = client.send_with_key(anonymous, Operation::Register, |to, idempotency| {
        let name = name.clone();
        async move { to.register.execute(name, Some(idempotency)).await }
    });
    match registered.await {
        Some(Ok(Outcome::Registered(user))) => Some(user.id),
        _ => None,
    }
}

impl User {
    fn world(&self) -> &World {
        &self.client.world
    }

    fn place(&self, token: TokenId) -> Option<ModelToken> {
        self.world().model().queues.place(token).copied()
    }

    /// Joins the queue, and buys seats if the token becomes active.
    async fn visit(&mut self) {
        self.choose();
        if self.client.rng.chance(700) {
            self.charge().await;
        }
        let Some(token) = self.join().await else { return };
        if self.client.rng.chance(60) {
            // Abandons the queue token.
            return;
        }
        if self.wait(token).await {
            // Claims the admission at once, late, or too late.
            let late = if self.client.rng.chance(100) { self.world().plan.numbers.claim + 5_000 } else { 2_000 };
            self.client.pause(late).await;
            self.shop(token).await;
        }
        if self.client.rng.chance(500) {
            self.leave(token).await;
        }
    }

    /// Chooses a concert and its queue; for the default queue, the join request may omit the concert.
    fn choose(&mut self) {
        let concerts: Vec<_> = self.world().model().inventory.concerts.iter().map(|(id, (queue, _))| (*id, *queue)).collect();
        let (concert, queue) = *self.client.rng.pick(&concerts);
        let names_concert = queue != Queue::DEFAULT || self.client.rng.chance(500);
        self.wanted = (names_concert.then_some(concert), queue);
    }

    async fn charge(&mut self) {
        let Ok(amount) = Money::new(self.client.rng.small(1..=160).into()).and_then(|thousands| Money::new(thousands.minor() * 1_000))
        else {
            return;
        };
        self.client
            .send_with_key(
                self.id,
                Operation::Charge,
                |to, idempotency| async move { to.charge.execute(None, idempotency, None, amount).await },
            )
            .await;
        self.check_wallet().await;
    }

    /// Checks that the balance shown to the user is the committed one.
    async fn check_wallet(&mut self) {
        let (id, world) = (self.id, self.client.world.clone());
        let seen = self.client.send(|to| async move {
            let before = world.model().wallets.wallet(id).balance;
            to.wallet.wallet(id).await.map(|wallet| (wallet.balance().minor(), before))
        });
        if let Reply::Done((balance, before)) = seen.await {
            let what = || format!("user {id}: {balance}, committed: {before}");
            self.world().check(ensure(balance == before, "P2", "a user reads a wrong balance", what));
        }
    }

    async fn join(&mut self) -> Option<TokenId> {
        let (id, (concert, queue)) = (self.id, self.wanted);
        let joined = self.client.send_until_answered(|to| async move { to.join.execute(id, concert).await }).await?;
        let Ok(JoinResult { token: joined, .. }) = joined else { return None };
        let place = self.place(joined.id());
        let is_recorded = place.is_some_and(|place| place.user == id && place.queue == queue && place.number == joined.number());
        self.world().check(ensure(is_recorded, "P7", "an acknowledged request is missing", || format!("{joined:?}, recorded: {place:?}")));
        Some(joined.id())
    }

    /// Polls the queue token until it is active, and returns whether it is.
    async fn wait(&mut self, token: TokenId) -> bool {
        let until = self.world().at() + MAX_WAIT;
        while self.world().at() < until {
            let id = self.id;
            if let Reply::Done(place) = self.client.send(|to| async move { to.poll.token(id, token).await }).await {
                match place.token.status(place.now) {
                    TokenStatus::Waiting => {}
                    TokenStatus::Active => {
                        let admitted = self.place(token).is_some_and(|place| place.admitted.is_some());
                        let what = || format!("number {}", place.token.number());
                        self.world().check(ensure(admitted, "P5", "a waiting token was reported as active", what));
                        return true;
                    }
                    TokenStatus::Expired(_) => return false,
                }
                if self.client.rng.chance(20) {
                    self.leave(token).await;
                    return false;
                }
            }
            self.client.pause(3_000).await;
        }
        false
    }

    async fn leave(&mut self, token: TokenId) {
        let id = self.id;
        let left = self.client.send_until_answered(|to| async move { to.leave.execute(id, token).await }).await;
        if let Some(Ok(())) = left {
            let (place, latest) = (self.place(token), self.world().model().latest);
            let has_ended = place.is_none_or(|place| match place.stage {
                Stage::Ended => true,
                Stage::Active { until, .. } => until <= latest,
                Stage::Waiting => false,
            });
            self.world().check(ensure(has_ended, "P7", "a token is live after leaving", || format!("{place:?}")));
        }
    }

    /// Checks that the payments shown to the user are the committed ones.
    async fn check_payments(&mut self) {
        let (id, world) = (self.id, self.client.world.clone());
        let page = application::PageRequest { after: None, size: 200 };
        let seen = self.client.send(|to| async move {
            let page = to.reservations.payments(id, page).await?;
            let all = world.model().wallets.of(id);
            Ok((page.items.into_iter().map(|details| details.payment.id()).collect::<Vec<_>>(), all))
        });
        if let Reply::Done((mut seen, all)) = seen.await {
            seen.sort_unstable();
            self.world().check(ensure(seen == all, "P7", "a user reads wrong payments", || format!("{seen:?}, expected {all:?}")));
        }
    }
}
