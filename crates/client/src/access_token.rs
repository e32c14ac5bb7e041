//! Access tokens, which identify the caller.

use async_trait::async_trait;
use secrecy::SecretString;

use crate::transport::BoxError;

/// A source of the caller's current access token. It is asked before each attempt of a request, since access tokens expire.
///
/// A token itself, and a function that returns one, are sources.
#[async_trait]
pub trait AccessTokens: Send + Sync {
    /// Returns the current access token.
    async fn current(&self) -> Result<SecretString, BoxError>;
}

#[async_trait]
impl AccessTokens for SecretString {
    async fn current(&self) -> Result<SecretString, BoxError> {
        Ok(self.clone())
    }
}

#[async_trait]
impl<F: Fn() -> SecretString + Send + Sync> AccessTokens for F {
    async fn current(&self) -> Result<SecretString, BoxError> {
        Ok(self())
    }
}
