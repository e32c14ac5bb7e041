//! The reservations found, by what loads know of them.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::{ConcertId, Reservation, ReservationId, ScheduleId, SeatNumber, TokenId, UserId, Versioned};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::rows::reservation::Row;

/// The reservations found. A row that makes no sense is among them, so that the loads that meet it fail.
#[derive(Default)]
pub struct Holds {
    by_id: HashMap<ReservationId, Result<Versioned<Reservation>, Corrupt>>,
    held_by_token: HashMap<Uuid, Vec<ReservationId>>,
    held_by_seat: HashMap<(Uuid, i64), Vec<ReservationId>>,
    owned: HashMap<(Uuid, Uuid), Vec<ReservationId>>,
}

impl Holds {
    /// Adds a row.
    pub fn add(&mut self, row: Row) {
        let id = ReservationId(row.id);
        if !row.is_cancelled() {
            self.owned.entry((row.user_id, row.concert_id)).or_default().push(id);
        }
        if row.is_held() {
            self.held_by_token.entry(row.token_id).or_default().push(id);
            for number in row.numbers() {
                self.held_by_seat.entry((row.schedule_id, number)).or_default().push(id);
            }
        }
        self.by_id.insert(id, row.try_into());
    }

    /// The reservation, if it was found.
    pub fn get(&self, id: ReservationId) -> Option<&Result<Versioned<Reservation>, Corrupt>> {
        self.by_id.get(&id)
    }

    /// All that were found.
    pub fn ids(&self) -> impl Iterator<Item = ReservationId> + Clone {
        self.by_id.keys().copied()
    }

    /// Those whose rows are HELD and that were made under `token`.
    pub fn of_token(&self, token: TokenId) -> impl Iterator<Item = ReservationId> + Clone {
        self.held_by_token.get(&token.0).into_iter().flatten().copied()
    }

    /// Those whose rows are HELD and that have one of `seats`, each once, by id.
    pub fn of_seats(&self, schedule: ScheduleId, seats: &[SeatNumber]) -> Vec<ReservationId> {
        let on_seats = seats.iter().filter_map(|seat| self.held_by_seat.get(&(schedule.0, i64::from(seat.get())))).flatten();
        let all: BTreeSet<ReservationId> = on_seats.copied().collect();
        all.into_iter().collect()
    }

    /// Those that a hold of `seats` needs to see, each once, by id: the HELD ones under its token, those that have its
    /// seats, and the user's live ones for the concert.
    pub fn in_question(
        &self,
        user: UserId,
        token: Option<TokenId>,
        concert: Option<ConcertId>,
        schedule: ScheduleId,
        seats: &[SeatNumber],
    ) -> Vec<ReservationId> {
        let under_token = token.into_iter().flat_map(|token| self.of_token(token));
        let on_seats = seats.iter().filter_map(|seat| self.held_by_seat.get(&(schedule.0, i64::from(seat.get())))).flatten();
        let of_user = concert.and_then(|concert| self.owned.get(&(user.0, concert.0))).into_iter().flatten();
        let all: HashSet<ReservationId> = under_token.chain(on_seats.copied()).chain(of_user.copied()).collect();
        let mut all: Vec<ReservationId> = all.into_iter().collect();
        all.sort_unstable();
        all
    }
}
