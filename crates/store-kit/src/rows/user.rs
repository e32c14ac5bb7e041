//! Rows of users.

use domain::{User, UserId, UserName};
#[cfg(feature = "sea-orm")]
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "sea-orm", derive(DeriveEntityModel), sea_orm(table_name = "users"))]
pub struct Model {
    #[cfg_attr(feature = "sea-orm", sea_orm(primary_key, auto_increment = false))]
    pub id: Uuid,
    pub name: Option<String>,
    pub created_at: i64,
}

entity!();

impl TryFrom<Model> for User {
    type Error = Corrupt;

    fn try_from(row: Model) -> Result<Self, Corrupt> {
        let name = row.name.map(|name| UserName::new(&name)).transpose().map_err(|_| Corrupt::new("users", "name"))?;
        Ok(Self { id: UserId(row.id), name, created_at: instant(row.created_at, "users", "created_at")? })
    }
}

impl From<&User> for Model {
    fn from(user: &User) -> Self {
        let name = user.name.as_ref().map(|name| name.as_str().to_owned());
        Self { id: user.id.0, name, created_at: micros(user.created_at) }
    }
}
