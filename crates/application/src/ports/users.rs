//! The port of users.

use async_trait::async_trait;
use domain::{User, UserId};

use crate::ports::ReadError;

/// Users, to be read.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait Users: Send + Sync {
    /// The user, if they have registered or written anything.
    async fn user(&self, id: UserId) -> Result<Option<User>, ReadError>;
}
