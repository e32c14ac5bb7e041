//! The purchase of an admitted user: holds seats, exchanges or releases them, pays, or lets the hold expire.

use std::time::Duration;

use application::ports::Clock;
use domain::change::RowKey;
use domain::decide::admission::Pass;
use domain::seat_selection::SeatSelection;
use domain::{ConcertId, Operation, Outcome, PaymentId, Refusal, Reservation, Schedule, ScheduleId, SeatNumber, SeatStatus, TokenId};
use tokio::time::sleep;

use super::User;
use crate::client::Reply;
use crate::model::Stage;
use crate::violation::ensure;

impl User {
    /// Tries a few times to hold seats and pay for them.
    pub(super) async fn shop(&mut self, token: TokenId) {
        for _ in 0..self.client.rng.among(1..=4) {
            self.enter(token).await;
            let Some((schedule, seats)) = self.find_seats().await else { return };
            let Some(held) = self.hold(token, schedule, seats, None).await else { continue };
            self.client.pause(self.world().plan.numbers.hold / 4).await;
            if let Some(held) = self.reconsider(token, held).await {
                self.pay(token, &held).await;
                return;
            }
        }
    }

    /// Makes a guarded request; the first one claims the admission.
    async fn enter(&mut self, token: TokenId) {
        let (pass, queue) = (Pass { user: self.id, token: Some(token) }, self.wanted.1);
        let entered = self.client.send(|to| async move { to.enter.execute(pass, Some(queue)).await }).await;
        if let Reply::Done(()) = entered {
            self.check_claim(token, "enter");
        }
    }

    /// Checks that the admission was claimed before a guarded request was answered.
    fn check_claim(&self, token: TokenId, what: &str) {
        let place = self.place(token);
        let is_unclaimed = place.is_some_and(|place| matches!(place.stage, Stage::Active { is_claimed: false, .. }));
        let check =
            ensure(!is_unclaimed, "P7", "a guarded request was answered before its claim was committed", || format!("{what}: {place:?}"));
        self.world().check(check);
    }

    /// Picks a schedule of the wanted concert, or of any concert of the queue, and some seats that its seat map shows as available.
    async fn find_seats(&mut self) -> Option<(ScheduleId, Vec<SeatNumber>)> {
        let (concert, queue) = self.wanted;
        let schedules: Vec<ScheduleId> = {
            let model = self.world().model();
            let is_of_queue = |id: &ConcertId| model.inventory.concerts.get(id).is_some_and(|(of, _)| *of == queue);
            let schedules = model.inventory.schedules.iter();
            schedules
                .filter(|(_, schedule)| concert.map_or_else(|| is_of_queue(&schedule.concert), |id| id == schedule.concert))
                .map(|(id, _)| *id)
                .collect()
        };
        if schedules.is_empty() {
            return None;
        }
        let schedule = *self.client.rng.pick(&schedules);
        let map = self.client.send(|to| async move {
            let schedule: Schedule = to.concerts.schedule(schedule).await?.schedule.row;
            to.concerts.seats(&schedule).await
        });
        let Reply::Done(map) = map.await else { return None };
        let free: Vec<SeatNumber> = map.seats.iter().filter(|seat| seat.status == SeatStatus::Available).map(|seat| seat.number).collect();
        let count = self.client.rng.small(1..=self.world().plan.numbers.max_seats);
        let mut seats = self.client.rng.sample(&free, count);
        if seats.is_empty() && self.client.rng.chance(300) {
            // A seat that is held or sold may be released in the meantime.
            let all: Vec<SeatNumber> = map.seats.iter().map(|seat| seat.number).collect();
            seats = self.client.rng.sample(&all, 1);
        }
        if seats.is_empty() { None } else { Some((schedule, seats)) }
    }

    /// Holds seats, in exchange for an earlier hold if there is one.
    async fn hold(
        &mut self,
        token: TokenId,
        schedule: ScheduleId,
        seats: Vec<SeatNumber>,
        exchanged: Option<&Reservation>,
    ) -> Option<Reservation> {
        let choice = SeatSelection::new(seats.clone()).ok()?;
        let pass = Pass { user: self.id, token: Some(token) };
        let free = self.available(schedule, &seats);
        let old = exchanged.map(Reservation::id);
        let operation = if old.is_some() { Operation::Exchange } else { Operation::Hold };
        let response = self.client.send_with_key(self.id, operation, |to, idempotency| {
            let choice = choice.clone();
            async move {
                match old {
                    Some(old) => to.exchange.execute(pass, idempotency, old, schedule, choice).await,
                    None => to.hold.execute(pass, idempotency, schedule, choice).await,
                }
            }
        });
        match response.await? {
            Ok(Outcome::Held { reservation, .. }) => {
                self.check_hold(&reservation, &seats);
                Some(reservation)
            }
            Ok(_) => None,
            Err(refusal) => {
                self.check_refusal(token, schedule, &refusal, &free);
                None
            }
        }
    }

    /// Returns the available seats among `seats`, with their versions.
    fn available(&self, schedule: ScheduleId, seats: &[SeatNumber]) -> Vec<(SeatNumber, Option<i64>)> {
        let model = self.world().model();
        let now = self.world().clock.now();
        let free = seats.iter().filter(|seat| model.inventory.is_free((schedule, seat.get()), now));
        free.map(|seat| (*seat, model.version(&RowKey::Seat(schedule, *seat)))).collect()
    }

    fn check_hold(&self, reservation: &Reservation, seats: &[SeatNumber]) {
        let model = self.world().model();
        let holding = model.inventory.holding(reservation.id()).cloned();
        drop(model);
        let mut expected: Vec<u32> = seats.iter().map(|seat| seat.get()).collect();
        expected.sort_unstable();
        let is_recorded = holding.as_ref().is_some_and(|holding| holding.user == self.id && holding.seats == expected);
        self.world()
            .check(ensure(is_recorded, "P7", "an acknowledged request is missing", || format!("{reservation:?}, recorded: {holding:?}")));
    }

    fn check_refusal(&self, token: TokenId, schedule: ScheduleId, refusal: &Refusal, free: &[(SeatNumber, Option<i64>)]) {
        match refusal {
            Refusal::TokenRequired | Refusal::TokenMismatch | Refusal::TokenWaiting { .. } | Refusal::TokenExpired(_) => {}
            Refusal::SeatsUnavailable(conflicts) => {
                self.check_claim(token, "refused seats");
                let now = self.available(schedule, &free.iter().map(|(seat, _)| *seat).collect::<Vec<_>>());
                let wrong = conflicts.iter().find(|(seat, _)| free.iter().any(|was| was.0 == *seat && now.contains(was)));
                let what = || format!("{wrong:?}");
                // After a clock jump, an expired hold may be live again.
                self.world().check(ensure(wrong.is_none() || self.world().plan.has_jumps(), "P4", "an available seat was refused", what));
            }
            _ => self.check_claim(token, "refused hold"),
        }
    }

    /// Keeps, releases or exchanges a hold, and returns the resulting hold.
    async fn reconsider(&mut self, token: TokenId, held: Reservation) -> Option<Reservation> {
        match self.client.rng.among(0..=99) {
            0..=9 => {
                let (id, reservation) = (self.id, held.id());
                self.client.send_until_answered(|to| async move { to.release.execute(id, reservation).await }).await;
                None
            }
            10..=24 => {
                let Some((schedule, seats)) = self.find_seats().await else { return Some(held) };
                let other = self.hold(token, schedule, seats, Some(&held)).await;
                Some(other.unwrap_or(held))
            }
            25..=31 => {
                // Lets the hold expire before paying.
                sleep(Duration::from_millis(self.world().plan.numbers.hold)).await;
                Some(held)
            }
            32..=36 => {
                self.leave(token).await;
                None
            }
            _ => Some(held),
        }
    }

    async fn pay(&mut self, token: TokenId, held: &Reservation) {
        let (pass, reservation) = (Pass { user: self.id, token: Some(token) }, held.id());
        let paid = self.client.send_with_key(self.id, Operation::Pay, |to, idempotency| async move {
            to.pay.execute(pass, idempotency, reservation, None).await
        });
        match paid.await {
            Some(Ok(Outcome::Paid { payment, .. })) => {
                self.check_payment(payment.id());
                self.check_wallet().await;
                if self.client.rng.chance(150) {
                    self.client.pause(5_000).await;
                    self.refund(payment.id()).await;
                }
            }
            Some(Err(Refusal::Wallet(_))) => {
                self.charge().await;
                let retried = self.client.send_with_key(self.id, Operation::Pay, |to, idempotency| async move {
                    to.pay.execute(pass, idempotency, reservation, None).await
                });
                retried.await;
            }
            _ => {}
        }
    }

    fn check_payment(&self, payment: PaymentId) {
        let paid = self.world().model().wallets.payment(payment);
        let is_recorded = paid.is_some_and(|(user, _)| user == self.id);
        self.world().check(ensure(is_recorded, "P7", "an acknowledged request is missing", || format!("{payment:?}, recorded: {paid:?}")));
    }

    async fn refund(&mut self, payment: PaymentId) {
        let id = self.id;
        self.client
            .send_with_key(id, Operation::Refund, |to, idempotency| async move { to.refund.execute(id, idempotency, payment).await })
            .await;
        self.check_wallet().await;
    }
}
