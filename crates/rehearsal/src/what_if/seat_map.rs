//! The seat map: the seats by number, and the available ones.

use domain::{Money, ScheduleId, Seat, SeatNumber, SeatState, Version, Versioned, Write};
use fastrand::Rng;

/// The seats of the schedule. They cost nothing, since the simulation doesn't model insufficient balances.
#[derive(Debug)]
pub(super) struct SeatMap {
    seats: Vec<Versioned<Seat>>,
    /// The indexes of the seats whose rows are AVAILABLE, in any order.
    available: Vec<usize>,
    /// The index in `available` of each seat.
    slots: Vec<Option<usize>>,
    /// The number of RESERVED seats.
    pub(super) sold: u32,
}

impl SeatMap {
    pub(super) fn new(schedule: ScheduleId, seats: u32) -> Self {
        let numbers = (1..=seats).filter_map(|number| SeatNumber::new(number).ok());
        let seat = |number| Versioned::new(Version::FIRST, Seat::new(schedule, number, String::new(), Money::ZERO));
        let seats: Vec<_> = numbers.map(seat).collect();
        Self { available: (0..seats.len()).collect(), slots: (0..seats.len()).map(Some).collect(), seats, sold: 0 }
    }

    pub(super) fn is_sold_out(&self) -> bool {
        usize::try_from(self.sold).is_ok_and(|sold| sold >= self.seats.len())
    }

    pub(super) fn seat(&self, number: SeatNumber) -> Option<&Versioned<Seat>> {
        self.seats.get(index(number))
    }

    /// Picks up to `count` available seats, from a random one on.
    pub(super) fn pick(&self, count: u32, rng: &mut Rng) -> Vec<SeatNumber> {
        if self.available.is_empty() {
            return Vec::new();
        }
        let first = rng.usize(0..self.available.len());
        let count = usize::try_from(count).unwrap_or(usize::MAX).min(self.available.len());
        self.available.iter().cycle().skip(first).take(count).map(|index| self.seats[*index].number()).collect()
    }

    pub(super) fn write(&mut self, write: &Write<Seat>) {
        let index = index(write.row.number());
        let Some(seat) = self.seats.get_mut(index) else { return };
        let was_sold = matches!(seat.state(), SeatState::Reserved { .. });
        *seat = Versioned::new(write.version(), write.row.clone());
        let (is_sold, is_available) = (matches!(seat.state(), SeatState::Reserved { .. }), seat.state() == SeatState::Available);
        self.sold = self.sold + u32::from(is_sold) - u32::from(was_sold);
        match (self.slots[index], is_available) {
            (Some(slot), false) => self.remove_available(slot),
            (None, true) => {
                self.slots[index] = Some(self.available.len());
                self.available.push(index);
            }
            (Some(_), true) | (None, false) => {}
        }
    }

    fn remove_available(&mut self, slot: usize) {
        let taken = self.available.swap_remove(slot);
        self.slots[taken] = None;
        if let Some(moved) = self.available.get(slot) {
            self.slots[*moved] = Some(slot);
        }
    }
}

fn index(number: SeatNumber) -> usize {
    usize::try_from(number.get()).unwrap_or(usize::MAX).wrapping_sub(1)
}
