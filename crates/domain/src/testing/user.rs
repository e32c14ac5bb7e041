//! Users for tests.

use time::Duration;

use super::NOW;
use crate::{User, UserId};

/// Returns the row of `user`, whose first write was an hour ago.
#[must_use]
pub fn a_user(user: UserId) -> User {
    User { id: user, name: None, created_at: NOW - Duration::HOUR }
}
