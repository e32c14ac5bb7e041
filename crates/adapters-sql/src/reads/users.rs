//! The queries of users.

use application::ports::{ReadError, Users};
use async_trait::async_trait;
use domain::{User, UserId};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::{Reads, repeated};
use crate::all;
use crate::rows::user;

#[async_trait]
impl Users for Reads {
    async fn user(&self, id: UserId) -> Result<Option<User>, ReadError> {
        let row = self.within(user::Entity::find_by_id(id.0).one(&self.db)).await?;
        Ok(row.map(User::try_from).transpose()?)
    }

    async fn users_by_id(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError> {
        let query = user::Entity::find().filter(user::Column::Id.is_in(repeated(ids).map(|id| id.0)));
        all(self.within(query.all(&self.db)).await?)
    }
}
