//! Charging of a wallet.

use time::OffsetDateTime;

use crate::audit_entry::{Action, PropertyChange, Subject};
use crate::decide::{Decision, Verdict, register};
use crate::idempotency::{IdempotencyRecord, IdempotentRequest};
use crate::loaded::LoadedAccount;
use crate::{
    Change, Charging, Event, Field, Money, Needs, OperatorOrder, Outcome, Refusal, Rules, UserId, Versioned, Wallet, WalletEntryId, Write,
    need,
};

/// The command to charge a wallet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The owner of the wallet; none: the caller.
    pub user: Option<UserId>,
    /// The order, if the caller is an operator or a cashier; none: the caller has neither role.
    pub order: Option<OperatorOrder>,
    /// The request's idempotency key. Its user is the caller, also if the wallet is another user's.
    pub idempotency: IdempotentRequest,
    /// The id of the wallet entry.
    pub id: WalletEntryId,
    /// The amount.
    pub amount: Money,
}

/// The input of the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The store's clock.
    pub now: OffsetDateTime,
    /// The idempotency record of the request.
    pub key: Option<Versioned<IdempotencyRecord>>,
    /// The account of the wallet's owner.
    pub account: LoadedAccount,
}

impl crate::Command for Command {
    type Outcome = Outcome;
    type Needs = (need::Key, need::Account);

    fn needs(&self) -> Self::Needs {
        (need::Key(self.idempotency.scope.clone()), need::Account(self.owner()))
    }

    fn decide(&self, now: OffsetDateTime, (key, account): <Self::Needs as Needs>::Found, rules: &Rules) -> Verdict<Outcome> {
        decide(&Input { now, key, account }, self, rules)
    }
}

impl Command {
    /// Returns the owner of the wallet.
    #[must_use]
    pub fn owner(&self) -> UserId {
        self.user.unwrap_or(self.idempotency.scope.user)
    }

    /// Checks that the caller may charge the wallet.
    fn check_role(&self, rules: &Rules) -> Result<(), Refusal> {
        let is_own = self.owner() == self.idempotency.scope.user;
        match (rules.charging, &self.order) {
            (Charging::Open, None) if is_own => Ok(()),
            (Charging::Open | Charging::Operator, None) => Err(Refusal::ChargeForbidden),
            (Charging::Operator, Some(_)) if self.user.is_none() => {
                Err(Refusal::Contradiction { field: Field::User, problem: "must name the user whose wallet is charged".to_owned() })
            }
            (Charging::Open | Charging::Operator, Some(_)) => Ok(()),
        }
    }
}

/// Adds the amount to the balance of the wallet.
///
/// # Errors
/// [`Refusal::KeyReused`], [`Refusal::ChargeForbidden`] without the required role, [`Refusal::Contradiction`] if an order doesn't name a
/// user where it must, [`Refusal::ChargeOutOfRange`], [`Refusal::NotFound`] if the named user is unknown, [`Refusal::Wallet`] above the
/// largest balance.
pub fn decide(input: &Input, command: &Command, rules: &Rules) -> Verdict<Outcome> {
    let Input { now, key, account } = input;
    if let Some(replayed) = command.idempotency.replay(key.as_ref(), *now)? {
        return Ok(replayed);
    }
    command.check_role(rules)?;
    if command.amount == Money::ZERO || command.amount > rules.max_charge {
        return Err(Refusal::ChargeOutOfRange { max: rules.max_charge }.into());
    }
    let owner = command.owner();
    // An access token proves only that its own user exists: an amount charged to a mistyped id would belong to no user.
    if account.user.is_none() && owner != command.idempotency.scope.user {
        return Err(Refusal::NotFound.into());
    }
    let wallet = account.wallet.as_ref().map_or_else(|| Wallet::new(owner), |wallet| wallet.row);
    let (charged, entry) = wallet.charge(command.amount, rules.max_balance, command.id, *now).map_err(Refusal::from)?;

    let mut change = Change::default();
    // A user without a row has no wallet either.
    let known = account.user.as_ref().and(account.wallet.as_ref());
    let wallet_write = Write { expected: known.map(|wallet| wallet.version), row: charged };
    if account.user.is_none() {
        register::first_write(&mut change, charged, *now);
    } else {
        change.write(wallet_write);
    }
    let minor = |balance: Money| Some(balance.minor().to_string());
    let balance = PropertyChange { name: "balance".to_owned(), before: minor(wallet.balance()), after: minor(charged.balance()) };
    if let Some(order) = &command.order {
        change.write(Write::insert(order.audit_entry(Action::Charge, Subject::User(owner), vec![balance], *now)));
    }
    change.write(Write::insert(entry));
    change.events.push(Event::charged(&wallet_write, &entry));
    let outcome = Outcome::Charged(entry);
    change.write(command.idempotency.record(outcome.clone(), key.as_ref(), *now, rules));
    Ok(Decision::commit(outcome, change, *now))
}
