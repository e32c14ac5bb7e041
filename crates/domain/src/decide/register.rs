//! Register: a new user and their empty wallet.

use crate::decide::{Decision, Verdict};
use crate::{Change, Context, Event, User, UserId, UserName, Wallet, Write};

/// A person introduces themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The id that they will have.
    pub user: UserId,
    /// What they call themselves.
    pub name: UserName,
}

/// Always accepts: names need not be unique.
///
/// # Errors
/// Never.
pub fn decide(context: &Context, command: &Command) -> Verdict<User> {
    let user = User { id: command.user, name: Some(command.name.clone()), created_at: context.now };
    let mut change = Change::default();
    create(&mut change, user.clone());
    Ok(Decision::commit(user, change, context.now))
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
