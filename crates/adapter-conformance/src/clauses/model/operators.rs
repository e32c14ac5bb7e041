//! What operators do in a random run. Each of their commands goes to the store alone, as in a lane of their own.

use domain::decide::admin::concert::{self, ChangeConcert};
use domain::decide::admin::queue::{ChangeQueue, PolicyPatch, Take};
use domain::decide::admin::schedule::{self, ChangeSchedule, NewSchedule};
use domain::decide::admin::seat_map::LayOut;
use domain::decide::admin::{admit, block, release};
use domain::decide::refund;
use domain::{Change, Command, Need, Note, Operation, Queue, QueueId, QueueStep, Rows, Rules, Title, UserId, Zone};
use proptest::prelude::*;
use proptest::sample::select;
use time::Duration;

use super::SEATS;
use super::intents::concert_id;
use super::play::Play;
use super::steps::{PEOPLE, some_seats};
use crate::clauses::orders::a_plan;
use crate::world::{OTHER_QUEUE, asked, guest, seat_number};

/// Who commands: none of those who buy.
const OPERATOR: UserId = guest(99);

/// What an operator wants; numbers are turned into ids when the command is made.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    Block { schedule: usize, seats: Vec<u32>, blocked: bool },
    LayOut { schedule: usize, seats: u32, price: i64 },
    Step { other_queue: bool, step: QueueStep },
    Policy { other_queue: bool, policy: PolicyPatch },
    Admit { other_queue: bool, count: u32 },
    ChangeConcert { concert: usize, limit: Option<u32>, other_queue: Option<bool> },
    CancelConcert { concert: usize },
    AddSchedule { concert: usize, seats: Option<u32> },
    ChangeSchedule { schedule: usize, closes_in_hours: i64 },
    CancelSchedule { schedule: usize },
    Release { whose: usize, last: usize },
    Refund { whose: usize, last: usize },
}

impl Wanted {
    /// What each is called.
    pub(super) const NAMES: [&str; 12] = [
        "block seats",
        "lay out seats",
        "pause, resume, close or open a queue",
        "patch a queue's policy",
        "admit some now",
        "change a concert",
        "cancel a concert",
        "add a date",
        "change a date",
        "cancel a date",
        "release a hold",
        "refund a payment",
    ];

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Block { .. } => Self::NAMES[0],
            Self::LayOut { .. } => Self::NAMES[1],
            Self::Step { .. } => Self::NAMES[2],
            Self::Policy { .. } => Self::NAMES[3],
            Self::Admit { .. } => Self::NAMES[4],
            Self::ChangeConcert { .. } => Self::NAMES[5],
            Self::CancelConcert { .. } => Self::NAMES[6],
            Self::AddSchedule { .. } => Self::NAMES[7],
            Self::ChangeSchedule { .. } => Self::NAMES[8],
            Self::CancelSchedule { .. } => Self::NAMES[9],
            Self::Release { .. } => Self::NAMES[10],
            Self::Refund { .. } => Self::NAMES[11],
        }
    }
}

/// A command whose outcome no one in the run needs.
pub(super) trait OperatorCommand: Send {
    /// What a store is asked for.
    fn needs(&self) -> Vec<Need>;

    /// What it would change; none if it is refused, or all is so already.
    fn change(&self, rows: &Rows, rules: &Rules) -> Option<Change>;
}

impl<C: Command> OperatorCommand for C {
    fn needs(&self) -> Vec<Need> {
        asked(&Command::needs(self))
    }

    fn change(&self, rows: &Rows, rules: &Rules) -> Option<Change> {
        self.decide_by(rows, rules).unwrap().ok()?.change
    }
}

impl Play<'_> {
    /// The command; a date that it adds is known from now on.
    pub(super) fn command(&mut self, wanted: &Wanted) -> Box<dyn OperatorCommand> {
        let (now, order) = (self.world.now(), self.world.an_order(OPERATOR));
        match *wanted {
            Wanted::Block { schedule, ref seats, blocked } => {
                let seats = seats.iter().copied().map(seat_number).collect();
                Box::new(block::Command { order, schedule: self.schedule_id(schedule), seats, blocked })
            }
            Wanted::LayOut { schedule, seats, price } => {
                Box::new(LayOut::new(order, self.schedule_id(schedule), &a_plan(seats, price)).unwrap())
            }
            Wanted::Step { other_queue, step } => Box::new(Take { order, id: queue_id(other_queue), step }),
            Wanted::Policy { other_queue, policy } => {
                let message = Some(Note::new("Soon.").ok());
                Box::new(ChangeQueue { order, id: queue_id(other_queue), expected: None, name: None, policy, message })
            }
            Wanted::Admit { other_queue, count } => {
                let idempotency = self.world.new_key(OPERATOR, Operation::Admit);
                Box::new(admit::Command { order, idempotency, queue: queue_id(other_queue), count })
            }
            Wanted::ChangeConcert { concert, limit, other_queue } => {
                let (id, queue) = (concert_id(concert), other_queue.map(queue_id));
                let name = Title::new(&format!("Night {limit:?}")).ok();
                Box::new(ChangeConcert { order, id, expected: None, name, host: None, queue, max_seats_per_user: Some(limit) })
            }
            Wanted::CancelConcert { concert } => Box::new(concert::Cancel { order, id: concert_id(concert) }),
            Wanted::AddSchedule { concert, seats } => {
                let (id, starts_at, zone) = (self.world.new_id(), now + Duration::days(9), Zone::new("Asia/Seoul").unwrap());
                self.added_schedules.push(id);
                let seats = seats.map(|seats| a_plan(seats, 9_000));
                let schedule = NewSchedule { id, starts_at, zone, sale_opens_at: now, sale_closes_at: starts_at, seats };
                Box::new(schedule::Add { order, concert: concert_id(concert), schedule })
            }
            Wanted::ChangeSchedule { schedule, closes_in_hours } => Box::new(ChangeSchedule {
                order,
                id: self.schedule_id(schedule),
                expected: None,
                starts_at: None,
                zone: Zone::new("Europe/Berlin").ok(),
                sale_opens_at: None,
                sale_closes_at: Some(now + Duration::hours(closes_in_hours)),
            }),
            Wanted::CancelSchedule { schedule } => Box::new(schedule::Cancel { order, id: self.schedule_id(schedule) }),
            Wanted::Release { whose, last } => {
                Box::new(release::Command { order, reservation: self.pick(whose, last, |person| &person.reservations) })
            }
            Wanted::Refund { whose, last } => {
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

/// Something that an operator wants. What ends a sale is rare, so that there is something to be bought.
pub(super) fn wanted() -> impl Strategy<Value = Wanted> {
    let (schedule, concert) = (|| prop_oneof![3 => Just(0_usize), 1 => 1_usize..6], || 0_usize..4);
    let other_queue = || prop::bool::weighted(0.3);
    let steps = select(vec![QueueStep::Pause, QueueStep::Resume, QueueStep::Close, QueueStep::Open, QueueStep::Open]);
    let owned = || (0..PEOPLE, 0_usize..2);
    prop_oneof![
        6 => (schedule(), some_seats(), prop::bool::weighted(0.6))
            .prop_map(|(schedule, seats, blocked)| Wanted::Block { schedule, seats, blocked }),
        2 => (schedule(), 1..=SEATS + 2, 8_000_i64..8_003).prop_map(|(schedule, seats, price)| Wanted::LayOut { schedule, seats, price }),
        5 => (other_queue(), steps).prop_map(|(other_queue, step)| Wanted::Step { other_queue, step }),
        3 => (other_queue(), policy()).prop_map(|(other_queue, policy)| Wanted::Policy { other_queue, policy }),
        4 => (other_queue(), 0_u32..4).prop_map(|(other_queue, count)| Wanted::Admit { other_queue, count }),
        2 => (concert(), prop::option::of(1_u32..4), prop::option::weighted(0.3, any::<bool>()))
            .prop_map(|(concert, limit, other_queue)| Wanted::ChangeConcert { concert, limit, other_queue }),
        1 => concert().prop_map(|concert| Wanted::CancelConcert { concert }),
        4 => (concert(), prop::option::weighted(0.8, 1..=SEATS)).prop_map(|(concert, seats)| Wanted::AddSchedule { concert, seats }),
        2 => (schedule(), 1_i64..200).prop_map(|(schedule, closes_in_hours)| Wanted::ChangeSchedule { schedule, closes_in_hours }),
        1 => schedule().prop_map(|schedule| Wanted::CancelSchedule { schedule }),
        4 => owned().prop_map(|(whose, last)| Wanted::Release { whose, last }),
        4 => owned().prop_map(|(whose, last)| Wanted::Refund { whose, last }),
    ]
}

fn policy() -> impl Strategy<Value = PolicyPatch> {
    let people = |range: std::ops::Range<u32>| prop::option::of(prop::option::weighted(0.7, range));
    let window = || prop::option::weighted(0.3, prop::option::of(select(vec![Duration::SECOND, Duration::minutes(5)])));
    (people(0..5), people(1..4), people(0..6), window(), window()).prop_map(|(capacity, batch, max_waiting, active, claim)| PolicyPatch {
        capacity,
        batch,
        active,
        claim,
        max_waiting,
    })
}
