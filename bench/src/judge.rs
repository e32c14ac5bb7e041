//! The bars of purchases and of the waiting room.

use anyhow::Context;

use crate::bars::{Bar, Limit};
use crate::one_seat::Contention;
use crate::room::{Asked, FEW, MANY, Room};
use crate::round::Round;
use crate::row::{Rows, Store, What};
use crate::statistics::{Quartiles, ratios};

/// The comparisons on PostgreSQL: an operation over HTTP, its baseline, the required ratio of their rates.
const RATIOS: [(What, What, f64); 5] = [
    (What::Hold, What::BareHold, 3.0),
    (What::Hold, What::InteractiveHold, 5.0),
    (What::Pay, What::BareHold, 2.2),
    (What::Charge, What::BareHold, 3.5),
    (What::Join, What::BareJoin, 3.0),
];
/// In a flood, completed requests take at most half of a request's deadline.
const FLOOD_P99_MS: f64 = 1_000.0;
/// Of the holds that all request the same seat.
const ONE_SEAT_P99_MS: f64 = 250.0;
/// The number of connections at which rates are compared.
const RATE_CONNECTIONS: usize = 256;
/// The number of connections at which the tail latency is judged.
const TAIL_CONNECTIONS: usize = 64;

/// Returns the bars of a run on both stores.
pub(crate) fn judge_purchases(rows: &Rows, contentions: &[Contention]) -> anyhow::Result<Vec<Bar>> {
    let mut bars = Vec::new();
    for (what, baseline, enough) in RATIOS {
        let (row, other) = (rows.find(Store::Postgres, what, Some(RATE_CONNECTIONS))?, rows.find(Store::Postgres, baseline, None)?);
        let value = row.ratio(other).context("no round was measured")?;
        let name = format!("postgres: {what} at {RATE_CONNECTIONS} connections by {baseline}");
        bars.push(Bar::new(name, value, Limit::AtLeast(enough), " ×"));
    }
    for store in [Store::Postgres, Store::Sqlite] {
        let (carried, flooded) = (rows.find(store, What::Carried, None)?, rows.find(store, What::Flooded, None)?);
        let kept = flooded.ratio(carried).context("no flood was measured")?;
        let name = format!("{store}: charges done in a flood of ten times the clients by those without");
        bars.push(Bar::new(name, kept, Limit::AtLeast(0.8), " ×"));
        let p99_ms = flooded.quartiles(Round::p99_ms).context("no flood was measured")?;
        bars.push(Bar::new(format!("{store}: p99 of the charges done in a flood"), p99_ms, Limit::AtMost(FLOOD_P99_MS), " ms"));
    }
    for contention in contentions {
        bars.extend(judge_one_seat(rows, contention)?);
    }
    Ok(bars)
}

fn judge_one_seat(rows: &Rows, contention: &Contention) -> anyhow::Result<Vec<Bar>> {
    let store = contention.store;
    let count = |what: &str, count: u32, expected: u32| {
        Bar::new(format!("{store}: one seat, {what}"), Quartiles::exactly(count.into()), Limit::Exactly(expected.into()), "")
    };
    let all = contention.created + contention.conflicts + contention.faults + contention.others;
    let one_seat = rows.find(store, What::OneSeat, None)?.quartiles(Round::p99_ms).context("no contention was measured")?;
    let hold = rows.find(store, What::Hold, Some(TAIL_CONNECTIONS))?;
    let tail = Quartiles::of(&ratios(&hold.each(Round::p99_ms), &hold.each(Round::p50_ms))).context("no hold was measured")?;
    Ok(vec![
        count("201 in all rounds", contention.created, contention.rounds),
        count("409 in all rounds", contention.conflicts, all - contention.rounds),
        count("5xx in all rounds", contention.faults, 0),
        Bar::new(format!("{store}: one seat, p99"), one_seat, Limit::AtMost(ONE_SEAT_P99_MS), " ms"),
        Bar::new(format!("{store}: p99 of hold at {TAIL_CONNECTIONS} connections by its p50"), tail, Limit::AtMost(5.0), " ×"),
    ])
}

/// Returns the bars of the waiting room.
pub(crate) fn judge_room(room: &Room) -> anyhow::Result<Vec<Bar>> {
    let (polls, bare) = (room.find(Asked::Poll { waiting: MANY })?, room.find(Asked::Bare)?);
    let (few, unchanged) = (room.find(Asked::Poll { waiting: FEW })?, room.find(Asked::Unchanged { waiting: MANY })?);
    let beside = room.find(Asked::Beside { streams: room.opened.streams, waiting: MANY })?;
    let many = room.filled(MANY)?;
    let bar = |what: &str, value: Option<Quartiles>, limit, unit| {
        let value = value.with_context(|| format!("{what}: not measured"))?;
        anyhow::Ok(Bar::new(format!("the waiting room: {what}"), value, limit, unit))
    };
    let (least, most) = (Limit::AtLeast, Limit::AtMost);
    Ok(vec![
        bar("poll at 1,000,000 waiting by the bare handler", polls.rate_ratio(bare), least(0.9), " ×")?,
        bar("core time of a poll at 1,000,000 waiting by the bare handler", polls.ratio(bare, Round::server_micros), most(1.35), " ×")?,
        bar("poll at 10,000 waiting by poll at 1,000,000", few.rate_ratio(polls), most(1.2), " ×")?,
        bar("poll answered 304 by poll", unchanged.rate_ratio(polls), least(1.0), " ×")?,
        bar("poll beside event streams by poll", beside.rate_ratio(polls), least(0.8), " ×")?,
        bar("admission of 1,000 of 1,000,000 by that of 1,000 of 10,000", Some(room.admission_ratio()?), most(1.5), " ×")?,
        bar("1,000,000 waiting are read", Quartiles::of(&many.after_seconds), most(10.0), " s")?,
        bar("memory of one of 1,000,000 waiting", room.bytes_each(many), most(100.0), " B")?,
        bar("memory of an event stream", room.opened.kibibytes_each(), most(10.0), " KiB")?,
    ])
}
