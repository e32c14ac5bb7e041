//! Rows of the search keys of users.

use domain::User;
use serde::Serialize;
use uuid::Uuid;

/// One of a user's search keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    pub search_key: String,
    pub user_id: Uuid,
}

/// Returns the rows of `user`; none if the user has no name.
pub fn rows_of(user: &User) -> impl Iterator<Item = Row> + use<> {
    let (keys, user_id) = (user.name.as_ref().map(domain::UserName::search_keys).unwrap_or_default(), user.id.0);
    keys.into_iter().map(move |search_key| Row { search_key, user_id })
}
