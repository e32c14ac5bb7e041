//! Rows of queue tokens.

use domain::{
    ConcertId, ExpiryReason, LoggedToken, NewToken, QueueId, QueueToken, TokenDigest, TokenId, TokenState, UserId, Version, Versioned,
    Write,
};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::words::Word;

const TABLE: &str = "queue_tokens";

#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "queue_tokens"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub id: Uuid,
    pub version: i64,
    pub queue_id: Uuid,
    pub user_id: Uuid,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub concert_id: Option<Uuid>,
    pub number: i64,
    pub joined_at: i64,
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activated_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub claimed: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<i64>,
}

entity!();

impl std::fmt::Debug for Model {
    /// Omits the id, which is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("queue_token").field("queue_id", &self.queue_id).field("number", &self.number).finish_non_exhaustive()
    }
}

impl TryFrom<Model> for Versioned<QueueToken> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let new = NewToken {
            id: TokenId(row.id),
            queue: QueueId(row.queue_id),
            user: UserId(row.user_id),
            concert: row.concert_id.map(ConcertId),
            joined_at: instant(row.joined_at, TABLE, "joined_at")?,
        };
        Ok(Self::new(Version(row.version), QueueToken::restore(new, number(&row)?, state(&row)?)))
    }
}

impl TryFrom<Model> for Versioned<LoggedToken> {
    type Error = Corrupt;

    /// Converts a row whose id is the token's digest.
    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let token = LoggedToken {
            digest: TokenDigest(row.id),
            queue: QueueId(row.queue_id),
            user: UserId(row.user_id),
            concert: row.concert_id.map(ConcertId),
            number: number(&row)?,
            joined_at: instant(row.joined_at, TABLE, "joined_at")?,
            state: state(&row)?,
        };
        Ok(Self::new(Version(row.version), token))
    }
}

fn number(row: &Model) -> Result<u64, Corrupt> {
    u64::try_from(row.number).map_err(|_| Corrupt::new(TABLE, "number"))
}

fn state(row: &Model) -> Result<TokenState, Corrupt> {
    let at = |micros: Option<i64>, column| instant(micros.ok_or(Corrupt::new(TABLE, column))?, TABLE, column);
    match row.state.as_str() {
        "WAITING" => Ok(TokenState::Waiting),
        "ACTIVE" => Ok(TokenState::Active {
            activated_at: at(row.activated_at, "activated_at")?,
            claimed: row.claimed == Some(true),
            expires_at: at(row.expires_at, "expires_at")?,
        }),
        "EXPIRED" => Ok(TokenState::Expired {
            reason: row.reason.as_deref().and_then(ExpiryReason::of).ok_or(Corrupt::new(TABLE, "reason"))?,
            activated_at: row.activated_at.map(|micros| instant(micros, TABLE, "activated_at")).transpose()?,
            expired_at: at(row.expired_at, "expired_at")?,
        }),
        _ => Err(Corrupt::new(TABLE, "state")),
    }
}

impl From<&Write<QueueToken>> for Model {
    fn from(write: &Write<QueueToken>) -> Self {
        let NewToken { id, queue, user, concert, joined_at } = write.row.place();
        let model = Self {
            id: id.0,
            version: write.version().0,
            queue_id: queue.0,
            user_id: user.0,
            concert_id: concert.map(|concert| concert.0),
            number: i64::try_from(write.row.number()).unwrap_or(i64::MAX),
            joined_at: micros(joined_at),
            ..Self::default()
        };
        model.in_state(write.row.state())
    }
}

impl From<&Versioned<LoggedToken>> for Model {
    /// Returns the row with the token's digest as its id.
    fn from(token: &Versioned<LoggedToken>) -> Self {
        let LoggedToken { digest, queue, user, concert, number, joined_at, state } = token.row;
        let model = Self {
            id: digest.0,
            version: token.version.0,
            queue_id: queue.0,
            user_id: user.0,
            concert_id: concert.map(|concert| concert.0),
            number: i64::try_from(number).unwrap_or(i64::MAX),
            joined_at: micros(joined_at),
            ..Self::default()
        };
        model.in_state(state)
    }
}

impl Model {
    fn in_state(self, state: TokenState) -> Self {
        match state {
            TokenState::Waiting => Self { state: "WAITING".to_owned(), ..self },
            TokenState::Active { activated_at, claimed, expires_at } => Self {
                state: "ACTIVE".to_owned(),
                activated_at: Some(micros(activated_at)),
                claimed: Some(claimed),
                expires_at: Some(micros(expires_at)),
                ..self
            },
            TokenState::Expired { reason, activated_at, expired_at } => Self {
                state: "EXPIRED".to_owned(),
                activated_at: activated_at.map(micros),
                reason: Some(reason.word().to_owned()),
                expired_at: Some(micros(expired_at)),
                ..self
            },
        }
    }
}
