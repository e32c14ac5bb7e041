//! A virtual user in the shop: looks around, picks seats, holds them, and pays for them or not.

use uuid::Uuid;

use crate::history::Asked;
use crate::intent::Goal;
use crate::reading::{ListBody, ReservationBody, ScheduleBody, SeatMapBody, read};
use crate::scenario::Looks;
use crate::visitor::Visitor;
use crate::wire::{Call, Reply};

impl Visitor {
    /// Until they have what they wish, or see that they won't get it.
    pub(crate) async fn shop(&mut self) {
        let Some(seats) = self.browse().await else { return };
        if seats == 0 {
            return self.leave().await;
        }
        match self.hold(seats).await {
            Some(reservation) => self.decide(reservation).await,
            None => self.leave().await,
        }
    }

    /// How many seats the date has, none of it if it can't be booked any more; none if they aren't let look.
    async fn browse(&mut self) -> Option<u32> {
        self.think().await;
        let call = Call::get(format!("/v1/concerts/{}/schedules?bookable=true", self.world.concert)).with_token(&self.token);
        let schedules: ListBody<ScheduleBody> = read(&granted(self.ask(Asked::Browse, &call).await)?.body)?;
        let ours = schedules.items.into_iter().find(|schedule| schedule.id == self.world.schedule);
        Some(ours.map_or(0, |schedule| schedule.seats))
    }

    /// Tries to hold seats.
    async fn hold(&mut self, of: u32) -> Option<ReservationBody> {
        let mut looks = self.people().looks == Looks::Always;
        for _ in 0..self.people().tries {
            self.think().await;
            let free = if looks { self.look().await? } else { (1..=of).collect() };
            let picks = self.people().picks;
            let seats = self.intent.pick(picks, &free);
            if seats.is_empty() {
                continue;
            }
            let body = format!(r#"{{"schedule_id":"{}","seat_numbers":{seats:?}}}"#, self.world.schedule);
            let call = Call::post("/v1/reservations", body).with_token(&self.token);
            let reply = self.write(Asked::Hold(seats.into()), call).await?;
            match reply.status {
                200..300 => return read(&reply.body),
                409 => looks |= self.people().looks == Looks::Refused,
                _ => return None,
            }
        }
        None
    }

    /// Which seats are free.
    async fn look(&mut self) -> Option<Vec<u32>> {
        let call = Call::get(format!("/v1/schedules/{}/seats?status=AVAILABLE", self.world.schedule)).with_token(&self.token);
        let map: SeatMapBody = read(&granted(self.ask(Asked::Seats, &call).await)?.body)?;
        Some(map.seats.into_iter().map(|seat| seat.number).collect())
    }

    async fn decide(&mut self, reservation: ReservationBody) {
        match self.intent.goal {
            Goal::Abandon => {}
            Goal::Release => {
                self.think().await;
                let call = Call::delete(format!("/v1/reservations/{}", reservation.id));
                let _ = self.ask(Asked::Release(reservation.id), &call).await;
                self.leave().await;
            }
            Goal::Pay => {
                let seats = reservation.seats.len() as u64;
                if self.pay(reservation).await.is_some() {
                    self.world.live.borrow_mut().sold(seats);
                }
            }
        }
    }

    async fn pay(&mut self, reservation: ReservationBody) -> Option<Uuid> {
        self.think().await;
        let money = &reservation.amount;
        let body = format!(r#"{{"amount":{{"amount":{},"currency":"{}"}}}}"#, money.amount, money.currency);
        granted(self.write(Asked::Charge(money.amount), Call::post("/v1/wallet/charges", body)).await)?;
        self.think().await;
        let call = Call::post("/v1/payments", format!(r#"{{"reservation_id":"{}"}}"#, reservation.id)).with_token(&self.token);
        granted(self.write(Asked::Pay(reservation.id), call).await)?;
        Some(reservation.id)
    }
}

/// The answer, if it grants what was asked for.
fn granted(reply: Option<Reply>) -> Option<Reply> {
    reply.filter(|reply| (200..300).contains(&reply.status))
}
