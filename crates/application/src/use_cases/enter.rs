//! Enter: the check of requests that only active users may send.

use std::sync::Arc;

use domain::decide::admission::{self, Pass};
use domain::decide::claim;
use domain::{Concert, ConcertId, QueueId, QueueToken, Refusal, Schedule, ScheduleId, Versioned};

use crate::{CatalogueModel, Error, GroupCommit, WaitingRoom};

/// Checks active tokens in memory; the first call claims the token durably before it is answered.
#[derive(Clone)]
pub struct Enter {
    commits: Arc<GroupCommit>,
    room: Arc<WaitingRoom>,
    catalogue: Arc<CatalogueModel>,
}

impl Enter {
    /// Creates the use case over a group commit, the waiting room and the catalogue.
    pub fn new(commits: Arc<GroupCommit>, room: Arc<WaitingRoom>, catalogue: Arc<CatalogueModel>) -> Self {
        Self { commits, room, catalogue }
    }

    /// Checks whether `pass` admits to a concert, and returns the concert; without an id, or if it doesn't exist or is a draft, the request is
    /// refused as not found after the check.
    pub async fn concert(&self, pass: Pass, id: Option<ConcertId>) -> Result<Versioned<Concert>, Error> {
        self.check_in_memory(pass).await?;
        let concert = match id {
            Some(id) => self.public_concert(id).await?,
            None => None,
        };
        self.execute(pass, concert.as_ref().map(|concert| concert.queue())).await?;
        Ok(concert.ok_or(Refusal::NotFound)?)
    }

    /// Checks whether `pass` admits to the concert of a schedule, and returns the schedule; without an id, or if it doesn't exist or belongs to
    /// a draft, the request is refused as not found after the check.
    pub async fn schedule(&self, pass: Pass, id: Option<ScheduleId>) -> Result<Versioned<Schedule>, Error> {
        self.check_in_memory(pass).await?;
        let schedule = match id {
            Some(id) => self.catalogue.schedule(id).await?,
            None => None,
        };
        let concert = match &schedule {
            Some(schedule) => self.public_concert(schedule.concert()).await?,
            None => None,
        };
        self.execute(pass, concert.as_ref().map(|concert| concert.queue())).await?;
        Ok(schedule.filter(|_| concert.is_some()).ok_or(Refusal::NotFound)?)
    }

    /// Returns the schedule if `pass` certainly admits to its concert, as far as memory tells, without waiting. Otherwise
    /// [`Self::schedule`] decides.
    #[must_use]
    pub fn known_schedule(&self, pass: Pass, id: ScheduleId) -> Option<Versioned<Schedule>> {
        let token = self.room.known(pass.token?)?;
        let (schedule, queue) = self.catalogue.known_schedule(id)?;
        let now = self.room.now();
        let admits = admission::check_token(&token, pass.user, Some(queue), now).is_ok() && !token.is_unclaimed(now);
        admits.then_some(schedule)
    }

    /// Checks whether `pass` admits to the concerts of `queue`; without a queue, the requested resource doesn't exist.
    pub async fn execute(&self, pass: Pass, queue: Option<QueueId>) -> Result<(), Error> {
        let token = self.token(pass).await?;
        let now = self.room.now();
        match admission::check_token(&token, pass.user, queue, now) {
            Ok(()) if !token.is_unclaimed(now) => Ok(()),
            Err(refusal) if self.room.was_refused_lately(token.id()) => Err(refusal.into()),
            Ok(()) | Err(_) => self.check_in_store(pass, queue).await,
        }
    }

    async fn public_concert(&self, id: ConcertId) -> Result<Option<Versioned<Concert>>, Error> {
        Ok(self.catalogue.concert(id).await?.filter(|concert| concert.is_public(self.room.now())))
    }

    /// Refuses a pass that certainly admits to nothing, before anything is read for the request.
    async fn check_in_memory(&self, pass: Pass) -> Result<(), Error> {
        let token = self.token(pass).await?;
        match admission::check_token(&token, pass.user, None, self.room.now()) {
            Err(refusal) if self.room.was_refused_lately(token.id()) => Err(refusal.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn token(&self, pass: Pass) -> Result<QueueToken, Error> {
        let id = pass.token.ok_or(Refusal::TokenRequired)?;
        Ok(self.room.find(id).await?.ok_or(Refusal::TokenMismatch)?)
    }

    /// Checks the token in the store, where another instance may just have admitted the user, and where the first call claims it.
    async fn check_in_store(&self, pass: Pass, queue: Option<QueueId>) -> Result<(), Error> {
        let answer = self.commits.run(claim::Command { pass, queue }).await;
        if let (Err(Error::Refused(_)), Some(token)) = (&answer, pass.token) {
            self.room.remember_refusal(token);
        }
        answer.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use domain::testing::{
        ADA, BEN, CONCERT, NOW, OTHER_CONCERT, OTHER_QUEUE, OTHER_SCHEDULE, SCHEDULE, a_concert, a_queue, a_schedule, a_token,
    };
    use domain::{LoggedRow, TokenId};
    use time::Duration;

    use super::*;
    use crate::ReadModel as _;
    use crate::page::PageRequest;
    use crate::ports::{MockCatalogue, MockStore, MockTokens};
    use crate::testing::{MockedLanes, StoppedClock, a_waiting_room};

    /// Returns a catalogue of at most `limit` bytes: a schedule of a concert that the default queue admits to, and a concert of another
    /// queue. After the start, they can't be read.
    async fn a_catalogue(limit: usize) -> Arc<CatalogueModel> {
        let mut catalogue = MockCatalogue::new();
        let other = a_concert().with(|concert| concert.with_id(OTHER_CONCERT).move_to(OTHER_QUEUE));
        let concerts = [a_concert(), other];
        catalogue.expect_queues().times(1).returning(|| Ok(vec![a_queue()]));
        let all = move |page: PageRequest<ConcertId>| if page.after.is_none() { concerts.to_vec() } else { vec![] };
        catalogue.expect_concerts().times(1..=2).returning(move |page| Ok(all(page)));
        let schedules = |concert| if concert == CONCERT { vec![a_schedule()] } else { vec![] };
        catalogue.expect_schedules().times(1..=2).returning(move |concert| Ok(schedules(concert)));
        let model = Arc::new(CatalogueModel::new(Arc::new(catalogue), limit));
        model.fill().await.unwrap();
        model
    }

    /// Runs guarded requests over a room in which Ada is active, with a catalogue of at most `limit` bytes. The store only finds `tokens`.
    async fn run<T>(tokens: MockTokens, limit: usize, requests: impl AsyncFnOnce(Enter, TokenId) -> T) -> T {
        let room = Arc::new(a_waiting_room(Arc::new(tokens), Arc::new(MockCatalogue::new()), Arc::<StoppedClock>::default()));
        let token = a_token(ADA).claimed(NOW - Duration::MINUTE, NOW + Duration::MINUTE);
        let id = token.id();
        room.apply(LoggedRow::Token(Versioned::new(token.version, (&token.row).into())));
        let catalogue = a_catalogue(limit).await;
        MockedLanes::over(MockStore::new()).run(async |commits| requests(Enter::new(commits, room, catalogue), id).await).await
    }

    #[tokio::test]
    async fn a_request_with_a_known_token_reads_nothing_from_the_store() {
        run(MockTokens::new(), 1 << 20, async |enter, token| {
            let pass = Pass { user: ADA, token: Some(token) };
            for _ in 0..3 {
                assert_eq!(enter.schedule(pass, Some(SCHEDULE)).await.unwrap(), a_schedule());
                assert_eq!(enter.known_schedule(pass, SCHEDULE), Some(a_schedule()));
                assert_eq!(enter.known_schedule(pass, OTHER_SCHEDULE), None);
                assert_eq!(enter.known_schedule(Pass { user: BEN, ..pass }, SCHEDULE), None, "another user's token");
                assert_eq!(enter.known_schedule(Pass { token: None, ..pass }, SCHEDULE), None);
                assert_eq!(enter.concert(pass, Some(CONCERT)).await.unwrap(), a_concert());
                let unknown = enter.schedule(pass, Some(OTHER_SCHEDULE)).await;
                assert!(matches!(unknown, Err(Error::Refused(Refusal::NotFound))), "{unknown:?}");
                let malformed = enter.concert(pass, None).await;
                assert!(matches!(malformed, Err(Error::Refused(Refusal::NotFound))), "{malformed:?}");
            }
        })
        .await;
    }

    #[tokio::test]
    async fn an_unknown_token_is_refused_before_the_schedule_is_looked_up() {
        let mut tokens = MockTokens::new();
        tokens.expect_tokens().times(1).returning(|_| Ok(vec![]));
        // No concert fits into memory.
        run(tokens, 1, async |enter, _| {
            let pass = Pass { user: BEN, token: Some(TokenId(uuid::Uuid::nil())) };
            for schedule in [SCHEDULE, OTHER_SCHEDULE, SCHEDULE] {
                let refused = enter.schedule(pass, Some(schedule)).await;
                assert!(matches!(refused, Err(Error::Refused(Refusal::TokenMismatch))), "{refused:?}");
            }
            let without = enter.schedule(Pass { token: None, ..pass }, Some(SCHEDULE)).await;
            assert!(matches!(without, Err(Error::Refused(Refusal::TokenRequired))), "{without:?}");
        })
        .await;
    }
}
