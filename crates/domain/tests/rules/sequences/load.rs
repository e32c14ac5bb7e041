//! A load: the rows that a decision needs, as an adapter would find them.

use domain::decide::admission::Pass;
use domain::decide::{charge, claim, hold, join, leave, pay, refund, release};
use domain::{Context, QueueId, Reservation, ReservationId, ScheduleId};

use super::world::World;

impl World {
    fn context(&self) -> Context {
        Context::at(self.now)
    }

    /// What the guard needs: the token, and the policy of its queue.
    fn with_pass(&self, pass: Pass, context: Context) -> Context {
        let token = pass.token.and_then(|id| self.tokens.get(&id)).cloned();
        let queue = token.as_ref().and_then(|token| self.lines.get(&token.queue)).map(|line| line.queue.clone());
        Context { tokens: token.into_iter().collect(), queue, ..context }
    }

    fn with_date(&self, date: ScheduleId, context: Context) -> Context {
        let schedule = self.dates.get(&date).cloned();
        let concert = schedule.as_ref().and_then(|date| self.concerts.get(&date.concert)).cloned();
        Context { schedule, concert, ..context }
    }

    /// The reservations that are `wanted`, with all seats whose rows name them.
    fn with_reservations(&self, wanted: impl Fn(&Reservation) -> bool, mut context: Context) -> Context {
        context.reservations.extend(self.reservations.values().filter(|reservation| wanted(reservation)).cloned());
        let named = |id: Option<ReservationId>| id.is_some_and(|id| context.reservation(id).is_some());
        let seats: Vec<_> = self
            .seats
            .values()
            .filter(|seat| named(seat.reservation()) && !context.seats.iter().any(|loaded| loaded.row == seat.row))
            .cloned()
            .collect();
        context.seats.extend(seats);
        let dates: std::collections::BTreeSet<_> = context.reservations.iter().map(|reservation| reservation.schedule).collect();
        context.schedules = dates.iter().filter_map(|id| self.dates.get(id)).cloned().collect();
        context
    }

    pub(crate) fn for_join(&self, command: &join::Command) -> Context {
        let concert = command.concert.and_then(|id| self.concerts.get(&id)).cloned();
        let line = concert.as_ref().and_then(|concert| self.lines.get(&concert.queue));
        let queue = line.map(|line| line.queue.clone());
        let waiting = queue.as_ref().map_or(0, |queue| self.waiting(queue.id).count());
        Context {
            user: self.users.get(&command.user).cloned(),
            tokens: self.tokens.values().filter(|token| token.user == command.user && token.is_live()).cloned().collect(),
            waiting: u32::try_from(waiting).unwrap_or(u32::MAX),
            queue,
            schedules: self.dates.values().filter(|date| Some(date.concert) == command.concert).cloned().collect(),
            concert,
            ..self.context()
        }
    }

    /// Two of the lapsed at a time, and the foremost of those who wait, in no helpful order.
    pub(crate) fn for_tick(&self, id: QueueId) -> Context {
        let line = self.lines.get(&id);
        let lapsed = self.active(id).filter(|token| token.has_lapsed(self.now)).take(2);
        let mut waiting: Vec<_> = self.waiting(id).collect();
        waiting.sort_by_key(|token| token.number);
        waiting.truncate(3);
        Context {
            queue: line.map(|line| line.queue.clone()),
            admission: line.map(|line| line.admission),
            active: u32::try_from(self.active(id).count()).unwrap_or(u32::MAX),
            tokens: lapsed.chain(waiting.into_iter().rev()).cloned().collect(),
            ..self.context()
        }
    }

    pub(crate) fn for_leave(&self, command: &leave::Command) -> Context {
        let context = Context { tokens: self.tokens.get(&command.token).cloned().into_iter().collect(), ..self.context() };
        self.with_reservations(|reservation| reservation.token == command.token && reservation.occupies(), context)
    }

    pub(crate) fn for_claim(&self, command: &claim::Command) -> Context {
        self.with_pass(command.pass, self.context())
    }

    pub(crate) fn for_hold(&self, command: &hold::Command) -> Context {
        let context = Context { key: self.keys.get(&command.keyed.scope).cloned(), ..self.context() };
        let mut context = self.with_date(command.schedule, self.with_pass(command.pass, context));
        let asked = command.seats.numbers().iter().filter_map(|number| self.seats.get(&(command.schedule, *number)));
        context.seats = asked.cloned().collect();
        let in_the_way: Vec<_> = context.seats.iter().filter_map(|seat| seat.reservation()).collect();
        let concert = context.concert.as_ref().map(|concert| concert.id);
        let wanted = |reservation: &Reservation| {
            let own = reservation.user == command.pass.user && Some(reservation.concert) == concert;
            let of_token = reservation.occupies() && Some(reservation.token) == command.pass.token;
            own || of_token || in_the_way.contains(&reservation.id)
        };
        self.with_reservations(wanted, context)
    }

    pub(crate) fn for_release(&self, command: &release::Command) -> Context {
        self.with_reservations(|reservation| reservation.id == command.reservation, self.context())
    }

    pub(crate) fn for_charge(&self, command: &charge::Command) -> Context {
        Context {
            key: self.keys.get(&command.keyed.scope).cloned(),
            user: self.users.get(&command.user).cloned(),
            wallet: self.wallets.get(&command.user).cloned(),
            ..self.context()
        }
    }

    pub(crate) fn for_pay(&self, command: &pay::Command) -> Context {
        let key = self.keys.get(&command.keyed.scope).cloned();
        let wallet = self.wallets.get(&command.pass.user).cloned();
        let context = self.with_pass(command.pass, Context { key, wallet, ..self.context() });
        let context = match self.reservations.get(&command.reservation) {
            Some(reservation) => self.with_date(reservation.schedule, context),
            None => context,
        };
        self.with_reservations(|reservation| reservation.id == command.reservation, context)
    }

    pub(crate) fn for_refund(&self, command: &refund::Command) -> Context {
        let context = Context { key: self.keys.get(&command.keyed.scope).cloned(), ..self.context() };
        let Some(payment) = self.payments.get(&command.payment) else { return context };
        let wallet = self.wallets.get(&payment.user).cloned();
        let context = Context { payment: Some(payment.clone()), wallet, ..context };
        let context = match self.reservations.get(&payment.reservation) {
            Some(reservation) => self.with_date(reservation.schedule, context),
            None => context,
        };
        self.with_reservations(|reservation| reservation.id == payment.reservation, context)
    }

    pub(crate) fn for_sweep(&self) -> Context {
        let has_ended = |hold: &Reservation| !self.dates[&hold.schedule].at(self.now).is_before(hold.expires_at);
        self.with_reservations(|reservation| reservation.occupies() && has_ended(reservation), self.context())
    }
}
