//! The hall: its seats by number, and which of them look free.

use domain::{Money, ScheduleId, Seat, SeatNumber, SeatState, Version, Versioned, Write};
use fastrand::Rng;

/// The seats of the one date. Nobody runs out of money here, so they cost nothing.
#[derive(Debug)]
pub(super) struct Hall {
    seats: Vec<Versioned<Seat>>,
    /// The indexes of the seats whose rows say AVAILABLE, in any order.
    free: Vec<usize>,
    /// Where in `free` a seat is.
    places: Vec<Option<usize>>,
    /// How many are RESERVED.
    pub(super) sold: u32,
}

impl Hall {
    pub(super) fn new(schedule: ScheduleId, seats: u32) -> Self {
        let numbers = (1..=seats).filter_map(|number| SeatNumber::new(number).ok());
        let seat = |number| Versioned::new(Version::FIRST, Seat::new(schedule, number, String::new(), Money::ZERO));
        let seats: Vec<_> = numbers.map(seat).collect();
        Self { free: (0..seats.len()).collect(), places: (0..seats.len()).map(Some).collect(), seats, sold: 0 }
    }

    pub(super) fn is_sold_out(&self) -> bool {
        usize::try_from(self.sold).is_ok_and(|sold| sold >= self.seats.len())
    }

    pub(super) fn seat(&self, number: SeatNumber) -> Option<&Versioned<Seat>> {
        self.seats.get(index(number))
    }

    /// Up to `count` seats that look free, wherever somebody's eye falls first.
    pub(super) fn pick(&self, count: u32, chance: &mut Rng) -> Vec<SeatNumber> {
        if self.free.is_empty() {
            return Vec::new();
        }
        let first = chance.usize(0..self.free.len());
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(self.free.len());
        self.free.iter().cycle().skip(first).take(count).map(|index| self.seats[*index].number()).collect()
    }

    pub(super) fn write(&mut self, write: &Write<Seat>) {
        let index = index(write.row.number());
        let Some(seat) = self.seats.get_mut(index) else { return };
        let was_sold = matches!(seat.state(), SeatState::Reserved { .. });
        *seat = Versioned::new(write.version(), write.row.clone());
        let (is_sold, is_free) = (matches!(seat.state(), SeatState::Reserved { .. }), seat.state() == SeatState::Available);
        self.sold = self.sold + u32::from(is_sold) - u32::from(was_sold);
        match (self.places[index], is_free) {
            (Some(place), false) => self.take_from_free(place),
            (None, true) => {
                self.places[index] = Some(self.free.len());
                self.free.push(index);
            }
            (Some(_), true) | (None, false) => {}
        }
    }

    fn take_from_free(&mut self, place: usize) {
        let taken = self.free.swap_remove(place);
        self.places[taken] = None;
        if let Some(moved) = self.free.get(place) {
            self.places[*moved] = Some(place);
        }
    }
}

fn index(number: SeatNumber) -> usize {
    usize::try_from(number.get()).unwrap_or(usize::MAX).wrapping_sub(1)
}
