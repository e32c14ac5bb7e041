//! The monitor: checks liveness, and compares the read models of instances with the model.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use application::ports::Clock;
use domain::{QueueId, ScheduleId, SeatStatus, TokenStatus};
use tokio::time::sleep;

use crate::instance::Instance;
use crate::model::{Model, SeatOwner, Stage};
use crate::violation::{Check, Violation, ensure};
use crate::world::World;

/// Time between two checks, in milliseconds.
const CHECK_PERIOD: u64 = 100;
/// Time without faults before read models are compared, in milliseconds; instances have reloaded uncertain rows by then.
const FAULT_FREE: u64 = 3_000;
/// Time without commits before read models are compared, in milliseconds, in addition to two follower periods.
const COMMIT_FREE: u64 = 100;
/// Maximum time until freed capacity is filled, in milliseconds: some store calls and the pauses between ticks.
const REFILL_LIMIT: u64 = 400;
/// Time without faults before capacity is freed for `REFILL_LIMIT` to apply, in milliseconds.
const FAULT_FREE_BEFORE: u64 = 500;
/// Maximum duration of a tick, including work queued before it, in milliseconds.
const TICK_DURATION: u64 = 600;

/// Checks periodically until the task is aborted.
pub(crate) async fn watch(world: Arc<World>) {
    let mut was_quiet = false;
    loop {
        sleep(Duration::from_millis(CHECK_PERIOD)).await;
        if world.up().len() < usize::try_from(world.plan.instances).unwrap_or(0) {
            world.record_fault("InstanceDown", || "an instance is down".to_owned());
        }
        let capacity = check_capacity(&world);
        world.check(capacity);
        let is_quiet = is_quiet(&world);
        if is_quiet && !was_quiet {
            let read_models = check_read_models(&world).await;
            world.check(read_models);
        }
        was_quiet = is_quiet;
    }
}

/// Checks that free capacity is filled in time while users wait and seats can be bought.
fn check_capacity(world: &World) -> Check {
    let (now, at, without_faults, tick) = (world.clock.now(), world.at(), world.without_faults(), world.plan.numbers.tick);
    let mut model = world.model();
    let Model { queues, inventory, .. } = &mut *model;
    for (queue, line) in queues.all() {
        if !line.has_free_place(now) || !inventory.is_worth_waiting(queue, now) || without_faults < CHECK_PERIOD {
            line.free_since = None;
            line.freed_at = None;
            continue;
        }
        let since = at.saturating_sub(*line.free_since.get_or_insert(at)).min(without_faults);
        let (waiting, active) = (line.waiting.len(), line.active_at(now));
        let detail = || format!("{queue:?}: {waiting} waiting, {active} active, for {since} ms");
        ensure(since <= tick + TICK_DURATION, "liveness", "free capacity was not filled", detail)?;
        // After a fault, such as an unknown outcome, the scheduler may find the free capacity only at the next tick.
        line.freed_at = line.freed_at.filter(|freed| at - freed + FAULT_FREE_BEFORE < without_faults);
        let waited = line.freed_at.map_or(0, |freed| at - freed);
        ensure(waited <= REFILL_LIMIT, "liveness", "missed wake-up: freed capacity was not filled at once", detail)?;
    }
    Ok(())
}

/// Whether all instances should have applied all commits.
pub(crate) fn is_quiet(world: &World) -> bool {
    world.without_commits() > 2 * world.plan.numbers.follow + COMMIT_FREE && world.without_faults() > FAULT_FREE
}

/// Checks that the waiting rooms, catalogues and seat maps of all instances match the model and the store.
pub(crate) async fn check_read_models(world: &World) -> Check {
    for instance in world.up().iter().filter(|_| is_quiet(world)) {
        check_waiting_room(world, instance)?;
    }
    for instance in world.up() {
        check_seat_maps(world, &instance).await?;
    }
    Ok(())
}

fn check_waiting_room(world: &World, instance: &Instance) -> Check {
    let room = &instance.service.room;
    let now = room.now();
    let mut model = world.model();
    let mut expected: BTreeMap<QueueId, (u64, u64)> = BTreeMap::new();
    for (queue, line) in model.queues.all() {
        expected.insert(queue, (count(line.waiting.len()), count(line.active_at(now))));
    }
    for (queue, (waiting, active)) in expected {
        let Some(figures) = room.figures(queue) else {
            ensure(waiting + active == 0, "readers", "a waiting room does not know a queue", || format!("{queue:?}"))?;
            continue;
        };
        ensure((figures.waiting, figures.active) == (waiting, active), "readers", "stale waiting room: wrong counts", || {
            let seen = (figures.waiting, figures.active);
            format!("instance {}, {queue:?}: {seen:?} waiting and active, expected {:?}", instance.number, (waiting, active))
        })?;
    }
    for (id, place) in model.queues.tokens() {
        let Some(known) = room.known(*id) else { continue };
        let status = known.status(now);
        let agrees = match place.stage {
            Stage::Waiting => status == TokenStatus::Waiting,
            Stage::Active { until, .. } if now < until => status == TokenStatus::Active,
            Stage::Active { .. } | Stage::Ended => matches!(status, TokenStatus::Expired(_)),
        };
        ensure(agrees, "readers", "stale waiting room: wrong status of a token", || {
            format!("instance {}: number {} is {status:?}, expected {:?}", instance.number, place.number, place.stage)
        })?;
    }
    Ok(())
}

async fn check_seat_maps(world: &World, instance: &Instance) -> Check {
    let ids: Vec<ScheduleId> = world.model().inventory.schedules.keys().copied().collect();
    for id in ids {
        let Ok(Some(schedule)) = world.ports.catalogue.schedule(id).await else { continue };
        // Reading them may take time; a commit in the meantime postpones the comparison. The map is read last: it is that of the current
        // time, when a hold may have ended.
        let concerts = &instance.service.use_cases.concerts;
        let (Ok(known), Ok(map)) = (concerts.schedule(id).await.map(|known| known.schedule), concerts.seats(&schedule.row).await) else {
            continue;
        };
        if !is_quiet(world) {
            return Ok(());
        }
        let detail = || format!("instance {}: {known:?}, expected {schedule:?}", instance.number);
        ensure(known == schedule, "readers", "stale catalogue", detail)?;
        let now = instance.service.room.now();
        let model = world.model();
        for seat in &map.seats {
            let owner = model.inventory.seats.get(&(id, seat.number.get())).copied();
            let is_free = model.inventory.is_free((id, seat.number.get()), now);
            let expected = match owner {
                _ if is_free => SeatStatus::Available,
                Some(SeatOwner::Held(..)) => SeatStatus::Held,
                Some(SeatOwner::Sold(_)) => SeatStatus::Reserved,
                Some(SeatOwner::Blocked | SeatOwner::Available) | None => SeatStatus::Blocked,
            };
            ensure(seat.status == expected, "readers", "stale seat map", || {
                format!("instance {}, seat {} of {schedule:?}: {:?}, expected {expected:?}", instance.number, seat.number, seat.status)
            })?;
        }
    }
    Ok(())
}

fn count(items: usize) -> u64 {
    u64::try_from(items).unwrap_or(u64::MAX)
}

/// Checks that no expired hold or token is left at the end of a run.
pub(crate) fn check_expired(world: &World) -> Check {
    let mut model = world.model();
    let latest = model.latest;
    let left = model.inventory.holdings().find(|(_, holding)| {
        holding.state == domain::ReservationState::Held && (holding.until <= latest || !model.inventory.is_live(holding, latest))
    });
    if let Some((id, holding)) = left {
        return Err(Violation { rule: "liveness", how: "an expired hold was never swept", what: format!("{id:?}: {holding:?}") });
    }
    for (queue, line) in model.queues.all() {
        let expired = line.active.values().filter(|until| **until <= latest).count();
        ensure(expired == 0, "liveness", "an expired token was never ended", || format!("{expired} tokens in {queue:?}"))?;
    }
    Ok(())
}
