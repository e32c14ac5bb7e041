//! Register: a new user and their empty wallet.

use crate::decide::{Decision, Verdict};
use crate::key::Keyed;
use crate::{Change, Context, Event, Outcome, Rules, User, UserId, UserName, Wallet, Write};

/// A person introduces themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The id that they will have.
    pub user: UserId,
    /// What they call themselves.
    pub name: UserName,
    /// The request's key, if it came with one.
    pub keyed: Option<Keyed>,
}

/// The new user; names need not be unique.
///
/// # Errors
/// [`Refusal::KeyReused`](crate::Refusal::KeyReused).
pub fn decide(context: &Context, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    if let Some(first_answer) = command.keyed.as_ref().map(|keyed| keyed.replay(context)).transpose()?.flatten() {
        return Ok(first_answer);
    }
    let user = User { id: command.user, name: Some(command.name.clone()), created_at: context.now };
    let mut change = Change::default();
    create(&mut change, user.clone());
    let outcome = Outcome::Registered(user);
    change.key = command.keyed.as_ref().map(|keyed| keyed.record(outcome.clone(), context, rules));
    Ok(Decision::commit(outcome, change, context.now))
}

/// Writes into `change` the user whom an external issuer vouches for, if this is their first write.
pub(super) fn first_write(change: &mut Change, user: UserId, context: &Context) {
    if context.user.is_none() {
        create(change, User { id: user, name: None, created_at: context.now });
    }
}

fn create(change: &mut Change, user: User) {
    change.events.push(Event::UserRegistered { user: user.id });
    change.wallet = Some(Write::insert(Wallet::new(user.id)));
    change.user = Some(user);
}
