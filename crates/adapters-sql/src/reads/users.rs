//! The queries of users.

use application::ports::{ReadError, Users};
use async_trait::async_trait;
use domain::{User, UserId};
use sea_orm::EntityTrait;

use super::Reads;
use crate::rows::user;

#[async_trait]
impl Users for Reads {
    async fn user(&self, id: UserId) -> Result<Option<User>, ReadError> {
        let row = self.within(user::Entity::find_by_id(id.0).one(&self.db)).await?;
        Ok(row.map(User::try_from).transpose()?)
    }
}
