//! Public lists: how the public catalogue orders, filters and searches concerts.

use std::ops::Range;

use thiserror::Error;
use time::OffsetDateTime;

use crate::name_search::words;
use crate::text::Text;
use crate::{Concert, ConcertId, Schedule, ScheduleId};

/// What a list of concerts needs to know of one: a small part of the rows of the concert and its schedules.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedConcert {
    id: ConcertId,
    publishes_at: Option<OffsetDateTime>,
    /// The words of its names, folded.
    text: String,
    /// Those that aren't cancelled, by start.
    schedules: Vec<ListedSchedule>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct ListedSchedule {
    id: ScheduleId,
    starts_at: OffsetDateTime,
    sale: Range<OffsetDateTime>,
}

/// The place of a concert in public lists: by the next start of a schedule that isn't cancelled, then by id; concerts without one come last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPosition {
    /// The next start.
    pub next_start: Option<OffsetDateTime>,
    /// The concert.
    pub id: ConcertId,
}

/// The words that a concert must have in its name, its host, its venue or its city. Case and accents are ignored, and each may be a part of
/// a longer word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcertQuery(Vec<String>);

/// The error for a text that is not a valid query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("must have 1 to {} characters and no control characters", ConcertQuery::MAX_CHARS)]
pub struct InvalidQuery;

/// A filter of concerts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConcertFilter {
    /// The words to be found.
    pub query: Option<ConcertQuery>,
    /// Only concerts with a schedule on sale.
    pub on_sale: bool,
    /// Only concerts with a schedule that starts at this instant or later.
    pub from: Option<OffsetDateTime>,
    /// Only concerts with a schedule that starts before this instant; with `from`, it must be the same schedule.
    pub to: Option<OffsetDateTime>,
}

impl ConcertQuery {
    /// The maximum length of a query, in characters.
    pub const MAX_CHARS: usize = 100;

    /// Creates the query from `text`.
    ///
    /// # Errors
    /// [`InvalidQuery`] if it is empty or too long, or contains control characters.
    pub fn new(text: &str) -> Result<Self, InvalidQuery> {
        let text = Text::<{ Self::MAX_CHARS }>::new(text).map_err(|_| InvalidQuery)?;
        Ok(Self(words(text.as_str())))
    }
}

impl ListedConcert {
    /// Returns what a list needs of `concert` with all its `schedules`.
    #[must_use]
    pub fn new<'a>(concert: &Concert, schedules: impl IntoIterator<Item = &'a Schedule>) -> Self {
        let venue = concert.venue().map(|venue| [venue.name.as_str(), venue.city.as_str()]);
        let names = [concert.name(), concert.host()].into_iter().chain(venue.into_iter().flatten());
        let takes_place = schedules.into_iter().filter(|schedule| !schedule.is_cancelled());
        let mut schedules: Vec<_> = takes_place.map(ListedSchedule::new).collect();
        schedules.sort_by_key(|schedule| (schedule.starts_at, schedule.id));
        let text = names.flat_map(words).collect::<Vec<_>>().join(" ");
        Self { id: concert.id(), publishes_at: concert.listing().publishes_at, text, schedules }
    }

    /// Returns the concert's id.
    #[must_use]
    pub const fn id(&self) -> ConcertId {
        self.id
    }

    /// Returns its place in public lists at `now`.
    #[must_use]
    pub fn position(&self, now: OffsetDateTime) -> ListPosition {
        let next_start = self.schedules.iter().map(|schedule| schedule.starts_at).find(|starts_at| now < *starts_at);
        ListPosition { next_start, id: self.id }
    }

    /// Returns whether the concert is listed at `now` for `filter`; whether its schedules have unsold seats isn't checked.
    #[must_use]
    pub fn matches(&self, filter: &ConcertFilter, now: OffsetDateTime) -> bool {
        let ConcertFilter { query, on_sale, from, to } = filter;
        let is_within = |at: OffsetDateTime| from.is_none_or(|from| from <= at) && to.is_none_or(|to| at < to);
        let has_date = (from.is_none() && to.is_none()) || self.schedules.iter().any(|schedule| is_within(schedule.starts_at));
        let is_found = || query.as_ref().is_none_or(|query| query.0.iter().all(|word| self.text.contains(word.as_str())));
        self.publishes_at.is_none_or(|at| at <= now) && has_date && (!on_sale || self.on_sale(now).next().is_some()) && is_found()
    }

    /// Returns the schedules whose sale is open at `now`.
    pub fn on_sale(&self, now: OffsetDateTime) -> impl Iterator<Item = ScheduleId> {
        self.schedules.iter().filter(move |schedule| schedule.sale.contains(&now)).map(|schedule| schedule.id)
    }

    /// Returns its estimated size in memory, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.text.len() + self.schedules.len() * size_of::<ListedSchedule>()
    }
}

impl ListedSchedule {
    fn new(schedule: &Schedule) -> Self {
        let sale = schedule.sale_opens_at()..schedule.sale_closes_at();
        Self { id: schedule.id(), starts_at: schedule.starts_at(), sale }
    }
}

impl PartialOrd for ListPosition {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for ListPosition {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        let key = |position: &Self| (position.next_start.is_none(), position.next_start, position.id);
        key(self).cmp(&key(other))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::Duration;

    use super::*;
    use crate::testing::{CONCERT, NOW, OTHER_CONCERT, SCHEDULE, a_concert, a_schedule, schedule};
    use crate::{Cancellation, Listing, Title, Venue, Zone};

    const HOUR: Duration = Duration::HOUR;
    const MOMENT: Duration = Duration::MICROSECOND;

    fn starting_in(number: u64, hours: i64) -> Schedule {
        a_schedule().row.with_id(schedule(number)).with_start(NOW + HOUR * i32::try_from(hours).unwrap())
    }

    fn cancelled(schedule: Schedule) -> Schedule {
        schedule.cancel(Cancellation { at: NOW, reason: None })
    }

    fn listed(schedules: &[Schedule]) -> ListedConcert {
        ListedConcert::new(&a_concert(), schedules)
    }

    fn finds(query: &str) -> bool {
        let title = |text| Title::new(text).unwrap();
        let venue = Venue { name: title("Théâtre du Châtelet"), city: title("서울특별시"), zone: Zone::new("Asia/Seoul").unwrap() };
        let listing = Listing { venue: Some(venue), ..Listing::default() };
        let concert = a_concert().row.announce("Club Night: The Small Hours".into(), "Blue Door".into()).with_listing(listing);
        let filter = ConcertFilter { query: Some(ConcertQuery::new(query).unwrap()), ..ConcertFilter::default() };
        ListedConcert::new(&concert, []).matches(&filter, NOW)
    }

    #[test]
    fn concerts_are_ordered_by_their_next_start_then_id_and_those_without_one_come_last() {
        let position = |concert: &Concert, schedules: &[Schedule]| ListedConcert::new(concert, schedules).position(NOW);
        let (this, other) = (a_concert().row, a_concert().row.with_id(OTHER_CONCERT));
        assert!(CONCERT < OTHER_CONCERT);
        let order = [
            position(&other, &[starting_in(1, 9), starting_in(2, -1), cancelled(starting_in(3, 1)), starting_in(4, 2)]),
            position(&this, &[starting_in(5, 3)]),
            position(&other, &[starting_in(6, 3)]),
            position(&this, &[starting_in(7, 0), cancelled(starting_in(8, 1))]),
            position(&other, &[]),
        ];
        assert!(order.is_sorted() && order.windows(2).all(|pair| pair[0] < pair[1]), "{order:#?}");
        assert_eq!(order[0].next_start, Some(NOW + HOUR * 2));
        assert_eq!([order[3], order[4]].map(|position| position.next_start), [None, None], "a show that has started is not the next");
    }

    #[test]
    fn a_concert_is_found_by_parts_of_words_of_its_names_in_any_order() {
        for query in ["club", "CLUB", "hours small", "Blue", "chatelet", "THÉÂTRE", "서울", "특별", "ight oor", "night: the", "club club"]
        {
            assert!(finds(query), "{query}");
        }
        for query in ["clubs", "night day", "blue window", "Seoul", "nightthe", "!"] {
            assert!(!finds(query), "{query}");
        }
        for invalid in ["", " ", "a\nb", &"x".repeat(101)] {
            assert_eq!(ConcertQuery::new(invalid), Err(InvalidQuery), "{invalid:?}");
        }
    }

    #[test]
    fn a_period_selects_concerts_with_a_start_in_it() {
        let concert = listed(&[starting_in(1, 2), starting_in(2, 10), cancelled(starting_in(3, 5))]);
        let period = |from: Option<i32>, to: Option<i32>| {
            let (from, to) = (from.map(|hours| NOW + HOUR * hours), to.map(|hours| NOW + HOUR * hours));
            concert.matches(&ConcertFilter { from, to, ..ConcertFilter::default() }, NOW)
        };
        assert!(period(None, None) && period(Some(2), Some(3)) && period(Some(3), None) && period(None, Some(3)));
        assert!(!period(Some(3), Some(10)), "neither at once, nor the cancelled one between");
        assert!(!period(Some(11), None) && !period(None, Some(2)) && !period(Some(10), Some(2)));
        assert!(!listed(&[]).matches(&ConcertFilter { from: Some(NOW), ..ConcertFilter::default() }, NOW));
    }

    #[test]
    fn a_draft_is_not_listed_before_its_publication() {
        let draft = a_concert().row.with_listing(Listing { publishes_at: Some(NOW), ..Listing::default() });
        let is_listed = |now| ListedConcert::new(&draft, []).matches(&ConcertFilter::default(), now);
        assert!(!is_listed(NOW - MOMENT) && is_listed(NOW));
    }

    proptest! {
        #[test]
        fn a_concert_has_the_schedules_on_sale_that_its_rows_have(opens in -2..3_i32, closes in -1..4_i32, is_cancelled: bool) {
            prop_assume!(opens < closes);
            let row = a_schedule().row.with_sale(NOW + HOUR * opens..NOW + HOUR * closes);
            let row = if is_cancelled { cancelled(row) } else { row };
            let concert = listed(std::slice::from_ref(&row));
            let expected: Vec<_> = [SCHEDULE].into_iter().filter(|_| row.is_on_sale(NOW)).collect();
            prop_assert_eq!(concert.on_sale(NOW).collect::<Vec<_>>(), expected);
            let filter = ConcertFilter { on_sale: true, ..ConcertFilter::default() };
            prop_assert_eq!(concert.matches(&filter, NOW), row.is_on_sale(NOW));
        }

        #[test]
        fn a_concert_is_found_by_its_name(name in "\\PC{1,100}") {
            if let (Ok(title), Ok(query)) = (Title::new(&name), ConcertQuery::new(&name)) {
                let concert = a_concert().row.announce(title.into(), "x".into());
                let filter = ConcertFilter { query: Some(query), ..ConcertFilter::default() };
                prop_assert!(ListedConcert::new(&concert, []).matches(&filter, NOW), "{}", name);
            }
        }
    }
}
