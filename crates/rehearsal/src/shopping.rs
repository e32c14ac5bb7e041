//! The purchase of an active virtual user: browses, picks seats, holds them, and pays, releases or abandons them.

use frontrow_client::payments::{NewPayment, pay_reservation};
use frontrow_client::reservations::{NewReservation, Reservation, hold_seats, release_hold};
use frontrow_client::schedules::list_bookable_schedules;
use frontrow_client::seats::{SeatStatus, list_seats};
use frontrow_client::wallet::{NewCharge, charge_wallet};
use frontrow_client::{Reply, ReservationId};

use crate::history::Request;
use crate::intent::Goal;
use crate::reading::{SeatNumbers, read};
use crate::scenario::Looks;
use crate::visitor::Visitor;

impl Visitor {
    /// Buys until the user has achieved their goal, or can't achieve it.
    pub(crate) async fn shop(&mut self) {
        let Some(seats) = self.browse().await else { return };
        if seats == 0 {
            return self.leave().await;
        }
        match self.hold(seats).await {
            Some(reservation) => self.complete(reservation).await,
            None => self.leave().await,
        }
    }

    /// Returns the number of seats of the schedule, 0 if it isn't bookable any more, or `None` if the request is refused.
    async fn browse(&mut self) -> Option<u32> {
        self.hesitate().await;
        let call = list_bookable_schedules(self.world.concert, self.token);
        let schedules = call.read(&successful(self.request(Request::Browse, &call).await)?).ok()?;
        let schedule = schedules.items.into_iter().find(|schedule| schedule.id == self.world.schedule);
        Some(schedule.map_or(0, |schedule| schedule.seats))
    }

    /// Tries to hold seats, up to the number of tries of the user's kind.
    async fn hold(&mut self, seat_count: u32) -> Option<Reservation> {
        let mut reads_seat_map = self.people().looks == Looks::Always;
        for _ in 0..self.people().tries {
            self.hesitate().await;
            let available = if reads_seat_map { self.available_seats().await? } else { (1..=seat_count).collect() };
            let picks = self.people().picks;
            let seats = self.intent.pick(picks, &available);
            if seats.is_empty() {
                continue;
            }
            let call = hold_seats(&NewReservation::seats(self.world.schedule, &*seats), self.token);
            let reply = self.write(Request::Hold(seats.into()), call.clone()).await?;
            match reply.status {
                200..300 => return call.read(&reply).ok(),
                409 => reads_seat_map |= self.people().looks == Looks::Refused,
                _ => return None,
            }
        }
        None
    }

    /// Requests the seat map and returns the numbers of the available seats.
    async fn available_seats(&mut self) -> Option<Vec<u32>> {
        let call = list_seats(self.world.schedule, Some(SeatStatus::Available), self.token);
        // Only the numbers: parsing the whole map of an arena would delay the other users.
        let map: SeatNumbers = read(&successful(self.request(Request::Seats, &call).await)?.body)?;
        Some(map.seats.into_iter().map(|seat| seat.number).collect())
    }

    /// Pays for, releases or abandons the held seats.
    async fn complete(&mut self, reservation: Reservation) {
        match self.intent.goal {
            Goal::Abandon => {}
            Goal::Release => {
                self.hesitate().await;
                let _ = self.request(Request::Release(reservation.id.0), &release_hold(reservation.id)).await;
                self.leave().await;
            }
            Goal::Pay => {
                let seats = reservation.seats.len() as u64;
                if self.pay(reservation).await.is_some() {
                    self.world.live.borrow_mut().add_sold(seats);
                }
            }
        }
    }

    async fn pay(&mut self, reservation: Reservation) -> Option<ReservationId> {
        self.hesitate().await;
        let charge = charge_wallet(&NewCharge::of(reservation.amount.clone()));
        successful(self.write(Request::Charge(reservation.amount.amount), charge).await)?;
        self.hesitate().await;
        let payment = pay_reservation(&NewPayment::of(reservation.id), self.token);
        successful(self.write(Request::Pay(reservation.id.0), payment).await)?;
        Some(reservation.id)
    }
}

/// Returns the response if it is a success.
fn successful(reply: Option<Reply>) -> Option<Reply> {
    reply.filter(Reply::is_success)
}
