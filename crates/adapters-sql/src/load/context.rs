//! A load's share of what was found, exactly the parts that the load's doc names.

use std::collections::{BTreeSet, HashSet};
use std::hash::Hash;

use application::ports::{Load, ReadError};
use domain::{
    ConcertId, Context, Offer, Queue, QueueId, Reservation, ReservationId, Schedule, ScheduleId, Seat, SeatNumber, TokenId, UserId,
    Version, Versioned,
};
use time::OffsetDateTime;

use super::due::Due;
use super::found::{Found, Rows};
use crate::corrupt::Corrupt;

/// A context for each of `loads` at `now`; `due` is what their searches found.
pub fn contexts(loads: &[Load], due: &[Due], now: OffsetDateTime, found: &Found) -> Vec<Result<Context, ReadError>> {
    loads.iter().zip(due).map(|(load, due)| context(load, due, now, found).map_err(ReadError::from)).collect()
}

fn context(load: &Load, due: &Due, now: OffsetDateTime, found: &Found) -> Result<Context, Corrupt> {
    let mut context = Context::at(now);
    match load {
        Load::Clock => {}
        Load::Join { user, concert } => join(&mut context, *user, *concert, found)?,
        Load::Token { token } => token_and_queue(&mut context, Some(*token), found)?,
        Load::Leave { token } => {
            context.tokens.extend(get(&found.tokens, token)?);
            reservations(&mut context, found.holds.of_token(*token), found)?;
            context.seats = seats(&[], &context.reservations, |_| true, found)?;
            context.schedules = dates_of(&context.reservations, |_| true, found)?;
        }
        Load::Hold { key, token, schedule, seats: asked } => {
            context.key = get(&found.keys, key)?;
            token_and_queue(&mut context, *token, found)?;
            hold(&mut context, key.user, *token, *schedule, asked, found)?;
        }
        Load::Release { reservation } => with_date_and_seats(&mut context, *reservation, found)?,
        Load::Charge { key } => {
            context.key = get(&found.keys, key)?;
            context.user = get(&found.users, &key.user)?;
            context.wallet = get(&found.wallets, &key.user)?;
        }
        Load::Pay { key, token, reservation } => {
            context.key = get(&found.keys, key)?;
            token_and_queue(&mut context, *token, found)?;
            with_date_and_seats(&mut context, *reservation, found)?;
            context.concert = of_first(&context.reservations, |paid| get(&found.concerts, &paid.concert))?;
            context.wallet = get(&found.wallets, &key.user)?;
        }
        Load::Refund { key, payment } => {
            context.key = get(&found.keys, key)?;
            context.payment = get(&found.payments, payment)?;
            if let Some((reservation, user)) = context.payment.as_ref().map(|payment| (payment.reservation, payment.user)) {
                with_date_and_seats(&mut context, reservation, found)?;
                context.wallet = get(&found.wallets, &user)?;
            }
        }
        Load::Queue { queue } => context.queue = get(&found.queues, queue)?,
        Load::Concert { concert, queue, schedules } => programme(&mut context, *concert, *queue, schedules, found)?,
        Load::Seats { schedule, seats: asked } => {
            context.schedule = get(&found.schedules, schedule)?;
            if let Some(concert) = context.schedule.as_ref().map(|schedule| schedule.concert) {
                context.concert = get(&found.concerts, &concert)?;
            }
            reservations(&mut context, found.holds.of_seats(*schedule, asked).into_iter(), found)?;
            let asked: Vec<_> = asked.iter().map(|number| (*schedule, *number)).collect();
            context.seats = seats(&asked, &context.reservations, |_| true, found)?;
        }
        Load::Tick { queue, .. } => tick(&mut context, *queue, due, found)?,
        Load::LapsedHolds { .. } => {
            if let Due::Holds(ids) = due {
                reservations(&mut context, ids.iter().copied(), found)?;
            }
            context.seats = named(&context.reservations, found)?;
            context.schedules = dates_of(&context.reservations, |_| true, found)?;
        }
    }
    Ok(context)
}

fn join(context: &mut Context, user: UserId, concert: Option<ConcertId>, found: &Found) -> Result<(), Corrupt> {
    context.user = get(&found.users, &user)?;
    let queue = match concert {
        Some(concert) => {
            context.concert = get(&found.concerts, &concert)?;
            context.schedules = dates(found, |date| date.concert == concert)?;
            context.concert.as_ref().map(|concert| concert.queue)
        }
        None => Some(Queue::DEFAULT),
    };
    if let Some(queue) = queue {
        context.queue = get(&found.queues, &queue)?;
        context.waiting = found.standings.get(&queue).map_or(0, |standing| count(standing.waiting));
        if let Some(token) = found.places.get(&(queue, user)) {
            context.tokens.extend(get(&found.tokens, token)?);
        }
    }
    Ok(())
}

fn tick(context: &mut Context, queue: QueueId, due: &Due, found: &Found) -> Result<(), Corrupt> {
    context.queue = get(&found.queues, &queue)?;
    if let Some(standing) = found.standings.get(&queue) {
        context.admission = Some(Version(standing.admission));
        (context.active, context.waiting) = (count(standing.active), count(standing.waiting));
    }
    if let Some(offered) = found.offered.get(&queue) {
        let offer = |(date, has_seats): &(ScheduleId, bool)| -> Result<Option<Offer>, Corrupt> {
            let schedule = get(&found.schedules, date)?;
            Ok(schedule.map(|schedule| Offer { schedule: schedule.row, has_seats: *has_seats }))
        };
        context.offers = Some(offered.iter().filter_map(|offered| offer(offered).transpose()).collect::<Result<_, Corrupt>>()?);
    }
    if let Due::Tokens(tokens) = due {
        for token in tokens {
            context.tokens.extend(get(&found.tokens, token)?);
        }
    }
    Ok(())
}

fn hold(
    context: &mut Context,
    user: UserId,
    token: Option<TokenId>,
    schedule: ScheduleId,
    asked: &[SeatNumber],
    found: &Found,
) -> Result<(), Corrupt> {
    context.schedule = get(&found.schedules, &schedule)?;
    let concert = context.schedule.as_ref().map(|schedule| schedule.concert);
    if let Some(concert) = concert {
        context.concert = get(&found.concerts, &concert)?;
    }
    reservations(context, found.holds.in_question(user, token, concert, schedule, asked).into_iter(), found)?;
    let asked: Vec<_> = asked.iter().map(|number| (schedule, *number)).collect();
    context.seats = seats(&asked, &context.reservations, Reservation::occupies, found)?;
    context.schedules = dates_of(&context.reservations, |row| row.occupies() && row.schedule != schedule, found)?;
    Ok(())
}

fn programme(
    context: &mut Context,
    concert: ConcertId,
    queue: Option<QueueId>,
    named: &[ScheduleId],
    found: &Found,
) -> Result<(), Corrupt> {
    context.concert = get(&found.concerts, &concert)?;
    if let Some(queue) = queue {
        context.queue = get(&found.queues, &queue)?;
    }
    context.schedules = dates(found, |date| date.concert == concert || named.contains(&date.id))?;
    let order = |date: &Versioned<Schedule>| (date.concert != concert, (date.concert == concert).then_some(date.starts_at), date.id);
    context.schedules.sort_by_key(order);
    context.held = found.held.contains(&concert);
    context.awaited = queue.is_some() && found.awaited.contains(&concert);
    Ok(())
}

/// The dates that are wanted, by start, then id.
fn dates(found: &Found, is_wanted: impl Fn(&Schedule) -> bool) -> Result<Vec<Versioned<Schedule>>, Corrupt> {
    let wanted = found.schedules.values().filter(|date| date.as_ref().map_or(true, |date| is_wanted(date)));
    let mut dates: Vec<Versioned<Schedule>> = wanted.cloned().collect::<Result<_, Corrupt>>()?;
    dates.sort_by_key(|date| (date.starts_at, date.id));
    Ok(dates)
}

/// The dates of the reservations that count, each once, by id.
fn dates_of(
    reservations: &[Versioned<Reservation>],
    counts: impl Fn(&Reservation) -> bool,
    found: &Found,
) -> Result<Vec<Versioned<Schedule>>, Corrupt> {
    let ids: BTreeSet<ScheduleId> = reservations.iter().filter(|row| counts(&row.row)).map(|row| row.schedule).collect();
    ids.iter().filter_map(|id| get(&found.schedules, id).transpose()).collect()
}

fn token_and_queue(context: &mut Context, token: Option<TokenId>, found: &Found) -> Result<(), Corrupt> {
    if let Some(token) = token.map(|token| get(&found.tokens, &token)).transpose()?.flatten() {
        context.queue = get(&found.queues, &token.queue)?;
        context.tokens.push(token);
    }
    Ok(())
}

fn with_date_and_seats(context: &mut Context, reservation: ReservationId, found: &Found) -> Result<(), Corrupt> {
    reservations(context, [reservation].into_iter(), found)?;
    context.schedule = of_first(&context.reservations, |row| get(&found.schedules, &row.schedule))?;
    context.seats = named(&context.reservations, found)?;
    Ok(())
}

fn reservations(context: &mut Context, ids: impl Iterator<Item = ReservationId>, found: &Found) -> Result<(), Corrupt> {
    for id in ids {
        context.reservations.extend(found.holds.get(id).cloned().transpose()?);
    }
    Ok(())
}

/// The seats asked for, and those of the reservations that `count`, each once, by date and number.
fn seats(
    asked: &[(ScheduleId, SeatNumber)],
    reservations: &[Versioned<Reservation>],
    counts: impl Fn(&Reservation) -> bool,
    found: &Found,
) -> Result<Vec<Versioned<Seat>>, Corrupt> {
    let of_reservations = reservations.iter().filter(|reservation| counts(&reservation.row)).flat_map(|reservation| {
        let schedule = reservation.schedule;
        reservation.numbers().map(move |number| (schedule, number))
    });
    let places: BTreeSet<_> = asked.iter().copied().chain(of_reservations).collect();
    places.into_iter().filter_map(|(schedule, number)| get(&found.seats, &(schedule, Some(number))).transpose()).collect()
}

/// The seats whose rows name one of the reservations.
fn named(reservations: &[Versioned<Reservation>], found: &Found) -> Result<Vec<Versioned<Seat>>, Corrupt> {
    let ids: HashSet<ReservationId> = reservations.iter().map(|reservation| reservation.id).collect();
    let mut seats = seats(&[], reservations, |_| true, found)?;
    seats.retain(|seat| seat.reservation().is_some_and(|reservation| ids.contains(&reservation)));
    Ok(seats)
}

fn of_first<T>(
    reservations: &[Versioned<Reservation>],
    follow: impl Fn(&Reservation) -> Result<Option<T>, Corrupt>,
) -> Result<Option<T>, Corrupt> {
    Ok(reservations.first().map(|reservation| follow(&reservation.row)).transpose()?.flatten())
}

fn get<K: Eq + Hash, T: Clone>(rows: &Rows<K, T>, key: &K) -> Result<Option<T>, Corrupt> {
    rows.get(key).cloned().transpose()
}

fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(if rows < 0 { 0 } else { u32::MAX })
}
