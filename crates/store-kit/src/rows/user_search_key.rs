//! Rows of what users are found by.

use domain::User;
use serde::Serialize;
use uuid::Uuid;

/// One of a user's search keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub search_key: String,
    pub user_id: Uuid,
}

/// The rows of `user`; none if they have no name.
pub fn rows_of(user: &User) -> impl Iterator<Item = Row> + use<> {
    let (keys, user_id) = (user.name.as_ref().map(domain::UserName::search_keys).unwrap_or_default(), user.id.0);
    keys.into_iter().map(move |search_key| Row { search_key, user_id })
}
