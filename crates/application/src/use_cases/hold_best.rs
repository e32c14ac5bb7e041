//! Hold the best: reserves the best available seats for an active user until the payment.

use std::sync::Arc;

use domain::best_available::{Unknown, Wish};
use domain::decide::admission::{self, Pass};
use domain::decide::hold::{Command, Wanted};
use domain::idempotency::IdempotentRequest;
use domain::{Field, Outcome, Refusal, ReservationId, Schedule, ScheduleId, Versioned};
use roaring::RoaringBitmap;

use crate::best_seats::{BestSeats, Offer};
use crate::ports::Ids;
use crate::{Answer, CatalogueModel, Error, GroupCommit, WaitingRoom};

/// How often seats are chosen again because others took the chosen ones.
const MAX_ATTEMPTS: usize = 16;

/// Holds the best available seats for an active user, all or none.
#[derive(Clone)]
pub struct HoldBestSeats {
    commits: Arc<GroupCommit>,
    ids: Arc<dyn Ids>,
    best_seats: Arc<BestSeats>,
    catalogue: Arc<CatalogueModel>,
    room: Arc<WaitingRoom>,
}

impl HoldBestSeats {
    /// Creates the use case over a group commit and the read models from which the seats are chosen.
    pub fn new(
        commits: Arc<GroupCommit>,
        ids: Arc<dyn Ids>,
        best_seats: Arc<BestSeats>,
        catalogue: Arc<CatalogueModel>,
        room: Arc<WaitingRoom>,
    ) -> Self {
        Self { commits, ids, best_seats, catalogue, room }
    }

    /// Holds the best available seats of `schedule` for the pass's user. The outcome is an [`Outcome::Held`].
    ///
    /// Seats are chosen only for active users: of all others, and for repeated requests, the command is decided without seats.
    pub async fn execute(
        &self,
        pass: Pass,
        idempotency: IdempotentRequest,
        schedule: ScheduleId,
        wish: Wish,
    ) -> Result<Answer<Outcome>, Error> {
        let id = ReservationId(self.ids.ordered());
        let mut search = if self.is_active(pass).await { self.catalogue.schedule(schedule).await? } else { None };
        let mut taken = RoaringBitmap::new();
        for _ in 0..MAX_ATTEMPTS {
            let offer = match &search {
                Some(schedule) => self.best_seats.offer(schedule, &wish, &taken).await?,
                None => Ok(Offer::nothing(&wish)),
            };
            let (offer, unknown) = offer.map_or_else(|unknown| (Offer::nothing(&wish), Some(unknown)), |offer| (offer, None));
            let seats = Wanted::Best(offer.candidates.clone());
            let answer = self.commits.run(Command { pass, idempotency: idempotency.clone(), id, schedule, seats }).await;
            let Err(Error::Refused(Refusal::NoAdjacentSeats { taken: found })) = answer else { return answer };
            match (unknown, &search) {
                (Some(unknown), _) => return Err(refuse(unknown).into()),
                // The user was admitted just now, or the schedule was just created: the store knows before the memory.
                (None, None) => search = self.find(schedule).await?,
                (None, Some(_)) if offer.is_empty() => return Err(Refusal::NoAdjacentSeats { taken: found }.into()),
                (None, Some(_)) => {
                    taken.extend(found.iter().map(|number| number.get()));
                    search = self.find(schedule).await?;
                }
            }
        }
        Err(Error::Overloaded)
    }

    async fn find(&self, schedule: ScheduleId) -> Result<Option<Versioned<Schedule>>, Error> {
        Ok(Some(self.catalogue.schedule(schedule).await?.ok_or(Refusal::NotFound)?))
    }

    /// Returns whether the user is active, as far as the memory knows.
    async fn is_active(&self, pass: Pass) -> bool {
        let Some(id) = pass.token else { return false };
        let token = self.room.find(id).await;
        token.is_ok_and(|token| token.is_some_and(|token| admission::check_token(&token, pass.user, None, self.room.now()).is_ok()))
    }
}

fn refuse(unknown: Unknown) -> Refusal {
    let (field, problem) = match unknown {
        Unknown::Category => (Field::Category, "the schedule has no such category"),
        Unknown::Section => (Field::Section, "the schedule has no such section"),
    };
    Refusal::Contradiction { field, problem: problem.to_owned() }
}

#[cfg(test)]
mod tests;
