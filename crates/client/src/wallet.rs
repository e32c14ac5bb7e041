//! Wallets: prepaid money of users.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::call::Call;
use crate::ids::{PaymentId, ReservationId, UserId};
use crate::money::Money;
use crate::page::Page;
use crate::reservations::ReservedSeat;
use crate::schedules::ReservedSchedule;
use crate::text_enum::text_enum;

text_enum! {
    /// The kind of a wallet entry.
    pub enum WalletEntryKind {
        /// The wallet was charged.
        Charge = "CHARGE",
        /// Seats were paid.
        Payment = "PAYMENT",
        /// A payment was refunded.
        Refund = "REFUND",
    }
}

/// A user's wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wallet {
    /// The balance.
    pub balance: Money,
}

/// An entry of a wallet. The sum of all amounts is the balance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletEntry {
    /// The id.
    pub id: Uuid,
    /// The kind.
    pub kind: WalletEntryKind,
    /// The amount; negative for payments.
    pub amount: Money,
    /// The balance after the entry.
    pub balance: Money,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The payment.
    pub payment_id: Option<PaymentId>,
    /// The reservation that was paid.
    pub reservation_id: Option<ReservationId>,
    /// The schedule of the reservation.
    #[serde(default)]
    pub schedule: Option<ReservedSchedule>,
    /// The seats of the reservation.
    #[serde(default)]
    pub seats: Option<Vec<ReservedSeat>>,
}

/// How much money to put into a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewCharge {
    /// The amount.
    pub amount: Money,
    /// The user; the caller by default. Operators and cashiers must name one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The reason, which operators and cashiers give for the audit log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl NewCharge {
    /// Charges the caller's wallet.
    pub const fn of(amount: Money) -> Self {
        Self { amount, user_id: None, reason: None }
    }
}

/// Money that was put into a wallet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The id of the wallet entry.
    pub id: Uuid,
    /// The user whose wallet was charged.
    pub user_id: UserId,
    /// The amount.
    pub amount: Money,
    /// The balance after the charge.
    pub balance: Money,
    /// When it was made.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// Returns the user's wallet.
pub fn show_wallet() -> Call<Wallet> {
    Call::get("/v1/wallet")
}

/// Puts money into a wallet.
pub fn charge_wallet(new: &NewCharge) -> Call<Charge> {
    Call::post("/v1/wallet/charges", new).repeatable()
}

/// Lists the entries of the user's wallet, the newest first.
pub fn list_wallet_entries() -> Call<Page<WalletEntry>> {
    Call::get("/v1/wallet/entries")
}
