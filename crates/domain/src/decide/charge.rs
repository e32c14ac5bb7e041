//! Charge: money comes into a wallet.

use crate::decide::{Decision, Verdict, register};
use crate::key::Keyed;
use crate::{Change, Context, EntryId, Event, Money, Outcome, Refusal, Rules, UserId, Wallet, Write};

/// A user puts money in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Whose wallet.
    pub user: UserId,
    /// The request's key.
    pub keyed: Keyed,
    /// The entry's id.
    pub id: EntryId,
    /// How much.
    pub amount: Money,
}

/// The wallet with the money in it.
///
/// # Errors
/// [`Refusal::KeyReused`], [`Refusal::ChargeOutOfRange`], [`Refusal::Wallet`] past the largest balance.
pub fn decide(context: &Context, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    if let Some(first_answer) = command.keyed.replay(context)? {
        return Ok(first_answer);
    }
    if command.amount == Money::ZERO || command.amount > rules.max_charge {
        return Err(Refusal::ChargeOutOfRange { max: rules.max_charge }.into());
    }
    let wallet = context.wallet.as_ref().map_or_else(|| Wallet::new(command.user), |wallet| wallet.row);
    let (charged, entry) = wallet.charge(command.amount, rules.max_balance, command.id, context.now).map_err(Refusal::from)?;

    let mut change = Change::default();
    register::first_write(&mut change, command.user, context);
    change.wallet = Some(Write { expected: context.wallet.as_ref().map(|wallet| wallet.version), row: charged });
    change.entry = Some(entry);
    change.events.push(Event::charged(&entry));
    let outcome = Outcome::Charged(entry);
    change.key = Some(command.keyed.record(outcome.clone(), context, rules));
    Ok(Decision::commit(outcome, change, context.now))
}
