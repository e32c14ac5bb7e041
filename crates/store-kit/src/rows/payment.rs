//! Rows of payments.

use domain::{Money, Payment, PaymentId, PaymentState, ReservationId, UserId, Version, Versioned, Write};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};

const TABLE: &str = "payments";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "payments"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub id: Uuid,
    pub version: i64,
    pub reservation_id: Uuid,
    pub user_id: Uuid,
    pub amount: i64,
    pub paid_at: i64,
    pub state: String,
    pub refunded_at: Option<i64>,
}

entity!();

impl TryFrom<Model> for Versioned<Payment> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let version = Version(row.version);
        Ok(Self::new(version, Payment::try_from(row)?))
    }
}

impl TryFrom<Model> for Payment {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let state = match (row.state.as_str(), row.refunded_at) {
            ("COMPLETED", None) => PaymentState::Completed,
            ("CANCELLED", Some(at)) => PaymentState::Cancelled { refunded_at: instant(at, TABLE, "refunded_at")? },
            (_, _) => return Err(Corrupt::new(TABLE, "state")),
        };
        let (id, reservation, user) = (PaymentId(row.id), ReservationId(row.reservation_id), UserId(row.user_id));
        let amount = Money::new(row.amount).map_err(|_| Corrupt::new(TABLE, "amount"))?;
        let paid_at = instant(row.paid_at, TABLE, "paid_at")?;
        Ok(Self::new(id, reservation, user, amount, paid_at).restore(state))
    }
}

impl From<&Write<Payment>> for Model {
    fn from(write: &Write<Payment>) -> Self {
        Self { version: write.version().0, ..Self::from(&write.row) }
    }
}

impl From<&Payment> for Model {
    /// Converts a payment; the version is irrelevant.
    fn from(payment: &Payment) -> Self {
        let (state, refunded_at) = match payment.state() {
            PaymentState::Completed => ("COMPLETED", None),
            PaymentState::Cancelled { refunded_at } => ("CANCELLED", Some(micros(refunded_at))),
        };
        Self {
            id: payment.id().0,
            version: Version::FIRST.0,
            reservation_id: payment.reservation().0,
            user_id: payment.user().0,
            amount: payment.amount().minor(),
            paid_at: micros(payment.paid_at()),
            state: state.to_owned(),
            refunded_at,
        }
    }
}
