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
    create(&mut change, user.clone(), Wallet::new(user.id));
    let outcome = Outcome::Registered(user);
    if let Some(keyed) = &command.keyed {
        change.write(keyed.record(outcome.clone(), context, rules));
    }
    Ok(Decision::commit(outcome, change, context.now))
}

/// Writes into `change` the user whom an external issuer vouches for, with `wallet`, if this is their first write; whether it is.
pub(super) fn first_write(change: &mut Change, wallet: Wallet, context: &Context) -> bool {
    let is_first = context.user.is_none();
    if is_first {
        create(change, User { id: wallet.user(), name: None, created_at: context.now }, wallet);
    }
    is_first
}

fn create(change: &mut Change, user: User, wallet: Wallet) {
    change.events.push(Event::UserRegistered { user: user.id });
    change.write(Write::insert(user));
    change.write(Write::insert(wallet));
}
