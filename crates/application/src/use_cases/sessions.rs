//! Sessions: sign-in on a browser, its renewal, and its end.

use std::sync::Arc;

use domain::decide::start_session::SignedIn;
use domain::decide::{create_login_code, end_session, redeem_login_code, refresh_session, start_session};
use domain::session::{DeviceName, Roles, Secret, SessionOwner, SessionStatus};
use domain::{Needs as _, Refusal, Session, SessionId, UserId, need};

use super::admin::Actor;
use crate::ports::{Ids, Store};
use crate::{Answer, Error, GroupCommit};

/// Starts, renews, lists and ends sessions.
#[derive(Clone)]
pub struct Sessions {
    commits: Arc<GroupCommit>,
    store: Arc<dyn Store>,
    ids: Arc<dyn Ids>,
}

/// A refresh token or a login code, with the session and the user that it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionCredential {
    /// The user.
    pub user: UserId,
    /// The session.
    pub session: SessionId,
    /// The refresh token or login code.
    pub secret: Secret,
}

/// The user who is to be signed in by an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Authenticated {
    /// The user of the access token.
    pub user: UserId,
    /// Its roles.
    pub roles: Roles,
    /// The session that issued it; none: another way to sign in.
    pub session: Option<SessionId>,
}

impl Sessions {
    /// Creates the use cases over a group commit and the store.
    pub fn new(commits: Arc<GroupCommit>, store: Arc<dyn Store>, ids: Arc<dyn Ids>) -> Self {
        Self { commits, store, ids }
    }

    /// Starts a session of the user of an access token.
    pub async fn start(&self, by: Authenticated, device: Option<DeviceName>) -> Result<Answer<SignedIn>, Error> {
        let owner = SessionOwner { id: self.new_id(), user: by.user, roles: by.roles, device };
        self.commits.run(start_session::Command { owner, by_session: by.session, token: self.new_secret() }).await
    }

    /// Creates a login code for `user`, or, if none is specified, for the operator, whose access token has the `roles` and may be that of
    /// `by_session`.
    pub async fn create_login_code(
        &self,
        by: &Actor,
        roles: Roles,
        by_session: Option<SessionId>,
        user: Option<UserId>,
    ) -> Result<(Answer<Session>, SessionCredential), Error> {
        let (session, code) = (self.new_id(), self.new_secret());
        let order = by.order(&self.ids);
        let command = create_login_code::Command { order, roles, by_session, user, session, code: code.clone() };
        let answer = self.commits.run(command).await?;
        let credential = SessionCredential { user: answer.outcome.user(), session, secret: code };
        Ok((answer, credential))
    }

    /// Begins the session of a login code.
    pub async fn redeem(&self, code: SessionCredential, device: Option<DeviceName>) -> Result<Answer<SignedIn>, Error> {
        let SessionCredential { user, session, secret: code } = code;
        self.commits.run(redeem_login_code::Command { user, session, code, nonce: self.ids.secret(), device }).await
    }

    /// Renews a session by its refresh token.
    pub async fn refresh(&self, token: SessionCredential) -> Result<Answer<SignedIn>, Error> {
        let SessionCredential { user, session, secret: token } = token;
        let command = refresh_session::Command { user, session, token, nonce: self.ids.secret() };
        let Answer { outcome, at, replayed, number } = self.commits.run(command).await?;
        match outcome {
            refresh_session::Outcome::SignedIn(signed_in) => Ok(Answer { outcome: signed_in, at, replayed, number }),
            refresh_session::Outcome::Reused => {
                tracing::warn!(%user, %session, "a former refresh token was used: the session is ended");
                Err(Refusal::SessionEnded.into())
            }
        }
    }

    /// Returns the ACTIVE sessions of `user`, the last used first.
    pub async fn list(&self, user: UserId) -> Result<Vec<Session>, Error> {
        let need = need::Sessions(user);
        let rows = self.store.load(&[need.clone().into()]).await?;
        let found = need.find(&rows).map_err(crate::ports::ReadError::from)?;
        let sessions = found.into_iter().map(|session| session.row);
        let mut active: Vec<_> = sessions.filter(|session| session.status(rows.now) == SessionStatus::Active).collect();
        active.sort_by_key(|session| std::cmp::Reverse(session.used_at()));
        Ok(active)
    }

    /// Ends a session of `user`.
    pub async fn end(&self, user: UserId, session: SessionId) -> Result<(), Error> {
        self.commits.run(end_session::Command { user, session }).await.map(|_| ())
    }

    fn new_id(&self) -> SessionId {
        // Those who know it can end the session by an invalid token, so it must not be guessed.
        SessionId(self.ids.secret())
    }

    fn new_secret(&self) -> Secret {
        Secret::of(self.ids.secret(), self.ids.secret())
    }
}
