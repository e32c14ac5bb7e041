//! Conversion of table rows to the rows that needs load.

use domain::need::{Loadable, Lookup, QueueCounts};
use domain::{
    Concert, ConcertId, IdempotencyRecord, Layout, Payment, PaymentId, Queue, QueueId, QueueToken, Reservation, ReservationId, Rows,
    Schedule, ScheduleId, Seat, Session, TokenId, User, UserId, Versioned, Wallet,
};
use uuid::Uuid;

use crate::corrupt::Corrupt;
use crate::rows::{concert, key, layout, payment, queue, reservation, schedule, seat, session, token, user, wallet};

/// A row of any table.
pub enum Row {
    /// An idempotency record.
    Key(key::Model),
    /// A user.
    User(user::Model),
    /// A queue.
    Queue(queue::Model),
    /// The admission row and the counts of a queue.
    QueueCounts(queue::QueueCounts),
    /// A schedule or concert that a queue admits to.
    Offered(queue::Offered),
    /// A token.
    Token(token::Model),
    /// A concert.
    Concert(concert::Model),
    /// A schedule.
    Schedule(schedule::Model),
    /// A seat.
    Seat(seat::Model),
    /// A reservation with its seats.
    Reservation(reservation::Row),
    /// A payment.
    Payment(payment::Model),
    /// A wallet.
    Wallet(wallet::Model),
    /// A layout.
    Layout(layout::Model),
    /// A session.
    Session(session::Model),
    /// A concert that has a HELD reservation, within its deadline, for a schedule that isn't cancelled.
    Held(Uuid),
    /// A concert that a live token of its queue names.
    Awaited(Uuid),
}

/// Adds a row to `rows`; adds an invalid one as unreadable.
pub fn add(rows: &mut Rows, row: Row) {
    match row {
        Row::Key(row) => {
            // No request can refer to an invalid key.
            if let Ok(scope) = key::scope(row.user_id, &row.route, &row.idempotency_key) {
                read::<_, Versioned<IdempotencyRecord>>(rows, Lookup::Key(scope), row);
            }
        }
        Row::User(row) => read::<_, User>(rows, Lookup::User(UserId(row.id)), row),
        Row::Queue(row) => read::<_, Versioned<Queue>>(rows, Lookup::Queue(QueueId(row.id)), row),
        Row::QueueCounts(row) => {
            let standing = QueueCounts { admission: row.admission(), waiting: count(row.waiting), active: row.active.map(count) };
            rows.add_queue_counts(QueueId(row.queue_id), standing);
        }
        Row::Offered(row) => rows.add_offer(QueueId(row.queue_id), row.schedule_id.map(|schedule| (ScheduleId(schedule), row.has_seats))),
        Row::Token(row) => {
            let lookup = Lookup::Token { id: TokenId(row.id), queue: QueueId(row.queue_id), user: UserId(row.user_id) };
            read::<_, Versioned<QueueToken>>(rows, lookup, row);
        }
        Row::Concert(row) => read::<_, Versioned<Concert>>(rows, Lookup::Concert(ConcertId(row.id)), row),
        Row::Schedule(row) => {
            let lookup = Lookup::Schedule { id: ScheduleId(row.id), concert: ConcertId(row.concert_id) };
            read::<_, Versioned<Schedule>>(rows, lookup, row);
        }
        Row::Seat(row) => {
            let lookup = Lookup::Seat(ScheduleId(row.schedule_id), seat::seat_number(row.number));
            read::<_, Versioned<Seat>>(rows, lookup, row);
        }
        Row::Reservation(row) => {
            let (id, token) = (ReservationId(row.id), TokenId(row.token_id));
            let lookup = Lookup::Reservation { id, token, user: UserId(row.user_id), concert: ConcertId(row.concert_id) };
            read::<_, Versioned<Reservation>>(rows, lookup, row);
        }
        Row::Payment(row) => read::<_, Versioned<Payment>>(rows, Lookup::Payment(PaymentId(row.id)), row),
        Row::Wallet(row) => read::<_, Versioned<Wallet>>(rows, Lookup::Wallet(UserId(row.user_id)), row),
        Row::Layout(row) => read::<_, Layout>(rows, Lookup::Layout(layout::hash(&row.hash)), row),
        Row::Session(row) => read::<_, Versioned<Session>>(rows, Lookup::Session(UserId(row.user_id)), row),
        Row::Held(concert) => rows.add_held(ConcertId(concert)),
        Row::Awaited(concert) => rows.add_awaited(ConcertId(concert)),
    }
}

fn read<R, T>(rows: &mut Rows, lookup: Lookup, row: R)
where
    T: TryFrom<R> + Loadable,
    Corrupt: From<T::Error>,
{
    match T::try_from(row) {
        Ok(row) => rows.add(row),
        Err(error) => rows.add_unreadable(lookup, Corrupt::from(error)),
    }
}

fn count(rows: i64) -> u32 {
    u32::try_from(rows).unwrap_or(if rows < 0 { 0 } else { u32::MAX })
}
