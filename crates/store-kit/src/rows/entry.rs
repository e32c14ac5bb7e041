//! Rows of wallet entries. They are inserted and never changed: the schema's triggers enforce it.

use domain::{Money, PaymentId, UserId, Wallet, WalletEntry, WalletEntryId, WalletEntryKind};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};

const TABLE: &str = "wallet_entries";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "wallet_entries"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub user_id: Uuid,
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub sequence: i64,
    pub id: Uuid,
    pub kind: String,
    pub payment_id: Option<Uuid>,
    pub amount: i64,
    pub balance: i64,
    pub at: i64,
}

entity!();

impl TryFrom<Model> for WalletEntry {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let kind = match (row.kind.as_str(), row.payment_id.map(PaymentId)) {
            ("CHARGE", None) => WalletEntryKind::Charge,
            ("PAYMENT", Some(payment)) => WalletEntryKind::Payment(payment),
            ("REFUND", Some(payment)) => WalletEntryKind::Refund(payment),
            (_, _) => return Err(Corrupt::new(TABLE, "kind")),
        };
        let sequence = u64::try_from(row.sequence).map_err(|_| Corrupt::new(TABLE, "sequence"))?;
        let amount = Money::new(row.amount).map_err(|_| Corrupt::new(TABLE, "amount"))?;
        let balance = Money::new(row.balance).map_err(|_| Corrupt::new(TABLE, "balance"))?;
        let after = Wallet::restore(UserId(row.user_id), balance, sequence);
        Ok(Self::restore(WalletEntryId(row.id), &after, kind, amount, instant(row.at, TABLE, "at")?))
    }
}

impl From<&WalletEntry> for Model {
    fn from(entry: &WalletEntry) -> Self {
        let (kind, payment) = match entry.kind() {
            WalletEntryKind::Charge => ("CHARGE", None),
            WalletEntryKind::Payment(payment) => ("PAYMENT", Some(payment)),
            WalletEntryKind::Refund(payment) => ("REFUND", Some(payment)),
        };
        Self {
            user_id: entry.user().0,
            sequence: i64::try_from(entry.sequence()).unwrap_or(i64::MAX),
            id: entry.id().0,
            kind: kind.to_owned(),
            payment_id: payment.map(|payment| payment.0),
            amount: entry.amount().minor(),
            balance: entry.balance().minor(),
            at: micros(entry.at()),
        }
    }
}
