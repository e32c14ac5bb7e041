//! Pagination: `?page_size=` and `?cursor=`.

use actix_web::HttpRequest;
use application::{Page, PageRequest};
use serde::Serialize;
use utoipa::ToSchema;

use super::accept::{JsonOrCsv, Preferred};
use super::cursor::{Cursor, read};
use super::part::RequestPart;
use super::query::{Query, invalid_parameter};
use crate::api::Api;
use crate::problem::Problem;

/// The page of a list that is requested.
pub(crate) struct PageQuery<C>(pub(crate) PageRequest<C>);

impl<C: Cursor> PageQuery<C> {
    /// Takes the page parameters from `query`, unless the client prefers CSV, which has no pages: then they stay, as unknown parameters.
    pub(crate) fn take_unless_csv(query: &mut Query, request: &HttpRequest, api: &Api) -> Result<Option<PageRequest<C>>, Problem> {
        let Preferred { name, .. } = Preferred::<JsonOrCsv>::of(request, api)?;
        if name == "text/csv" { Ok(None) } else { Self::take(query).map(|Self(page)| Some(page)) }
    }

    /// Takes the page parameters from `query`.
    pub(crate) fn take(query: &mut Query) -> Result<Self, Problem> {
        let size = page_size(query)?;
        let after = query.take("cursor")?.map(|text| read(&text)).transpose()?;
        Ok(Self(PageRequest { after, size }))
    }
}

impl<C: Cursor> RequestPart for PageQuery<C> {
    const READS_QUERY: bool = true;

    fn of(request: &HttpRequest, _: &Api) -> Result<Self, Problem> {
        let mut query = Query::of(request)?;
        let page_query = Self::take(&mut query)?;
        query.end()?;
        Ok(page_query)
    }
}

/// A page of a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct List<T> {
    items: Vec<T>,
    /// Null on the last page.
    next_cursor: Option<String>,
}

impl<T> List<T> {
    /// Creates the only page, with all items.
    pub(crate) const fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// Creates a page of `items`.
    pub(crate) const fn part(items: Vec<T>, next_cursor: Option<String>) -> Self {
        Self { items, next_cursor }
    }

    /// Creates the page, with each item converted by `show`.
    pub(crate) fn new<I, C: Cursor>(page: Page<I, C>, show: impl FnMut(I) -> T) -> Self {
        let next_cursor = page.next.map(|item| format!("{}{}", C::LIST, item.digits()));
        Self { items: page.items.into_iter().map(show).collect(), next_cursor }
    }
}

/// Takes the maximum number of items of a page from `query`.
pub(crate) fn page_size(query: &mut Query) -> Result<u32, Problem> {
    query.take("page_size")?.map_or(Ok(PageRequest::<u64>::DEFAULT_SIZE), |text| size::<u64>(&text))
}

/// Reads a page size. A size above the maximum, even one that overflows, is read as the maximum.
fn size<C: Copy>(text: &str) -> Result<u32, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u32>() {
        Ok(size) if digits && size > 0 => Ok(size.min(PageRequest::<C>::MAX_SIZE)),
        Err(_) if digits => Ok(PageRequest::<C>::MAX_SIZE),
        Ok(_) | Err(_) => Err(invalid_parameter("page_size", "must be a number from 1 to 200")),
    }
}

#[cfg(test)]
mod tests {
    use application::use_cases::TicketCursor;
    use domain::{ConcertId, PaymentId, ReservationId, TicketId};
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_cursor_identifies_its_item_in_its_own_list_only() {
        let page = Page { items: vec![1], next: Some(ConcertId(Uuid::from_u128(0xabc))) };
        let cursor = List::new(page, |item| item).next_cursor.expect("a cursor");
        assert_eq!(read::<ConcertId>(&cursor).ok(), Some(ConcertId(Uuid::from_u128(0xabc))));
        assert!(read::<PaymentId>(&cursor).is_err());
        for cursor in ["", "c", "cabc", "c+0000000000000000000000000000abc", "cg0000000000000000000000000000abc"] {
            assert!(read::<ConcertId>(cursor).is_err(), "{cursor}");
        }
        assert!(read::<u64>("e00000000000000010000000000000000").is_err(), "past 64 bits");
    }

    #[test]
    fn a_page_has_1_to_200_items() {
        let size = |text| size::<u64>(text).ok();
        assert_eq!(size("1"), Some(1));
        assert_eq!(size("200"), Some(200));
        assert_eq!(size("201"), Some(200));
        assert_eq!(size("99999999999999999999"), Some(200));
        for text in ["0", "-1", "+1", "", "ten", "1.0"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_cursor_identifies_its_item(number: u128, entry: u64) {
            let written = |page: Page<u8, ReservationId>| List::new(page, |item| item).next_cursor.expect("a cursor");
            let cursor = written(Page { items: vec![1], next: Some(ReservationId(Uuid::from_u128(number))) });
            prop_assert_eq!(read::<ReservationId>(&cursor).ok(), Some(ReservationId(Uuid::from_u128(number))));
            let cursor = List::new(Page { items: vec![1], next: Some(entry) }, |item| item).next_cursor.expect("a cursor");
            prop_assert_eq!(read::<u64>(&cursor).ok(), Some(entry));
        }

        #[test]
        fn every_cursor_of_a_ticket_identifies_its_ticket(id: u128, seat in 1..=1_000_000_u32) {
            let seat = domain::SeatNumber::new(seat).expect("a number");
            let ticket = TicketId { reservation: ReservationId(Uuid::from_u128(id)), seat };
            let cursor = List::new(Page { items: vec![1], next: Some(ticket) }, |item| item).next_cursor.expect("a cursor");
            prop_assert_eq!(read::<TicketId>(&cursor).ok(), Some(ticket));
            prop_assert!(read::<TicketId>(&cursor[..33]).is_err(), "without its seat");
            prop_assert!(read::<TicketCursor>(&cursor).is_err(), "in another list");
        }

        #[test]
        fn arbitrary_text_is_read_as_a_valid_cursor_or_size_or_refused(text in "[a-z]?[0-9a-fA-F+]{30,34}|.{0,40}|[0-9+-]{0,25}") {
            if let Ok(ReservationId(id)) = read::<ReservationId>(&text) {
                prop_assert_eq!(text.to_lowercase(), format!("r{:032x}", id.as_u128()));
            }
            if let Ok(size) = size::<u64>(&text) {
                prop_assert!((1..=PageRequest::<u64>::MAX_SIZE).contains(&size));
            }
        }
    }
}
