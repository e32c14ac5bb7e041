//! The commands of operators in a random run. Each command is committed alone, as in a separate lane.

use domain::decide::admin::concert::{self, ChangeConcert, ListingPatch};
use domain::decide::admin::queue::{ChangeQueue, Take};
use domain::decide::admin::schedule::{self, ChangeSchedule, NewSchedule};
use domain::decide::admin::seat_map::LayOut;
use domain::decide::admin::{admit, block, release};
use domain::decide::refund;
use domain::{Change, Command, Need, Note, Operation, Queue, QueueId, Rows, Rules, Title, UserId, Zone};
use time::Duration;

use super::intents::concert_id;
use super::operator_intent::OperatorIntent;
use super::play::RandomRun;
use crate::clauses::orders::a_plan;
use crate::world::{OTHER_QUEUE, guest, needs_of, seat_number};

/// The operator, who is not one of the users who buy.
const OPERATOR: UserId = guest(99);

/// A command of an operator, without its outcome, which the run doesn't need.
pub(super) trait OperatorCommand: Send {
    /// Returns the needs of the command.
    fn needs(&self) -> Vec<Need>;

    /// Returns the change of the command; `None` if it is refused or changes nothing.
    fn change(&self, rows: &Rows, rules: &Rules) -> Option<Change>;
}

impl<C: Command> OperatorCommand for C {
    fn needs(&self) -> Vec<Need> {
        needs_of(&Command::needs(self))
    }

    fn change(&self, rows: &Rows, rules: &Rules) -> Option<Change> {
        self.decide_by(rows, rules).unwrap().ok()?.change
    }
}

impl RandomRun<'_> {
    /// Returns the command, and remembers the id of a schedule that it adds.
    pub(super) fn command(&mut self, operator_intent: &OperatorIntent) -> Box<dyn OperatorCommand> {
        let (now, order) = (self.world.now(), self.world.an_order(OPERATOR));
        match *operator_intent {
            OperatorIntent::Block { schedule, ref seats, blocked } => {
                let seats = seats.iter().copied().map(seat_number).collect();
                Box::new(block::Command { order, schedule: self.schedule_id(schedule), seats, blocked })
            }
            OperatorIntent::LayOut { schedule, seats, price } => {
                Box::new(LayOut::new(order, self.schedule_id(schedule), a_plan(seats, price)).unwrap())
            }
            OperatorIntent::Step { other_queue, step } => Box::new(Take { order, id: queue_id(other_queue), step }),
            OperatorIntent::Policy { other_queue, policy } => {
                let message = Some(Note::new("Soon.").ok());
                Box::new(ChangeQueue { order, id: queue_id(other_queue), expected: None, name: None, policy, message })
            }
            OperatorIntent::Admit { other_queue, count } => {
                let idempotency = self.world.new_key(OPERATOR, Operation::Admit);
                Box::new(admit::Command { order, idempotency, queue: queue_id(other_queue), count })
            }
            OperatorIntent::ChangeConcert { concert, limit, other_queue } => {
                let (id, queue) = (concert_id(concert), other_queue.map(queue_id));
                let name = Title::new(&format!("Night {limit:?}")).ok();
                let (limit, listing) = (Some(limit), ListingPatch::default());
                Box::new(ChangeConcert { order, id, expected: None, name, host: None, queue, max_seats_per_user: limit, listing })
            }
            OperatorIntent::CancelConcert { concert } => Box::new(concert::Cancel { order, id: concert_id(concert) }),
            OperatorIntent::AddSchedule { concert, seats } => {
                let (id, starts_at, zone) = (self.world.new_id(), now + Duration::days(9), Zone::new("Asia/Seoul").unwrap());
                self.added_schedules.push(id);
                let seats = seats.map(|seats| a_plan(seats, 9_000));
                let schedule = NewSchedule { id, starts_at, zone, sale_opens_at: now, sale_closes_at: starts_at, seats };
                Box::new(schedule::Add { order, concert: concert_id(concert), schedule })
            }
            OperatorIntent::ChangeSchedule { schedule, closes_in_hours } => Box::new(ChangeSchedule {
                order,
                id: self.schedule_id(schedule),
                expected: None,
                starts_at: None,
                zone: Zone::new("Europe/Berlin").ok(),
                sale_opens_at: None,
                sale_closes_at: Some(now + Duration::hours(closes_in_hours)),
            }),
            OperatorIntent::CancelSchedule { schedule } => Box::new(schedule::Cancel { order, id: self.schedule_id(schedule) }),
            OperatorIntent::Release { whose, last } => {
                Box::new(release::Command { order, reservation: self.pick(whose, last, |person| &person.reservations) })
            }
            OperatorIntent::Refund { whose, last } => {
                let (idempotency, payment) =
                    (self.world.new_key(OPERATOR, Operation::Refund), self.pick(whose, last, |person| &person.payments));
                let entry = self.world.new_id();
                Box::new(refund::Command { user: OPERATOR, order: Some(order), idempotency, payment, entry })
            }
        }
    }
}

fn queue_id(other: bool) -> QueueId {
    if other { OTHER_QUEUE } else { Queue::DEFAULT }
}
