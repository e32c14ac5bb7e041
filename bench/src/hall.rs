//! The concert on sale: four schedules of 20,000 seats, and a fifth with one seat, all behind the default queue. There is no API that puts
//! a concert on, so it is written into the database before the server starts.

use sea_orm::{ConnectionTrait, DatabaseConnection};
use uuid::Uuid;

use crate::row::Store;

pub(crate) const CONCERT: Uuid = Uuid::from_u128(0x0f20_7207_0000_7000_8000_0000_0be9_c400);
/// The schedule with one seat.
pub(crate) const ONE_SEAT: Seat = Seat { schedule: schedule(SCHEDULES), number: 1 };

const DEFAULT_QUEUE: Uuid = Uuid::from_u128(0x0f20_7207_0000_7000_8000_0000_0000_0001);
const SCHEDULES: u32 = 4;
const SEATS_A_SCHEDULE: u32 = 20_000;
const DAY_MICROS: i64 = 86_400_000_000;

/// A seat of a schedule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seat {
    pub(crate) schedule: Uuid,
    pub(crate) number: u32,
}

/// Returns the seat that follows `before` others, of 80,000.
pub(crate) const fn seat(before: u32) -> Seat {
    Seat { schedule: schedule(before / SEATS_A_SCHEDULE), number: before % SEATS_A_SCHEDULE + 1 }
}

const fn schedule(number: u32) -> Uuid {
    Uuid::from_u128(CONCERT.as_u128() + 1 + number as u128)
}

/// Inserts the concert into a database that has only the schema.
pub(crate) async fn insert_into(database: &DatabaseConnection, store: Store) -> anyhow::Result<()> {
    let id = |id: Uuid| match store {
        Store::Postgres => format!("'{id}'::uuid"),
        Store::Sqlite => format!("x'{}'", id.simple()),
    };
    let now = match store {
        Store::Postgres => "clock_micros()",
        Store::Sqlite => "unixepoch() * 1000000",
    };
    let concert = format!(
        "INSERT INTO concerts (id, version, name, host, queue_id) VALUES ({}, 1, 'Bench Night', 'Frontrow', {})",
        id(CONCERT),
        id(DEFAULT_QUEUE)
    );
    database.execute_unprepared(&concert).await?;
    for number in 0..=SCHEDULES {
        let (schedule, seats) = (id(schedule(number)), if number == SCHEDULES { 1 } else { SEATS_A_SCHEDULE });
        let schedule = format!(
            "INSERT INTO schedules (id, version, concert_id, starts_at, zone, sale_opens_at, sale_closes_at) VALUES ({schedule}, 1, {}, {now} + 30 * {DAY_MICROS}, 'Asia/Seoul', {now} - {DAY_MICROS}, {now} + 30 * {DAY_MICROS})",
            id(CONCERT),
        );
        let seats = format!(
            "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {seats})
             INSERT INTO seats (schedule_id, number, version, label, price, state)
             SELECT {schedule}, n, 1, 'Section A Row ' || (n / 25 + 1) || ' Seat ' || (n % 25 + 1), 60000, 'AVAILABLE' FROM s",
        );
        database.execute_unprepared(&schedule).await?;
        database.execute_unprepared(&seats).await?;
    }
    if store == Store::Postgres {
        // Only these: the planner would assume that tables analysed while empty stay empty. SQLite keeps no statistics unless requested.
        database.execute_unprepared("VACUUM ANALYZE concerts, schedules, seats").await?;
    }
    Ok(())
}
