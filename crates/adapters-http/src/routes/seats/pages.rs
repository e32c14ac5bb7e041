//! Rendered seat maps, shared by all requests for a version.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::web::Bytes;
use application::SeatMap;
use domain::{Currency, ScheduleId};

use super::body::{SeatBody, SeatMapBody};
use crate::problem::Problem;
use crate::response::{MoneyBody, SeatStatusBody, Tag, json, seat_status};

/// A rendered seat map.
#[derive(Clone)]
pub(super) struct SeatPage {
    version: u64,
    lapsed: u32,
    pub(super) json: Bytes,
    pub(super) tag: Tag,
}

/// The rendered seat maps: the newest of each schedule and filter.
#[derive(Default)]
pub(crate) struct SeatPages(Mutex<HashMap<(ScheduleId, Option<SeatStatusBody>), SeatPage>>);

impl SeatPages {
    /// The maximum number of pages; when it is reached, all are discarded, and those that are requested are rendered again.
    const MAX_PAGES: usize = 1_000;

    /// Returns the page of a schedule, rendered anew if its seats have changed.
    pub(super) fn page(
        &self,
        schedule: ScheduleId,
        filter: Option<SeatStatusBody>,
        map: &SeatMap,
        currency: Currency,
    ) -> Result<SeatPage, Problem> {
        let key = (schedule, filter);
        let pages = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = pages().get(&key).filter(|page| (page.version, page.lapsed) == (map.version, map.lapsed)).cloned();
        if let Some(page) = known {
            return Ok(page);
        }
        let json = Bytes::from(render(schedule, filter, map, currency)?);
        let page = SeatPage { version: map.version, lapsed: map.lapsed, tag: Tag::of(&json), json };
        let mut pages = pages();
        if pages.len() >= Self::MAX_PAGES {
            pages.clear();
        }
        pages.insert(key, page.clone());
        Ok(page)
    }
}

fn render(schedule: ScheduleId, filter: Option<SeatStatusBody>, map: &SeatMap, currency: Currency) -> Result<Vec<u8>, Problem> {
    let seats = map.seats.iter().map(|seat| SeatBody {
        number: seat.number.get(),
        label: &seat.label,
        status: seat_status(seat.status),
        price: MoneyBody::new(seat.price, currency),
        accessible: seat.accessible,
    });
    let seats = seats.filter(|seat| filter.is_none_or(|filter| seat.status == filter)).collect();
    json(&SeatMapBody { schedule_id: schedule.0, version: map.version, available: map.available, seats })
}
