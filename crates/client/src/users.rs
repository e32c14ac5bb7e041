//! Users.

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::call::Call;
use crate::ids::UserId;
use crate::wallet::Wallet;

/// A user to register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewUser {
    /// The name.
    pub name: String,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The id: the `sub` of their access token.
    pub id: UserId,
    /// The name; `None` for a user of an external issuer without a name.
    pub name: Option<String>,
    /// The wallet.
    pub wallet: Wallet,
}

/// A registered user.
#[derive(Debug, Clone, Deserialize)]
pub struct RegisteredUser {
    /// The user.
    #[serde(flatten)]
    pub user: User,
    /// The user's access token.
    pub access_token: SecretString,
}

/// Registers a user with the built-in issuer, if the server allows it.
pub fn register_user(name: impl Into<String>) -> Call<RegisteredUser> {
    Call::post("/v1/users", &NewUser { name: name.into() }).repeatable()
}

/// Returns the caller.
pub fn show_me() -> Call<User> {
    Call::get("/v1/users/me")
}
