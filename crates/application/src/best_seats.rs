//! Best seats: chooses seats for users who leave it to the service, from the seat maps in memory. Users who ask at the same time are offered
//! different seats, so that they don't compete for the best ones.
//!
//! ```text
//!   the free seats, read from the map at most every 50 ms
//!      − those that were offered since: to commands that run, and to those that succeeded
//!      = what the next command is offered
//! ```
//!
//! The decision takes the first choice whose seats are all available in the store. What it finds taken is left out of the next offer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use dashmap::DashMap;
use domain::best_available::{Hall, Unknown, Wish};
use domain::decide::hold::Candidates;
use domain::seat_selection::SeatSelection;
use domain::{LayoutHash, Schedule, ScheduleId, SeatNumber};
use roaring::RoaringBitmap;
use tokio::time::{Duration, Instant};

use crate::memory::MemoryMetrics;
use crate::recency::Recency;
use crate::{Error, HashedLayout, Layouts, SeatMaps};

/// How long the free seats of a map are used.
const REFRESH: Duration = Duration::from_millis(50);
/// The number of choices of an offer: the alternatives are for seats that another instance has taken meanwhile.
const CHOICES: usize = 4;
/// The number of schedules at which those without offers are forgotten.
const MAX_SCHEDULES: usize = 1_000;
/// The estimated size of a hall without seats, and of a seat.
const HALL_BYTES: usize = 512;
const SEAT_BYTES: usize = 24;

/// Chooses the best available seats.
pub struct BestSeats {
    seat_maps: Arc<SeatMaps>,
    layouts: Arc<Layouts>,
    halls: Mutex<Halls>,
    schedules: DashMap<ScheduleId, Arc<Mutex<Free>>>,
    metrics: MemoryMetrics,
}

struct Halls {
    known: HashMap<LayoutHash, Arc<Hall>>,
    recency: Recency<LayoutHash>,
}

/// The seats of a schedule that can be offered.
#[derive(Default)]
struct Free {
    seats: RoaringBitmap,
    read_at: Option<Instant>,
    /// The seats that are offered to running commands.
    offered: HashMap<u64, Vec<SeatNumber>>,
    offers: u64,
}

/// Seats that are offered to a command while it runs.
pub(crate) struct Offer {
    pub(crate) candidates: Candidates,
    free: Option<(Arc<Mutex<Free>>, u64)>,
}

impl Offer {
    /// Returns an offer of nothing, with which a command is decided that is refused for another reason or replayed.
    pub(crate) const fn nothing(wish: &Wish) -> Self {
        Self { candidates: Candidates { size: wish.count, layout: None, choices: Vec::new() }, free: None }
    }

    /// Whether it has no seats.
    pub(crate) const fn is_empty(&self) -> bool {
        self.candidates.choices.is_empty()
    }
}

impl Drop for Offer {
    fn drop(&mut self) {
        if let Some((free, id)) = &self.free {
            lock(free).offered.remove(id);
        }
    }
}

impl BestSeats {
    /// Creates the choice of seats from maps and layouts. What it derives from layouts takes at most `limit` bytes.
    pub fn new(seat_maps: Arc<SeatMaps>, layouts: Arc<Layouts>, limit: usize) -> Self {
        let halls = Mutex::new(Halls { known: HashMap::new(), recency: Recency::new(limit) });
        Self { seat_maps, layouts, halls, schedules: DashMap::new(), metrics: MemoryMetrics::new("halls", limit) }
    }

    /// Offers seats of `schedule` without those that are known to be `taken`; nothing if none are free.
    ///
    /// # Errors
    /// [`Unknown`] if the schedule has no seats of such a category or section.
    pub(crate) async fn offer(&self, schedule: &Schedule, wish: &Wish, taken: &RoaringBitmap) -> Result<Result<Offer, Unknown>, Error> {
        let hall = self.hall(&*self.layouts.of(schedule).await?);
        let free = self.free(schedule.id());
        let must_refresh = lock(&free).read_at.is_none_or(|read_at| read_at.elapsed() >= REFRESH);
        if must_refresh {
            self.refresh(schedule, &free).await?;
        }
        let (choices, id) = match lock(&free).offer(&hall, wish, taken) {
            Ok(offer) => offer,
            Err(unknown) => return Ok(Err(unknown)),
        };
        let mut offer = Offer { candidates: Candidates { size: wish.count, layout: schedule.layout(), choices }, free: Some((free, id)) };
        if offer.is_empty() {
            // Everything that is left was offered to others. Some of them may leave it.
            let now_free = self.seat_maps.free_seats(schedule).await?;
            let is_free = |number: SeatNumber| now_free.contains(number.get()) && !taken.contains(number.get());
            offer.candidates.choices = hall.choices(wish, is_free, CHOICES).unwrap_or_default();
        }
        Ok(Ok(offer))
    }

    async fn refresh(&self, schedule: &Schedule, free: &Mutex<Free>) -> Result<(), Error> {
        // What is offered while the map is read is left out again below.
        let seats = self.seat_maps.free_seats(schedule).await?;
        let mut free = lock(free);
        let offered: Vec<_> = free.offered.values().flatten().copied().collect();
        free.seats = seats;
        for number in offered {
            free.seats.remove(number.get());
        }
        free.read_at = Some(Instant::now());
        Ok(())
    }

    fn free(&self, schedule: ScheduleId) -> Arc<Mutex<Free>> {
        if self.schedules.len() >= MAX_SCHEDULES {
            self.schedules.retain(|_, free| !lock(free).offered.is_empty());
        }
        self.schedules.entry(schedule).or_default().clone()
    }

    fn hall(&self, layout: &HashedLayout) -> Arc<Hall> {
        let mut halls = self.halls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(hall) = halls.known.get(&layout.hash).cloned() {
            halls.recency.touch(layout.hash);
            self.metrics.hit();
            return hall;
        }
        self.metrics.miss();
        let hall = Arc::new(Hall::of(&layout.layout));
        halls.known.insert(layout.hash, hall.clone());
        let evicted = halls.recency.set(layout.hash, HALL_BYTES + hall.size() * SEAT_BYTES);
        for least in &evicted {
            halls.known.remove(least);
        }
        self.metrics.evict(evicted.len());
        self.metrics.set_bytes(halls.recency.bytes());
        hall
    }
}

impl Free {
    /// Returns an offer's choices and its id. The next offers leave out the best of the choices.
    fn offer(&mut self, hall: &Hall, wish: &Wish, taken: &RoaringBitmap) -> Result<(Vec<SeatSelection>, u64), Unknown> {
        let choices = hall.choices(wish, |number| self.seats.contains(number.get()) && !taken.contains(number.get()), CHOICES)?;
        let best = choices.first().map_or_else(Vec::new, |best| best.numbers().to_vec());
        for number in &best {
            self.seats.remove(number.get());
        }
        self.offers += 1;
        self.offered.insert(self.offers, best);
        Ok((choices, self.offers))
    }
}

fn lock(free: &Mutex<Free>) -> MutexGuard<'_, Free> {
    free.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use domain::Layout;
    use domain::testing::{seat_number, won};

    use super::*;

    /// Returns a row of ten seats, and its free seats: all of them.
    fn a_row() -> (Hall, Free) {
        let labels: Vec<_> = (1..=10).map(|number| (seat_number(number), format!("Row A {number}"))).collect();
        let seats = labels.iter().map(|(number, label)| (*number, label.as_str(), won(60_000), false));
        let free = Free { seats: (1..=10).collect(), ..Free::default() };
        (Hall::of(&Layout::of(seats).unwrap()), free)
    }

    fn two_seats() -> Wish {
        let count = NonZeroU32::new(2).unwrap();
        Wish { count, together: true, accessible: false, category: None, section: None }
    }

    fn numbers(choices: &[SeatSelection]) -> Vec<u32> {
        choices.first().into_iter().flat_map(SeatSelection::numbers).map(|number| number.get()).collect()
    }

    #[test]
    fn the_best_choice_of_an_offer_is_left_out_of_the_next_ones() {
        let (hall, mut free) = a_row();
        let mut offered: Vec<_> =
            (0..5).flat_map(|_| numbers(&free.offer(&hall, &two_seats(), &RoaringBitmap::new()).unwrap().0)).collect();
        assert_eq!(&offered[..4], [5, 6, 3, 4]);
        offered.sort_unstable();
        assert_eq!(offered, (1..=10).collect::<Vec<_>>());
        let (none, id) = free.offer(&hall, &two_seats(), &RoaringBitmap::new()).unwrap();
        assert_eq!((none.len(), id), (0, 6));
    }

    #[test]
    fn seats_that_are_known_to_be_taken_are_not_offered() {
        let (hall, mut free) = a_row();
        let (choices, _) = free.offer(&hall, &two_seats(), &RoaringBitmap::from([5, 6])).unwrap();
        assert_eq!(numbers(&choices), [3, 4]);
        assert!(choices.iter().flat_map(SeatSelection::numbers).all(|number| ![5, 6].contains(&number.get())));
    }

    #[test]
    fn an_offer_ends_when_it_is_dropped() {
        let (hall, mut free) = a_row();
        let (choices, id) = free.offer(&hall, &two_seats(), &RoaringBitmap::new()).unwrap();
        let free = Arc::new(Mutex::new(free));
        let candidates = Candidates { size: two_seats().count, layout: None, choices };
        let offer = Offer { candidates, free: Some((free.clone(), id)) };
        assert_eq!(lock(&free).offered[&id].len(), 2);
        drop(offer);
        assert!(lock(&free).offered.is_empty());
    }
}
