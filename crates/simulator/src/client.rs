//! A client: sends requests to random running instances, abandons some of them, and retries with the same idempotency key until it gets a
//! response.

use std::sync::Arc;
use std::time::Duration;

use application::{Answer, Error, UseCases};
use domain::idempotency::IdempotentRequest;
use domain::{Fingerprint, IdempotencyKey, IdempotencyScope, Operation, Outcome, Refusal, UserId};
use tokio::time::{Instant, sleep};

use crate::instance::Instance;
use crate::rng::Rng;
use crate::violation::{Violation, ensure};
use crate::world::World;

/// Maximum number of attempts of a request.
const MAX_ATTEMPTS: u32 = 40;
/// Tolerance for responses after the deadline, in milliseconds: latency and timer resolution.
const DEADLINE_TOLERANCE: u64 = 50;

/// A client of the instances.
pub(crate) struct Client {
    pub(crate) world: Arc<World>,
    pub(crate) rng: Rng,
    pub(crate) name: String,
    /// Deadline of its requests, in milliseconds.
    pub(crate) deadline: u64,
    /// Number of idempotency keys used so far.
    keys: u64,
}

/// The result of a request, as far as the client knows it.
#[derive(Debug)]
pub(crate) enum Reply<T> {
    /// The request succeeded.
    Done(T),
    /// The request was refused and had no effect.
    Refused(Refusal),
    /// The request was rejected because of overload and had no effect.
    Overloaded,
    /// The outcome is unknown.
    Unknown,
}

impl Client {
    /// Creates a client whose behaviour is drawn from `rng`.
    pub(crate) fn new(world: Arc<World>, rng: Rng, name: String) -> Self {
        let deadline = world.plan.numbers.deadline;
        Self { world, rng, name, deadline, keys: 0 }
    }

    /// Sleeps for 1 to `at_most` milliseconds.
    pub(crate) async fn pause(&mut self, at_most: u64) {
        let pause = self.rng.among(1..=at_most.max(1));
        sleep(Duration::from_millis(pause)).await;
    }

    /// Picks a running instance; waits if there is none.
    async fn instance(&mut self) -> Arc<Instance> {
        loop {
            let up = self.world.up();
            if !up.is_empty() {
                return self.rng.pick(&up).clone();
            }
            self.pause(200).await;
        }
    }

    /// Sends a request once.
    pub(crate) async fn send<T, F>(&mut self, request: impl FnOnce(UseCases) -> F) -> Reply<T>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let instance = self.instance().await;
        self.world.request();
        let timeout_after = if self.rng.chance(40) { self.rng.among(0..=60) } else { u64::MAX / 4 };
        let answer = request(instance.service.use_cases.clone());
        let began = Instant::now();
        let answer = tokio::select! {
            biased;
            answer = answer => answer,
            () = instance.dead.cancelled() => {
                self.world.record(|| format!("{}: connection lost", self.name));
                return Reply::Unknown;
            }
            () = sleep(Duration::from_millis(timeout_after)) => {
                self.world.record(|| format!("{}: disconnects", self.name));
                return Reply::Unknown;
            }
        };
        let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.world.check(ensure(
            took <= self.deadline + DEADLINE_TOLERANCE,
            "liveness",
            "a request was answered after its deadline",
            || format!("{}: after {took} ms, deadline {} ms", self.name, self.deadline),
        ));
        match answer {
            Ok(done) => Reply::Done(done),
            Err(Error::Refused(refusal)) => {
                self.world.record(|| format!("{}: refused: {refusal}", self.name));
                Reply::Refused(refusal)
            }
            Err(Error::Overloaded) => {
                self.world.record(|| format!("{}: overloaded", self.name));
                Reply::Overloaded
            }
            Err(Error::Unavailable) => {
                self.world.record(|| format!("{}: unknown outcome", self.name));
                Reply::Unknown
            }
            Err(Error::Internal) => {
                let violation = Violation { rule: "P8", how: "internal error", what: self.name.clone() };
                self.world.check(if self.world.may_fail_internally() { Ok(()) } else { Err(violation) });
                Reply::Unknown
            }
        }
    }

    /// Retries a request until it succeeds or is refused; `None` after too many attempts.
    pub(crate) async fn send_until_answered<T, F>(&mut self, request: impl Fn(UseCases) -> F) -> Option<Result<T, Refusal>>
    where
        F: Future<Output = Result<T, Error>>,
    {
        for _ in 0..MAX_ATTEMPTS {
            match self.send(&request).await {
                Reply::Done(done) => return Some(Ok(done)),
                Reply::Refused(refusal) => return Some(Err(refusal)),
                Reply::Overloaded | Reply::Unknown => self.pause(1_500).await,
            }
        }
        None
    }

    /// Retries a request with an idempotency key until it succeeds or is refused, and compares the response with the model.
    #[expect(clippy::expect_used, reason = "a request that is never sent would test nothing")]
    pub(crate) async fn send_with_key<F>(
        &mut self,
        user: UserId,
        operation: Operation,
        request: impl Fn(UseCases, IdempotentRequest) -> F,
    ) -> Option<Result<Outcome, Refusal>>
    where
        F: Future<Output = Result<Answer<Outcome>, Error>>,
    {
        self.keys += 1;
        let key = IdempotencyKey::new(&format!("{}-{}-of-this-run", self.name, self.keys)).expect("names of clients are visible ASCII");
        let scope = IdempotencyScope { user, operation, key };
        let idempotency = IdempotentRequest { scope: scope.clone(), fingerprint: Fingerprint([7; 32]) };
        let mut is_in_doubt = false;
        for _ in 0..MAX_ATTEMPTS {
            self.world.model().keys.retry(&scope);
            let is_duplicated = self.rng.chance(30);
            let reply = if is_duplicated {
                self.send_twice(&idempotency, &request).await
            } else {
                self.send(|to| request(to, idempotency.clone())).await
            };
            match reply {
                Reply::Done(answer) => {
                    self.check_answer(&scope, &answer.outcome);
                    return Some(Ok(answer.outcome));
                }
                Reply::Refused(refusal) => {
                    self.check_no_effect(&scope, is_in_doubt);
                    return Some(Err(refusal));
                }
                Reply::Overloaded => self.check_no_effect(&scope, is_in_doubt),
                Reply::Unknown => is_in_doubt = true,
            }
            self.pause(1_500).await;
        }
        None
    }

    /// Sends the same request twice at once and checks that successful responses are equal.
    async fn send_twice<F>(
        &mut self,
        idempotency: &IdempotentRequest,
        request: &impl Fn(UseCases, IdempotentRequest) -> F,
    ) -> Reply<Answer<Outcome>>
    where
        F: Future<Output = Result<Answer<Outcome>, Error>>,
    {
        let both =
            |to: UseCases| async move { Ok(tokio::join!(request(to.clone(), idempotency.clone()), request(to, idempotency.clone()))) };
        match self.send(both).await {
            Reply::Done((Ok(one), Ok(other))) => {
                let same = effect(&one.outcome) == effect(&other.outcome);
                self.world.check(ensure(same, "P3", "one idempotency key was answered in two ways", || format!("{one:?} and {other:?}")));
                Reply::Done(one)
            }
            // One of them may have exceeded the lane's limit or its deadline.
            Reply::Done((Ok(answer), Err(_)) | (Err(_), Ok(answer))) => Reply::Done(answer),
            Reply::Done((Err(_), Err(_))) | Reply::Refused(_) | Reply::Overloaded | Reply::Unknown => Reply::Unknown,
        }
    }

    /// Checks that an acknowledged outcome is recorded.
    fn check_answer(&self, scope: &IdempotencyScope, outcome: &Outcome) {
        let model = self.world.model();
        let recorded = model.keys.outcome(scope);
        let found = recorded.is_some_and(|recorded| effect(recorded) == effect(outcome));
        let check = ensure(found, "P7", "an acknowledged request is missing", || format!("{scope:?}: {outcome:?}, recorded: {recorded:?}"));
        drop(model);
        self.world.check(check);
    }

    /// Checks that a refused request has no effect, now or later, unless an earlier attempt has an unknown outcome.
    fn check_no_effect(&self, scope: &IdempotencyScope, is_in_doubt: bool) {
        if !is_in_doubt {
            let check = self.world.model().keys.refuse(scope);
            self.world.check(check);
        }
    }
}

/// Identifies the effect of a request.
fn effect(outcome: &Outcome) -> (u8, u128) {
    match outcome {
        Outcome::Held { reservation, .. } => (0, reservation.id().0.as_u128()),
        Outcome::Charged(entry) => (1, entry.id().0.as_u128()),
        Outcome::Paid { payment, .. } => (2, payment.id().0.as_u128()),
        Outcome::Registered(user) => (3, user.id.0.as_u128()),
        Outcome::Admitted { admitted } => (4, u128::from(*admitted)),
    }
}
