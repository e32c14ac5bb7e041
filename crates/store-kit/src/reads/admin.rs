//! The queries of operators.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use application::PageRequest;
use application::ports::{AdminQueries, AuditEntryFilter, QueueTotals, ReadError, ReservationFilter, ScheduleTotals};
use async_trait::async_trait;
use domain::{
    AuditEntry, AuditEntryId, NamePrefix, QueueId, QueueToken, Reservation, ReservationId, ReservationState, ScheduleId, Seat, SeatState,
    User, UserId,
};
use time::OffsetDateTime;

use super::page;
use crate::corrupt::Corrupt;
use crate::engine::Engine;
use crate::engine::Order::{Ascending, Descending};
use crate::fault::Fault;
use crate::key::{self, Key, Kind};
use crate::needs::limit;
use crate::queue_counters::QueueCounters;
use crate::store::EmbeddedStore;
use crate::view::View;

#[async_trait]
impl<E: Engine> AdminQueries for EmbeddedStore<E> {
    async fn queue_totals(&self, queue: QueueId) -> Result<QueueTotals, ReadError> {
        self.read(move |view| {
            let totals = |counters: QueueCounters| QueueTotals { admitted: counters.admitted.unsigned_abs(), no_shows: counters.no_shows };
            Ok(view.queue_counters(queue)?.map(totals).unwrap_or_default())
        })
        .await
    }

    async fn schedule_totals(
        &self,
        schedules: &[ScheduleId],
        now: OffsetDateTime,
    ) -> Result<BTreeMap<ScheduleId, ScheduleTotals>, ReadError> {
        let schedules = schedules.to_vec();
        self.read(move |view| {
            let mut all = BTreeMap::new();
            for schedule in schedules {
                all.extend(schedule_totals(view, schedule, now)?.map(|totals| (schedule, totals)));
            }
            Ok(all)
        })
        .await
    }

    async fn live_reservations(&self, schedule: ScheduleId, at_most: u32) -> Result<Vec<Reservation>, ReadError> {
        self.read(move |view| {
            let live = view.led::<Reservation>(live_of(schedule).all(), Ascending)?;
            page(live.map(|found| Ok(found?.row)), at_most)
        })
        .await
    }

    async fn reservations_of_schedule(
        &self,
        schedule: ScheduleId,
        wanted: &ReservationFilter,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<Reservation>, ReadError> {
        let wanted = wanted.clone();
        self.read(move |view| reservations_of_schedule(view, schedule, &wanted, page)).await
    }

    async fn count_live_reservations(&self, schedule: ScheduleId) -> Result<u64, ReadError> {
        self.read(move |view| Ok(view.entries(live_of(schedule).all(), Ascending)?.count() as u64)).await
    }

    async fn users(&self, name: Option<NamePrefix>, wanted: PageRequest<UserId>) -> Result<Vec<User>, ReadError> {
        self.read(move |view| {
            if let Some(name) = &name {
                return users_named(view, name, wanted);
            }
            let all = Key::of(Kind::User);
            let from = wanted.after.map_or(all.clone(), |after| key::user(after).after_all());
            page(view.rows::<User>(from..all.after_all(), Ascending)?, wanted.size)
        })
        .await
    }

    async fn tokens_of(&self, user: UserId, at_most: u32) -> Result<Vec<QueueToken>, ReadError> {
        self.read(move |view| {
            let mut own = Vec::new();
            for token in view.led::<QueueToken>(Key::of(Kind::TokenOfUser).id(user.0).all(), Ascending)? {
                let token = token?;
                if token.is_live() || view.has_any(Key::of(Kind::ReservationOfToken).id(token.id().0).all())? {
                    own.push(token.row);
                }
            }
            own.sort_by_key(|token| Reverse((token.joined_at(), token.number())));
            own.truncate(limit(at_most));
            Ok(own)
        })
        .await
    }

    async fn audit_entries(&self, wanted: AuditEntryFilter, request: PageRequest<AuditEntryId>) -> Result<Vec<AuditEntry>, ReadError> {
        let below = move |of: Key| request.after.map_or(of.clone().after_all(), |below| of.id(below.0));
        self.read(move |view| {
            let of_operator = |audit_entry: &AuditEntry| wanted.operator.is_none_or(|operator| audit_entry.operator == operator);
            match wanted {
                AuditEntryFilter { subject: Some(subject), .. } => {
                    let of = Key::of(Kind::AuditEntryOfSubject).id(subject);
                    let audit_entries = view.led::<AuditEntry>(of.clone()..below(of), Descending)?;
                    page(audit_entries.filter(|audit_entry| audit_entry.as_ref().map_or(true, of_operator)), request.size)
                }
                AuditEntryFilter { operator: Some(operator), .. } => {
                    let of = Key::of(Kind::AuditEntryOfOperator).id(operator.0);
                    page(view.led::<AuditEntry>(of.clone()..below(of), Descending)?, request.size)
                }
                AuditEntryFilter { subject: None, operator: None } => {
                    let all = Key::of(Kind::AuditEntry);
                    page(view.rows::<AuditEntry>(all.clone()..below(all), Descending)?, request.size)
                }
            }
        })
        .await
    }
}

/// Returns the totals of a schedule, unless it has no seats.
fn schedule_totals(view: View<'_>, schedule: ScheduleId, now: OffsetDateTime) -> Result<Option<ScheduleTotals>, Fault> {
    let mut found = None;
    for seat in view.rows::<Seat>(Key::of(Kind::Seat).id(schedule.0).all(), Ascending)? {
        let totals: &mut ScheduleTotals = found.get_or_insert_default();
        match seat?.state() {
            SeatState::Available => totals.available += 1,
            SeatState::Held { until, .. } if now < until => totals.held += 1,
            SeatState::Held { .. } => totals.lapsed += 1,
            SeatState::Reserved { .. } => totals.reserved += 1,
            SeatState::Blocked => totals.blocked += 1,
        }
    }
    let Some(totals) = &mut found else { return Ok(None) };
    for reservation in view.led::<Reservation>(live_of(schedule).all(), Ascending)? {
        let reservation = reservation?;
        if matches!(reservation.state(), ReservationState::Confirmed { .. }) {
            let sum = totals.revenue.plus(reservation.amount());
            totals.revenue = sum.map_err(|_| Fault::Corrupt(Corrupt::new("reservations", "amount")))?;
        }
    }
    Ok(found)
}

/// Returns the reservations of a schedule that match `wanted`.
fn reservations_of_schedule(
    view: View<'_>,
    schedule: ScheduleId,
    wanted: &ReservationFilter,
    request: PageRequest<ReservationId>,
) -> Result<Vec<Reservation>, Fault> {
    let mut keys = BTreeSet::new();
    if let Some(number) = wanted.seat {
        let holder = view.get::<Seat>(&key::seat(schedule, number))?.and_then(|seat| seat.reservation());
        keys.extend(holder.filter(|id| request.after.is_none_or(|after| *id > after)).map(key::reservation));
    } else {
        for of in [live_of(schedule), Key::of(Kind::RefundedReservation).id(schedule.0)] {
            let from = request.after.map_or(of.clone(), |after| of.clone().id(after.0).after_all());
            for entry in view.entries(from..of.after_all(), Ascending)? {
                keys.insert(Key::kept(entry?.1));
            }
        }
    }
    let found = keys.iter().map(|key| view.get::<Reservation>(key)).filter_map(Result::transpose);
    let matching = found.filter_map(|found| match found {
        Ok(found) => matches(view, &found, wanted).map(|matches| matches.then_some(found.row)).transpose(),
        Err(fault) => Some(Err(fault)),
    });
    page(matching, request.size)
}

/// Whether a reservation matches `wanted`, apart from the seat.
fn matches(view: View<'_>, reservation: &Reservation, wanted: &ReservationFilter) -> Result<bool, Fault> {
    let has_state = match reservation.state() {
        ReservationState::Held => wanted.held,
        ReservationState::Confirmed { .. } => wanted.confirmed,
        ReservationState::Cancelled { payment, .. } => wanted.refunded && payment.is_some(),
    };
    let has_used = wanted.used.is_none_or(|used| reservation.seats().iter().any(|seat| seat.used_at.is_some() == used));
    if !has_state || !has_used {
        return Ok(false);
    }
    let Some(name) = &wanted.name else { return Ok(true) };
    Ok(view.user(reservation.user())?.and_then(|user| user.name).is_some_and(|found| name.matches(&found)))
}

/// Returns the prefix of the reservations of a schedule whose rows are HELD or CONFIRMED.
fn live_of(schedule: ScheduleId) -> Key {
    Key::of(Kind::LiveReservation).id(schedule.0)
}

/// Returns the users whose names match. A user may match by several words of their name.
fn users_named(view: View<'_>, name: &NamePrefix, wanted: PageRequest<UserId>) -> Result<Vec<User>, Fault> {
    let mut found = BTreeSet::new();
    for entry in view.entries(Key::of(Kind::UserSearchKey).beginning(name.as_str()).all(), Ascending)? {
        let (_, user) = entry?;
        found.insert(Key::kept(user));
    }
    let later = found.into_iter().filter(|user| wanted.after.is_none_or(|after| *user > key::user(after)));
    let users = later.map(|user| view.get::<User>(&user)).filter_map(Result::transpose);
    page(users, wanted.size)
}
