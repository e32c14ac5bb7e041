//! Look-ups of tokens that aren't in memory. Those that arrive while one runs are looked up together by the next, and there is a pause between
//! two of them, so that requests with random tokens cause a few queries per second, however many they are.

use std::collections::BTreeSet;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use domain::{QueueToken, TokenId, Versioned};
use tokio::sync::{self, oneshot};
use tokio::time::{Instant, sleep_until};

use crate::Error;

/// The shortest time from the start of a look-up to the start of the next.
pub(super) const PAUSE: Duration = Duration::from_millis(250);
/// The maximum number of requests that wait for a look-up.
pub(super) const MAX_WAITING: usize = 4_096;

type Answer = Result<Option<Versioned<QueueToken>>, Error>;

#[derive(Default)]
pub(super) struct LookUps {
    waiting: Mutex<Vec<(TokenId, oneshot::Sender<Answer>)>>,
    /// The start of the last look-up; locked while one runs.
    last: sync::Mutex<Option<Instant>>,
}

impl LookUps {
    /// Returns the token. `read` reads tokens from the store, and is called by one of the waiting requests for all of them.
    ///
    /// # Errors
    /// [`Error::Overloaded`] if too many requests wait; the error of `read`.
    pub(super) async fn find<F>(&self, id: TokenId, read: impl FnOnce(Vec<TokenId>) -> F) -> Answer
    where
        F: Future<Output = Result<Vec<Versioned<QueueToken>>, Error>>,
    {
        let mut answer = self.wait(id)?;
        tokio::select! {
            biased;
            answered = &mut answer => return answered.unwrap_or(Err(Error::Unavailable)),
            mut last = self.last.lock() => {
                if let Some(last) = *last {
                    sleep_until(last + PAUSE).await;
                }
                *last = Some(Instant::now());
                let waiting = mem::take(&mut *self.waiting());
                let ids: BTreeSet<TokenId> = waiting.iter().map(|(id, _)| *id).collect();
                if !ids.is_empty() {
                    respond(waiting, read(ids.into_iter().collect()).await);
                }
            }
        }
        // The request that made the look-up may have been dropped, and its look-up with it.
        answer.await.unwrap_or(Err(Error::Unavailable))
    }

    fn wait(&self, id: TokenId) -> Result<oneshot::Receiver<Answer>, Error> {
        let mut waiting = self.waiting();
        if waiting.len() >= MAX_WAITING {
            return Err(Error::Overloaded);
        }
        let (sender, answer) = oneshot::channel();
        waiting.push((id, sender));
        Ok(answer)
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<(TokenId, oneshot::Sender<Answer>)>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn respond(waiting: Vec<(TokenId, oneshot::Sender<Answer>)>, read: Result<Vec<Versioned<QueueToken>>, Error>) {
    for (id, sender) in waiting {
        let answer = match &read {
            Ok(tokens) => Ok(tokens.iter().find(|token| token.id() == id).cloned()),
            Err(Error::Internal) => Err(Error::Internal),
            Err(Error::Refused(_) | Error::Overloaded | Error::Unavailable) => Err(Error::Unavailable),
        };
        // A request that no longer waits needs no answer.
        sender.send(answer).ok();
    }
}
