//! Lists in pages: `?page_size=` and `?cursor=`.

use actix_web::HttpRequest;
use application::{Page, PageRequest};
use domain::{AuditEntryId, ConcertId, PaymentId, ReservationId, ScheduleId, UserId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::RequestPart;
use super::query::{Query, invalid_parameter};
use crate::api::Api;
use crate::problem::{Code, Problem};

/// What a cursor names: the last item of the page before. On the wire it's a letter for the list and 32 digits: clients
/// have no business in it.
pub(crate) trait Cursor: Copy {
    /// The letter of the list.
    const LIST: char;
    /// The item as a number.
    fn number(self) -> u128;
    /// The item of that number.
    fn restore(number: u128) -> Option<Self>;
}

macro_rules! cursors {
    ($($id:ident: $list:literal;)*) => {$(
        impl Cursor for $id {
            const LIST: char = $list;
            fn number(self) -> u128 {
                self.0.as_u128()
            }
            fn restore(number: u128) -> Option<Self> {
                Some(Self(Uuid::from_u128(number)))
            }
        }
    )*};
}

cursors! {
    ConcertId: 'c';
    ScheduleId: 's';
    ReservationId: 'r';
    PaymentId: 'p';
    UserId: 'u';
    AuditEntryId: 'd';
}

/// The sequence of a wallet's entry.
impl Cursor for u64 {
    const LIST: char = 'e';
    fn number(self) -> u128 {
        self.into()
    }
    fn restore(number: u128) -> Option<Self> {
        number.try_into().ok()
    }
}

/// Which page of a list.
pub(crate) struct PageQuery<C>(pub(crate) PageRequest<C>);

impl<C: Cursor> PageQuery<C> {
    /// Takes the page out of `query`.
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
    /// The items.
    items: Vec<T>,
    /// What to send as `cursor` for the next page; null on the last one.
    next_cursor: Option<String>,
}

impl<T> List<T> {
    /// All there is.
    pub(crate) const fn whole(items: Vec<T>) -> Self {
        Self { items, next_cursor: None }
    }

    /// The page, each item shown by `show`.
    pub(crate) fn new<I, C: Cursor>(page: Page<I, C>, show: impl FnMut(I) -> T) -> Self {
        let next_cursor = page.next.map(|item| format!("{}{:032x}", C::LIST, item.number()));
        Self { items: page.items.into_iter().map(show).collect(), next_cursor }
    }
}

/// Takes how many items a page may have out of `query`.
pub(crate) fn page_size(query: &mut Query) -> Result<u32, Problem> {
    query.take("page_size")?.map_or(Ok(PageRequest::<u64>::DEFAULT_SIZE), |text| size::<u64>(&text))
}

/// More than the largest page means the largest; digits past what a number holds are more, too.
fn size<C: Copy>(text: &str) -> Result<u32, Problem> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse::<u32>() {
        Ok(size) if digits && size > 0 => Ok(size.min(PageRequest::<C>::MAX_SIZE)),
        Err(_) if digits => Ok(PageRequest::<C>::MAX_SIZE),
        Ok(_) | Err(_) => Err(invalid_parameter("page_size", "a page has 1 to 200 items")),
    }
}

fn read<C: Cursor>(text: &str) -> Result<C, Problem> {
    let digits = text.strip_prefix(C::LIST).filter(|digits| digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
    let item = digits.and_then(|digits| u128::from_str_radix(digits, 16).ok()).and_then(C::restore);
    item.ok_or_else(invalid_cursor)
}

/// The cursor is none of this list.
pub(crate) fn invalid_cursor() -> Problem {
    Problem::new(Code::InvalidCursor, "a cursor is the next_cursor of a page of the same list")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cursor_leads_back_to_its_item_in_its_own_list_only() {
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
        fn every_cursor_leads_back(number: u128, entry: u64) {
            let written = |page: Page<u8, ReservationId>| List::new(page, |item| item).next_cursor.expect("a cursor");
            let cursor = written(Page { items: vec![1], next: Some(ReservationId(Uuid::from_u128(number))) });
            prop_assert_eq!(read::<ReservationId>(&cursor).ok(), Some(ReservationId(Uuid::from_u128(number))));
            let cursor = List::new(Page { items: vec![1], next: Some(entry) }, |item| item).next_cursor.expect("a cursor");
            prop_assert_eq!(read::<u64>(&cursor).ok(), Some(entry));
        }

        #[test]
        fn no_text_is_more_than_a_cursor_or_a_size_can_be(text in "[a-z]?[0-9a-fA-F+]{30,34}|.{0,40}|[0-9+-]{0,25}") {
            if let Ok(ReservationId(id)) = read::<ReservationId>(&text) {
                prop_assert_eq!(text.to_lowercase(), format!("r{:032x}", id.as_u128()));
            }
            if let Ok(size) = size::<u64>(&text) {
                prop_assert!((1..=PageRequest::<u64>::MAX_SIZE).contains(&size));
            }
        }
    }
}
