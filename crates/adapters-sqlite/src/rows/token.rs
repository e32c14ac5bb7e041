//! Rows of queue tokens.

use domain::{ConcertId, ExpiryReason, NewToken, QueueId, QueueToken, TokenId, TokenState, UserId, Version, Versioned, Write};
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::words::Word;

const TABLE: &str = "queue_tokens";

#[derive(Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "queue_tokens")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) version: i64,
    pub(crate) queue_id: Uuid,
    pub(crate) user_id: Uuid,
    pub(crate) concert_id: Option<Uuid>,
    pub(crate) number: i64,
    pub(crate) joined_at: i64,
    pub(crate) state: String,
    pub(crate) activated_at: Option<i64>,
    pub(crate) claimed: Option<i64>,
    pub(crate) expires_at: Option<i64>,
    pub(crate) reason: Option<String>,
    pub(crate) expired_at: Option<i64>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl std::fmt::Debug for Model {
    /// Without the id, which is a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("queue_token").field("queue_id", &self.queue_id).field("number", &self.number).finish_non_exhaustive()
    }
}

/// Tokens by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN queue_tokens t ON t.id = unhex(k.value, '-')";

/// Live tokens by queue and user.
pub(crate) const SELECT_LIVE: &str = "
    SELECT t.* FROM jsonb_each(?1) k
    CROSS JOIN queue_tokens t
        ON t.queue_id = unhex(k.value ->> 0, '-') AND t.user_id = unhex(k.value ->> 1, '-') AND t.state <> 'EXPIRED'";

/// Of a queue, the ACTIVE tokens whose deadline has passed, the earliest first.
pub(crate) const SELECT_LAPSED: &str =
    "SELECT * FROM queue_tokens WHERE queue_id = ?1 AND state = 'ACTIVE' AND expires_at <= ?2 ORDER BY expires_at LIMIT ?3";

/// Of a queue, the WAITING tokens with the lowest numbers.
pub(crate) const SELECT_FOREMOST: &str = "SELECT * FROM queue_tokens WHERE queue_id = ?1 AND state = 'WAITING' ORDER BY number LIMIT ?2";

/// Of a queue, the live tokens after a number.
pub(crate) const SELECT_AFTER: &str = "
    SELECT * FROM queue_tokens WHERE queue_id = ?1 AND state = 'WAITING' AND number > ?2
    UNION ALL
    SELECT * FROM queue_tokens WHERE queue_id = ?1 AND state = 'ACTIVE' AND number > ?2
    ORDER BY number LIMIT ?3";

pub(crate) const INSERT: &str = "
    INSERT INTO queue_tokens (id, version, queue_id, user_id, concert_id, number, joined_at,
                              state, activated_at, claimed, expires_at, reason, expired_at)
    SELECT unhex(value ->> 'id', '-'), value ->> 'version', unhex(value ->> 'queue_id', '-'), unhex(value ->> 'user_id', '-'),
           unhex(value ->> 'concert_id', '-'), value ->> 'number', value ->> 'joined_at', value ->> 'state',
           value ->> 'activated_at', value ->> 'claimed', value ->> 'expires_at', value ->> 'reason', value ->> 'expired_at'
    FROM jsonb_each(?1)";

/// Writes what a token's steps change.
pub(crate) const UPDATE: &str = "
    UPDATE queue_tokens SET
        version = new.value ->> 'version', state = new.value ->> 'state', activated_at = new.value ->> 'activated_at',
        claimed = new.value ->> 'claimed', expires_at = new.value ->> 'expires_at', reason = new.value ->> 'reason',
        expired_at = new.value ->> 'expired_at'
    FROM jsonb_each(?1) new
    WHERE queue_tokens.id = unhex(new.value ->> 'id', '-') AND version = (new.value ->> 'version') - 1";

impl TryFrom<Model> for Versioned<QueueToken> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let number = u64::try_from(row.number).map_err(|_| Corrupt::new(TABLE, "number"))?;
        let new = NewToken {
            id: TokenId(row.id),
            queue: QueueId(row.queue_id),
            user: UserId(row.user_id),
            concert: row.concert_id.map(ConcertId),
            joined_at: instant(row.joined_at, TABLE, "joined_at")?,
        };
        let state = state(&row)?;
        Ok(Self::new(Version(row.version), QueueToken::restore(new, number, state)))
    }
}

fn state(row: &Model) -> Result<TokenState, Corrupt> {
    let at = |micros: Option<i64>, column| instant(micros.ok_or(Corrupt::new(TABLE, column))?, TABLE, column);
    match row.state.as_str() {
        "WAITING" => Ok(TokenState::Waiting),
        "ACTIVE" => Ok(TokenState::Active {
            activated_at: at(row.activated_at, "activated_at")?,
            claimed: row.claimed == Some(1),
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
        let token = &write.row;
        let waiting = Self {
            id: token.id.0,
            version: write.version().0,
            queue_id: token.queue.0,
            user_id: token.user.0,
            concert_id: token.concert.map(|concert| concert.0),
            number: i64::try_from(token.number).unwrap_or(i64::MAX),
            joined_at: micros(token.joined_at),
            state: "WAITING".to_owned(),
            activated_at: token.activated_at().map(micros),
            claimed: None,
            expires_at: None,
            reason: None,
            expired_at: None,
        };
        match token.state() {
            TokenState::Waiting => waiting,
            TokenState::Active { claimed, expires_at, .. } => {
                let state = "ACTIVE".to_owned();
                Self { state, claimed: Some(i64::from(claimed)), expires_at: Some(micros(expires_at)), ..waiting }
            }
            TokenState::Expired { reason, expired_at, .. } => {
                let (state, reason) = ("EXPIRED".to_owned(), Some(reason.word().to_owned()));
                Self { state, reason, expired_at: Some(micros(expired_at)), ..waiting }
            }
        }
    }
}
