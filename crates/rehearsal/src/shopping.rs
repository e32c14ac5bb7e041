//! The purchase of an active virtual user: browses, picks seats, holds them, and pays, releases or abandons them.

use uuid::Uuid;

use crate::history::Request;
use crate::intent::Goal;
use crate::reading::{ListBody, ReservationBody, ScheduleBody, SeatMapBody, read};
use crate::scenario::Looks;
use crate::visitor::Visitor;
use crate::wire::{Call, Reply};

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
        let call = Call::get(format!("/v1/concerts/{}/schedules?bookable=true", self.world.concert)).with_queue_token(&self.token);
        let schedules: ListBody<ScheduleBody> = read(&successful(self.request(Request::Browse, &call).await)?.body)?;
        let schedule = schedules.items.into_iter().find(|schedule| schedule.id == self.world.schedule);
        Some(schedule.map_or(0, |schedule| schedule.seats))
    }

    /// Tries to hold seats, up to the number of tries of the user's kind.
    async fn hold(&mut self, seat_count: u32) -> Option<ReservationBody> {
        let mut reads_seat_map = self.people().looks == Looks::Always;
        for _ in 0..self.people().tries {
            self.hesitate().await;
            let available = if reads_seat_map { self.available_seats().await? } else { (1..=seat_count).collect() };
            let picks = self.people().picks;
            let seats = self.intent.pick(picks, &available);
            if seats.is_empty() {
                continue;
            }
            let body = format!(r#"{{"schedule_id":"{}","seat_numbers":{seats:?}}}"#, self.world.schedule);
            let call = Call::post("/v1/reservations", body).with_queue_token(&self.token);
            let reply = self.write(Request::Hold(seats.into()), call).await?;
            match reply.status {
                200..300 => return read(&reply.body),
                409 => reads_seat_map |= self.people().looks == Looks::Refused,
                _ => return None,
            }
        }
        None
    }

    /// Requests the seat map and returns the numbers of the available seats.
    async fn available_seats(&mut self) -> Option<Vec<u32>> {
        let call = Call::get(format!("/v1/schedules/{}/seats?status=AVAILABLE", self.world.schedule)).with_queue_token(&self.token);
        let map: SeatMapBody = read(&successful(self.request(Request::Seats, &call).await)?.body)?;
        Some(map.seats.into_iter().map(|seat| seat.number).collect())
    }

    /// Pays for, releases or abandons the held seats.
    async fn complete(&mut self, reservation: ReservationBody) {
        match self.intent.goal {
            Goal::Abandon => {}
            Goal::Release => {
                self.hesitate().await;
                let call = Call::delete(format!("/v1/reservations/{}", reservation.id));
                let _ = self.request(Request::Release(reservation.id), &call).await;
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

    async fn pay(&mut self, reservation: ReservationBody) -> Option<Uuid> {
        self.hesitate().await;
        let money = &reservation.amount;
        let body = format!(r#"{{"amount":{{"amount":{},"currency":"{}"}}}}"#, money.amount, money.currency);
        successful(self.write(Request::Charge(money.amount), Call::post("/v1/wallet/charges", body)).await)?;
        self.hesitate().await;
        let call = Call::post("/v1/payments", format!(r#"{{"reservation_id":"{}"}}"#, reservation.id)).with_queue_token(&self.token);
        successful(self.write(Request::Pay(reservation.id), call).await)?;
        Some(reservation.id)
    }
}

/// Returns the response if it is a success.
fn successful(reply: Option<Reply>) -> Option<Reply> {
    reply.filter(|reply| (200..300).contains(&reply.status))
}
