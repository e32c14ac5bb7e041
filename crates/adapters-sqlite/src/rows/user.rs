//! Rows of users.

use domain::{User, UserId, UserName};
use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::corrupt::Corrupt;
use crate::instant::{instant, micros};

#[derive(Debug, Clone, PartialEq, Eq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) name: Option<String>,
    pub(crate) created_at: i64,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Users by id.
pub(crate) const SELECT: &str = "SELECT t.* FROM jsonb_each(?1) k CROSS JOIN users t ON t.id = unhex(k.value, '-')";

pub(crate) const INSERT: &str = "
    INSERT INTO users (id, name, created_at)
    SELECT unhex(value ->> 'id', '-'), value ->> 'name', value ->> 'created_at'
    FROM jsonb_each(?1)";

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
