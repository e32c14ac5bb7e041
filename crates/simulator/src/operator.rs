//! Operators: change queues, seats, holds and payments during the sale.

use std::sync::Arc;
use std::time::Duration;

use application::use_cases::admin::{Actor, ConcertPatch};
use domain::decide::admin::queue::PolicyPatch;
use domain::{ConcertId, Operation, QueueId, QueueTransition, ReservationId, ReservationState, ScheduleId, SeatNumber, UserId};
use tokio::time::sleep;

use crate::client::Client;
use crate::model::SeatOwner;
use crate::plan::{OrderKind, OrderPlan};
use crate::rng::Rng;
use crate::world::World;

/// The id of the operator.
const OPERATOR: UserId = UserId(uuid::Uuid::from_u128(1));

struct Operator {
    client: Client,
    by: Actor,
}

/// Carries out an order at its time.
pub(crate) async fn run(world: Arc<World>, plan: OrderPlan) {
    sleep(Duration::from_millis(plan.at)).await;
    world.record(|| format!("operator: {:?}", plan.kind));
    let rng = Rng::of(&[world.plan.seed, 4, plan.number]);
    let mut client = Client::new(world, rng, format!("order-{}", plan.number));
    // Orders have a longer deadline, and some consist of several commands.
    client.deadline *= 6;
    let mut operator = Operator { client, by: Actor { operator: OPERATOR, reason: None } };
    match plan.kind {
        OrderKind::PauseForAWhile => operator.suspend(QueueTransition::Pause).await,
        OrderKind::CloseForAWhile => operator.suspend(QueueTransition::Close).await,
        OrderKind::ChangeCapacity => {
            let capacity = operator.client.rng.small(0..=2 * operator.client.world.plan.numbers.capacity);
            operator.change(PolicyPatch { capacity: Some(Some(capacity.max(1))), ..PolicyPatch::default() }).await;
        }
        OrderKind::ChangeBatch => {
            let batch = operator.client.rng.small(1..=6);
            operator.change(PolicyPatch { batch: Some(Some(batch)), ..PolicyPatch::default() }).await;
        }
        OrderKind::AdmitNow => operator.admit().await,
        OrderKind::BlockForAWhile => operator.block().await,
        OrderKind::ReleaseAHold => operator.release().await,
        OrderKind::RefundAPayment => operator.refund().await,
        OrderKind::CancelASchedule => operator.cancel().await,
        OrderKind::ChangeTheSeatLimit => operator.change_seat_limit().await,
    }
}

impl Operator {
    fn queue(&mut self) -> QueueId {
        let queues: Vec<QueueId> = self.client.world.model().queues.all().map(|(id, _)| id).collect();
        *self.client.rng.pick(&queues)
    }

    fn schedule(&mut self) -> ScheduleId {
        let schedules: Vec<ScheduleId> = self.client.world.model().inventory.schedules.keys().copied().collect();
        *self.client.rng.pick(&schedules)
    }

    async fn take(&mut self, queue: QueueId, step: QueueTransition) {
        let by = self.by.clone();
        let order = self.client.send_until_answered(|to| {
            let by = by.clone();
            async move { to.queues.take(&by, queue, step).await.map(|_| ()) }
        });
        order.await;
    }

    /// Pauses or closes a queue, and opens it again later.
    async fn suspend(&mut self, step: QueueTransition) {
        let queue = self.queue();
        self.take(queue, step).await;
        self.client.pause(20_000).await;
        self.take(queue, QueueTransition::Open).await;
    }

    async fn change(&mut self, policy: PolicyPatch) {
        let (queue, by) = (self.queue(), self.by.clone());
        let order = self.client.send_until_answered(|to| {
            let by = by.clone();
            async move { to.queues.change(&by, queue, None, None, policy, None).await.map(|_| ()) }
        });
        order.await;
    }

    async fn admit(&mut self) {
        let (queue, by, count) = (self.queue(), self.by.clone(), self.client.rng.small(1..=10));
        let order = self.client.send_with_key(OPERATOR, Operation::Admit, |to, idempotency| {
            let by = by.clone();
            async move { to.queues.admit(&by, idempotency, queue, count).await }
        });
        order.await;
    }

    /// Blocks some available seats, and unblocks them later.
    async fn block(&mut self) {
        let schedule = self.schedule();
        let free: Vec<SeatNumber> = {
            let model = self.client.world.model();
            let seats = model.inventory.seats.range((schedule, 0)..=(schedule, u32::MAX));
            seats
                .filter(|(_, owner)| **owner == SeatOwner::Available)
                .filter_map(|((_, number), _)| SeatNumber::new(*number).ok())
                .collect()
        };
        let seats = self.client.rng.sample(&free, 3);
        if seats.is_empty() {
            return;
        }
        for blocked in [true, false] {
            let by = self.by.clone();
            let order = self.client.send_until_answered(|to| {
                let (by, seats) = (by.clone(), seats.clone());
                async move { to.seats.block(&by, schedule, seats, blocked).await }
            });
            if !matches!(order.await, Some(Ok(_))) {
                return;
            }
            self.client.pause(20_000).await;
        }
    }

    async fn release(&mut self) {
        let mut held: Vec<ReservationId> = {
            let model = self.client.world.model();
            let held = model.inventory.holdings().filter(|(_, holding)| holding.state == ReservationState::Held);
            held.map(|(id, _)| *id).collect()
        };
        if held.is_empty() {
            return;
        }
        held.sort_unstable();
        let (held, by) = (*self.client.rng.pick(&held), self.by.clone());
        let order = self.client.send_until_answered(|to| {
            let by = by.clone();
            async move { to.sale.release(&by, held).await.map(|_| ()) }
        });
        order.await;
    }

    async fn refund(&mut self) {
        let paid = self.client.world.model().wallets.completed();
        if paid.is_empty() {
            return;
        }
        let (payment, by) = (*self.client.rng.pick(&paid), self.by.clone());
        let order = self.client.send_with_key(OPERATOR, Operation::Refund, |to, idempotency| {
            let by = by.clone();
            async move { to.sale.refund(&by, idempotency, payment).await }
        });
        order.await;
    }

    /// Cancels a schedule, releases its holds and refunds its payments.
    async fn cancel(&mut self) {
        let (schedule, by) = (self.schedule(), self.by.clone());
        let cancelled = self.client.send_until_answered(|to| {
            let by = by.clone();
            async move { to.catalogue.cancel_schedule(&by, schedule).await.map(|_| ()) }
        });
        if !matches!(cancelled.await, Some(Ok(()))) {
            return;
        }
        for _ in 0..100 {
            let left = self.client.send_until_answered(|to| {
                let by = by.clone();
                async move { to.sale.refund_batch(&by, schedule, 10).await.map(|done| done.remaining) }
            });
            if matches!(left.await, Some(Ok(0)) | None) {
                return;
            }
        }
    }

    async fn change_seat_limit(&mut self) {
        let concerts: Vec<ConcertId> = self.client.world.model().inventory.concerts.keys().copied().collect();
        let (concert, by) = (*self.client.rng.pick(&concerts), self.by.clone());
        let patch = ConcertPatch { max_seats_per_user: Some(Some(self.client.rng.small(1..=5))), ..ConcertPatch::default() };
        let order = self.client.send_until_answered(|to| {
            let (by, patch) = (by.clone(), patch.clone());
            async move { to.catalogue.change(&by, concert, None, patch).await.map(|_| ()) }
        });
        order.await;
    }
}
