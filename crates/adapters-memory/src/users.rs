//! Users, to be read.

use application::ports::{ReadError, Users};
use async_trait::async_trait;
use domain::{User, UserId};

use crate::MemoryStore;

#[async_trait]
impl Users for MemoryStore {
    async fn user(&self, id: UserId) -> Result<Option<User>, ReadError> {
        Ok(self.state().users.get(&id).cloned())
    }
}
