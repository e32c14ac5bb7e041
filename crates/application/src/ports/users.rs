//! The port of users.

use async_trait::async_trait;
use domain::{User, UserId};

use crate::ports::ReadError;

/// Reads users.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Users: Send + Sync {
    /// Returns the user, if they have registered or written anything.
    async fn user(&self, id: UserId) -> Result<Option<User>, ReadError>;
    /// Returns the users with these `ids` who are known, each once, in any order.
    async fn users_by_id(&self, ids: &[UserId]) -> Result<Vec<User>, ReadError>;
}
