//! Rows of sessions.

use domain::session::{DeviceName, EndReason, FormerToken, Roles, SecretDigest, SessionOwner, SessionState};
use domain::{Session, SessionId, UserId, Version, Versioned, Write};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};
use crate::words::Word;

const TABLE: &str = "sessions";
const OPERATOR: &str = "OPERATOR";
const CASHIER: &str = "CASHIER";
const SCANNER: &str = "SCANNER";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "sessions"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub user_id: Uuid,
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub slot: i64,
    pub version: i64,
    pub id: Uuid,
    /// Names, separated by spaces.
    pub roles: String,
    pub device: Option<String>,
    pub created_at: i64,
    pub state: String,
    /// Digests are hexadecimal digits.
    pub token_digest: Option<String>,
    pub former_digest: Option<String>,
    pub former_nonce: Option<Uuid>,
    pub former_until: Option<i64>,
    pub used_at: Option<i64>,
    pub idle_at: Option<i64>,
    pub expires_at: Option<i64>,
    pub reason: Option<String>,
    /// The instant of its end, also if it is in the future; it is derived from the others.
    pub ends_at: i64,
}

entity!();

impl TryFrom<Model> for Versioned<Session> {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let slot = u8::try_from(row.slot).map_err(|_| Corrupt::new(TABLE, "slot"))?;
        let created_at = instant(row.created_at, TABLE, "created_at")?;
        let state = state(&row)?;
        let device = row.device.map(|device| DeviceName::new(&device)).transpose().map_err(|_| Corrupt::new(TABLE, "device"))?;
        let owner = SessionOwner { id: SessionId(row.id), user: UserId(row.user_id), roles: roles(&row.roles)?, device };
        let session = Session::restore(owner, slot, created_at, state);
        if micros(session.ends_at()) == row.ends_at {
            Ok(Self::new(Version(row.version), session))
        } else {
            Err(Corrupt::new(TABLE, "ends_at"))
        }
    }
}

fn state(row: &Model) -> Result<SessionState, Corrupt> {
    let at = |value: Option<i64>, column| instant(value.ok_or(Corrupt::new(TABLE, column))?, TABLE, column);
    let token = || row.token_digest.as_deref().and_then(digest).ok_or(Corrupt::new(TABLE, "token_digest"));
    match row.state.as_str() {
        "PENDING" => Ok(SessionState::Pending { code: token()?, expires_at: at(row.expires_at, "expires_at")? }),
        "ACTIVE" => Ok(SessionState::Active {
            token: token()?,
            former: former(row)?,
            used_at: at(row.used_at, "used_at")?,
            idle_at: at(row.idle_at, "idle_at")?,
            expires_at: at(row.expires_at, "expires_at")?,
        }),
        "ENDED" => {
            let reason = row.reason.as_deref().and_then(EndReason::of).ok_or(Corrupt::new(TABLE, "reason"))?;
            Ok(SessionState::Ended { reason, ended_at: instant(row.ends_at, TABLE, "ends_at")? })
        }
        _ => Err(Corrupt::new(TABLE, "state")),
    }
}

fn former(row: &Model) -> Result<Option<FormerToken>, Corrupt> {
    match (&row.former_digest, row.former_nonce, row.former_until) {
        (None, None, None) => Ok(None),
        (Some(former), Some(nonce), Some(until)) => Ok(Some(FormerToken {
            digest: digest(former).ok_or(Corrupt::new(TABLE, "former_digest"))?,
            nonce,
            valid_until: instant(until, TABLE, "former_until")?,
        })),
        _ => Err(Corrupt::new(TABLE, "former_digest")),
    }
}

fn roles(names: &str) -> Result<Roles, Corrupt> {
    let mut roles = Roles::NONE;
    for name in names.split(' ').filter(|name| !name.is_empty()) {
        match name {
            OPERATOR => roles.operator = true,
            CASHIER => roles.cashier = true,
            SCANNER => roles.scanner = true,
            _ => return Err(Corrupt::new(TABLE, "roles")),
        }
    }
    Ok(roles)
}

fn role_names(Roles { operator, cashier, scanner }: Roles) -> String {
    let names = [(operator, OPERATOR), (cashier, CASHIER), (scanner, SCANNER)];
    names.into_iter().filter(|(has, _)| *has).map(|(_, name)| name).collect::<Vec<_>>().join(" ")
}

fn digest(text: &str) -> Option<SecretDigest> {
    let is_digest = text.len() == 64 && text.bytes().all(|digit| digit.is_ascii_digit() || matches!(digit, b'a'..=b'f'));
    let mut bytes = [0; 32];
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2).filter(|_| is_digest)?, 16).ok()?;
    }
    Some(SecretDigest(bytes))
}

fn digits(SecretDigest(bytes): SecretDigest) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string never fails.
        _ = write!(text, "{byte:02x}");
        text
    })
}

impl From<&Write<Session>> for Model {
    fn from(write: &Write<Session>) -> Self {
        let session = &write.row;
        let SessionOwner { id, user, roles, device } = session.owner();
        let row = Self {
            user_id: user.0,
            slot: session.slot().into(),
            version: write.version().0,
            id: id.0,
            roles: role_names(*roles),
            device: device.as_ref().map(|device| device.as_str().to_owned()),
            created_at: micros(session.created_at()),
            state: String::new(),
            token_digest: None,
            former_digest: None,
            former_nonce: None,
            former_until: None,
            used_at: None,
            idle_at: None,
            expires_at: None,
            reason: None,
            ends_at: micros(session.ends_at()),
        };
        let at = |instant: &OffsetDateTime| Some(micros(*instant));
        match session.state() {
            SessionState::Pending { code, expires_at } => {
                Self { state: "PENDING".to_owned(), token_digest: Some(digits(*code)), expires_at: at(expires_at), ..row }
            }
            SessionState::Active { token, former, used_at, idle_at, expires_at } => Self {
                state: "ACTIVE".to_owned(),
                token_digest: Some(digits(*token)),
                former_digest: former.as_ref().map(|former| digits(former.digest)),
                former_nonce: former.as_ref().map(|former| former.nonce),
                former_until: former.as_ref().map(|former| micros(former.valid_until)),
                used_at: at(used_at),
                idle_at: at(idle_at),
                expires_at: at(expires_at),
                ..row
            },
            SessionState::Ended { reason, .. } => Self { state: "ENDED".to_owned(), reason: Some(reason.word().to_owned()), ..row },
        }
    }
}
