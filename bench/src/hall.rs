//! The concerts on sale, which an operator creates over HTTP.

use std::fmt::Write;

use uuid::Uuid;

/// A concert whose schedules have the same number of seats. All ids follow from the concert's.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hall {
    concert: u128,
    /// The queue of the concert; none: the default queue.
    queue: Option<Uuid>,
    schedules: u32,
    seats_a_schedule: u32,
}

/// A seat of a schedule of a concert.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat {
    pub(crate) concert: Uuid,
    pub(crate) schedule: Uuid,
    pub(crate) number: u32,
}

/// The default queue.
pub(crate) const DEFAULT_QUEUE: Uuid = Uuid::from_u128(0x0f20_7207_0000_7000_8000_0000_0000_0001);
/// Where each buyer has a seat of their own.
pub(crate) const MAIN: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_c400, 10, 20_000);
/// Where many users request the same seat: one seat per round.
pub(crate) const CONTENDED: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_c500, 1, 100);
/// Many schedules of the size of a club, whose seat maps are read while they are sold.
pub(crate) const CLUBS: Hall = Hall::new(0x0f20_7207_0000_7000_8000_0000_0be9_c600, 100, 1_500);

const SEATS_A_ROW: u32 = 25;

impl Hall {
    pub(crate) const fn new(concert: u128, schedules: u32, seats_a_schedule: u32) -> Self {
        Self { concert, queue: None, schedules, seats_a_schedule }
    }

    /// The same hall behind a queue of its own.
    pub(crate) const fn behind(self, queue: Uuid) -> Self {
        Self { queue: Some(queue), ..self }
    }

    pub(crate) const fn concert(self) -> Uuid {
        Uuid::from_u128(self.concert)
    }

    /// Returns the number of seats of all schedules.
    pub(crate) const fn seats(self) -> u32 {
        self.schedules * self.seats_a_schedule
    }

    /// Returns the seat that follows `before` others; after the last one, the first.
    pub(crate) const fn seat(self, before: u32) -> Seat {
        let schedule = self.schedule(before / self.seats_a_schedule % self.schedules);
        Seat { concert: self.concert(), schedule, number: before % self.seats_a_schedule + 1 }
    }

    /// Returns the requests that create the concert: path and body of each.
    pub(crate) fn orders(self) -> Vec<(String, String)> {
        let (concert, queue) = (self.concert(), self.queue.unwrap_or(DEFAULT_QUEUE));
        let mut orders = Vec::new();
        if self.queue.is_some() {
            orders.push(("/v1/admin/queues".to_owned(), format!(r#"{{"id":"{queue}","name":"Own queue"}}"#)));
        }
        let body = format!(r#"{{"id":"{concert}","name":"Bench Night","host":"Frontrow","queue_id":"{queue}"}}"#);
        orders.push(("/v1/admin/concerts".to_owned(), body));
        let schedules = (0..self.schedules).map(|number| schedule_body(self.schedule(number), self.seats_a_schedule));
        orders.extend(schedules.map(|body| (schedules_path(concert), body)));
        orders
    }

    const fn schedule(self, number: u32) -> Uuid {
        Uuid::from_u128(self.concert + 1 + number as u128)
    }
}

/// Returns the path at which schedules are added to a concert.
pub(crate) fn schedules_path(concert: Uuid) -> String {
    format!("/v1/admin/concerts/{concert}/schedules")
}

/// Returns the body of a new schedule with `seats` seats, which is on sale.
pub(crate) fn schedule_body(id: Uuid, seats: u32) -> String {
    let mut rows = String::new();
    for (row, from) in (1..=seats).step_by(SEATS_A_ROW as usize).enumerate() {
        let (comma, row, to) = (if row == 0 { "" } else { "," }, row + 1, (from + SEATS_A_ROW - 1).min(seats));
        // Writing to a string can't fail.
        let _ = write!(rows, r#"{comma}{{"name":"{row}","numbers":{{"from":{from},"to":{to}}}}}"#);
    }
    format!(
        r#"{{"id":"{id}","starts_at":"2099-06-01T10:00:00Z","zone":"Asia/Seoul","sale_opens_at":"2020-01-01T00:00:00Z","sale_closes_at":"2099-06-01T10:00:00Z","seat_map":{{"sections":[{{"name":"A","price":60000,"rows":[{rows}]}}]}}}}"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seats_follow_each_other_through_all_schedules() {
        let hall = Hall::new(10, 2, 100);
        let place = |before| (hall.seat(before).schedule.as_u128(), hall.seat(before).number);
        assert_eq!([place(0), place(99), place(100), place(200)], [(11, 1), (11, 100), (12, 1), (11, 1)]);
    }

    #[test]
    fn rows_of_a_schedule_cover_all_seats() {
        let body = schedule_body(Uuid::nil(), 60);
        assert!(body.contains(r#"{"from":1,"to":25}"#) && body.contains(r#"{"from":51,"to":60}"#), "{body}");
        assert_eq!(body.matches("from").count(), 3);
        serde_json::from_str::<serde_json::Value>(&body).unwrap();
    }
}
