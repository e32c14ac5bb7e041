//! Users.

use time::Duration;

use super::NOW;
use crate::{User, UserId};

/// `user`, who has written something an hour ago.
#[must_use]
pub fn a_user(user: UserId) -> User {
    User { id: user, name: None, created_at: NOW - Duration::HOUR }
}
