//! Registration: creation of a user with an empty wallet.

use time::OffsetDateTime;

use crate::decide::{Decision, Verdict};
use crate::idempotency::{IdempotencyRecord, IdempotentRequest};
use crate::{Change, Event, Needs, Outcome, Rules, User, UserId, UserName, Versioned, Wallet, Write, need};

/// The command to register a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The id of the new user.
    pub user: UserId,
    /// The name that the user chose.
    pub name: UserName,
    /// The request's idempotency key, if it has one.
    pub idempotency: Option<IdempotentRequest>,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The idempotency record of the request.
    pub key: Option<Versioned<IdempotencyRecord>>,
}

impl crate::Command for Command {
    type Outcome = Outcome;
    type Needs = Option<need::Key>;

    fn needs(&self) -> Self::Needs {
        self.idempotency.as_ref().map(|idempotency| need::Key(idempotency.scope.clone()))
    }

    fn decide(&self, now: OffsetDateTime, key: <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Outcome> {
        decide(&Input { now, key: key.flatten() }, self, rules)
    }
}

/// Creates the user; names need not be unique.
///
/// # Errors
/// [`Refusal::KeyReused`](crate::Refusal::KeyReused).
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let (now, key) = (input.now, input.key.as_ref());
    if let Some(replayed) = command.idempotency.as_ref().map(|idempotency| idempotency.replay(key, now)).transpose()?.flatten() {
        return Ok(replayed);
    }
    let user = User { id: command.user, name: Some(command.name.clone()), created_at: now };
    let mut change = Change::default();
    create(&mut change, user.clone(), Wallet::new(user.id));
    let outcome = Outcome::Registered(user);
    if let Some(idempotency) = &command.idempotency {
        change.write(idempotency.record(outcome.clone(), key, now, rules));
    }
    Ok(Decision::commit(outcome, change, now))
}

/// Adds to `change` a user authenticated by an external issuer, and `wallet`: this is the user's first write.
pub(super) fn first_write(change: &mut Change, wallet: Wallet, now: OffsetDateTime) {
    create(change, User { id: wallet.user(), name: None, created_at: now }, wallet);
}

fn create(change: &mut Change, user: User, wallet: Wallet) {
    let user = Write::insert(user);
    change.events.push(Event::registered(&user));
    change.write(user);
    change.write(Write::insert(wallet));
}
