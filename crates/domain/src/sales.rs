//! Sales: how many seats of a schedule are sold, and how fast it sold out. They are folded from payments and refunds, in the order of the
//! event log, and rankings are made from them.
//!
//! A refund takes back what its payment added, whenever it occurs: the recent sales are the seats that were paid for recently and are still
//! sold. A schedule sells out once, by the payment after which all of its offered seats are sold; a refund doesn't undo that.

use std::collections::BTreeMap;

use time::{Duration, OffsetDateTime};

use crate::{Concert, ConcertId, Schedule, ScheduleId};

/// How long a sale counts as recent: for a week, so that the list of a shop with few concerts isn't empty between two sales.
pub const RECENT: Duration = Duration::WEEK;
/// How long a schedule that sold out is ranked.
pub const RANKED: Duration = Duration::days(30);

/// The sales of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScheduleSales {
    schedule: ScheduleId,
    concert: ConcertId,
    sold: u32,
    by_hour: BTreeMap<Hour, u32>,
    last_paid_at: OffsetDateTime,
    sold_out: Option<SoldOut>,
}

/// A whole hour of UTC: the number of hours since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hour(pub i64);

/// The instant at which a schedule sold out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldOut {
    /// The instant of the payment after which no offered seat was unsold.
    pub at: OffsetDateTime,
    /// The time since the sale had opened.
    pub after: Duration,
}

/// The seats that a payment paid for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidSeats {
    /// The schedule.
    pub schedule: ScheduleId,
    /// The concert of the schedule.
    pub concert: ConcertId,
    /// The number of seats.
    pub count: u32,
    /// The instant of the payment.
    pub paid_at: OffsetDateTime,
}

/// An event that changes the sales of a schedule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SalesEvent {
    /// Seats were paid for.
    Paid(PaidSeats),
    /// The payment of seats was refunded.
    Refunded(PaidSeats),
}

/// What a schedule offers for sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScheduleOffer {
    /// The number of its seats that aren't BLOCKED.
    pub seats: u32,
    /// The opening of its sale.
    pub opens_at: OffsetDateTime,
}

/// The rankings, each with the first first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rankings {
    /// The concerts with recent sales and the number of seats, the highest number first.
    pub popular: Vec<(ConcertId, u64)>,
    /// The schedules that sold out, the fastest first.
    pub sold_out: Vec<RankedSchedule>,
}

/// A schedule that sold out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RankedSchedule {
    /// The schedule.
    pub schedule: ScheduleId,
    /// Its concert.
    pub concert: ConcertId,
    /// When and how fast it sold out.
    pub sold_out: SoldOut,
}

impl Hour {
    /// Returns the hour that contains `instant`.
    #[must_use]
    pub const fn of(instant: OffsetDateTime) -> Self {
        Self(instant.unix_timestamp().div_euclid(3_600))
    }
}

impl SalesEvent {
    /// Returns the seats that were paid for.
    #[must_use]
    pub const fn seats(&self) -> &PaidSeats {
        match self {
            Self::Paid(seats) | Self::Refunded(seats) => seats,
        }
    }
}

impl ScheduleSales {
    /// Returns the sales of a schedule before its first payment, which is that of `seats`.
    const fn none_before(seats: &PaidSeats) -> Self {
        let PaidSeats { schedule, concert, paid_at, .. } = *seats;
        Self { schedule, concert, sold: 0, by_hour: BTreeMap::new(), last_paid_at: paid_at, sold_out: None }
    }

    /// Returns the sales as stored.
    #[must_use]
    pub const fn restore(
        (schedule, concert): (ScheduleId, ConcertId),
        sold: u32,
        by_hour: BTreeMap<Hour, u32>,
        last_paid_at: OffsetDateTime,
        sold_out: Option<SoldOut>,
    ) -> Self {
        Self { schedule, concert, sold, by_hour, last_paid_at, sold_out }
    }

    /// Returns the schedule.
    #[must_use]
    pub const fn schedule(&self) -> ScheduleId {
        self.schedule
    }

    /// Returns the concert of the schedule.
    #[must_use]
    pub const fn concert(&self) -> ConcertId {
        self.concert
    }

    /// Returns the number of seats that are sold, as far as the events have been folded.
    #[must_use]
    pub const fn sold(&self) -> u32 {
        self.sold
    }

    /// Returns the numbers of seats that are sold, by the hour of their payment; only those that were recent at the last payment.
    #[must_use]
    pub const fn by_hour(&self) -> &BTreeMap<Hour, u32> {
        &self.by_hour
    }

    /// Returns the instant of the last payment.
    #[must_use]
    pub const fn last_paid_at(&self) -> OffsetDateTime {
        self.last_paid_at
    }

    /// Returns when the schedule sold out, if it did.
    #[must_use]
    pub const fn sold_out(&self) -> Option<SoldOut> {
        self.sold_out
    }

    /// Returns the number of seats that were paid for recently and are sold, counted in whole hours.
    #[must_use]
    pub fn recently_sold(&self, now: OffsetDateTime) -> u64 {
        self.by_hour.range(Hour::of(now - RECENT)..).map(|(_, seats)| u64::from(*seats)).sum()
    }

    fn apply(&mut self, event: &SalesEvent, offer: Option<ScheduleOffer>) {
        match event {
            SalesEvent::Paid(seats) => self.add(seats, offer),
            SalesEvent::Refunded(seats) => self.subtract(seats),
        }
    }

    fn add(&mut self, seats: &PaidSeats, offer: Option<ScheduleOffer>) {
        self.last_paid_at = self.last_paid_at.max(seats.paid_at);
        self.sold = self.sold.saturating_add(seats.count);
        let in_hour = self.by_hour.entry(Hour::of(seats.paid_at)).or_default();
        *in_hour = in_hour.saturating_add(seats.count);
        self.by_hour = self.by_hour.split_off(&Hour::of(self.last_paid_at - RECENT));
        if let Some(offer) = offer.filter(|offer| self.sold_out.is_none() && offer.seats <= self.sold) {
            self.sold_out = Some(SoldOut { at: seats.paid_at, after: (seats.paid_at - offer.opens_at).max(Duration::ZERO) });
        }
    }

    /// A payment from before the first folded event was never added, so there may be less to take back.
    fn subtract(&mut self, seats: &PaidSeats) {
        self.sold = self.sold.saturating_sub(seats.count);
        let hour = Hour::of(seats.paid_at);
        if let Some(in_hour) = self.by_hour.get_mut(&hour) {
            *in_hour = in_hour.saturating_sub(seats.count);
            if *in_hour == 0 {
                self.by_hour.remove(&hour);
            }
        }
    }
}

/// Returns the sales of all schedules of `events` after them, given the `known` sales before and what the schedules offer.
///
/// A schedule without an offer doesn't sell out.
#[must_use]
pub fn fold(
    known: impl IntoIterator<Item = ScheduleSales>,
    events: &[SalesEvent],
    offers: &BTreeMap<ScheduleId, ScheduleOffer>,
) -> Vec<ScheduleSales> {
    let mut sales: BTreeMap<ScheduleId, ScheduleSales> = known.into_iter().map(|sales| (sales.schedule, sales)).collect();
    for event in events {
        let seats = event.seats();
        let offer = offers.get(&seats.schedule).copied();
        sales.entry(seats.schedule).or_insert_with(|| ScheduleSales::none_before(seats)).apply(event, offer);
    }
    sales.into_values().collect()
}

impl Rankings {
    /// Returns the rankings of all `sales` at `now`, whatever the states of their concerts. Equal figures are ranked by id, which is the
    /// order of creation.
    #[must_use]
    pub fn of(sales: &[ScheduleSales], now: OffsetDateTime) -> Self {
        let mut seats: BTreeMap<ConcertId, u64> = BTreeMap::new();
        for sales in sales {
            *seats.entry(sales.concert).or_default() += sales.recently_sold(now);
        }
        let mut popular: Vec<_> = seats.into_iter().filter(|(_, seats)| *seats > 0).collect();
        popular.sort_by_key(|(concert, seats)| (std::cmp::Reverse(*seats), *concert));
        let ranked = |sales: &ScheduleSales| {
            let sold_out = sales.sold_out.filter(|sold_out| now - RANKED < sold_out.at)?;
            Some(RankedSchedule { schedule: sales.schedule, concert: sales.concert, sold_out })
        };
        let mut sold_out: Vec<_> = sales.iter().filter_map(ranked).collect();
        sold_out.sort_by_key(|ranked| (ranked.sold_out.after, ranked.schedule));
        Self { popular, sold_out }
    }
}

/// Whether a ranking shows `concert` because of `schedules`, those of its schedules that count: it is public, and at least one of them is
/// neither cancelled nor has started.
#[must_use]
pub fn is_ranked<'a>(concert: &Concert, schedules: impl IntoIterator<Item = &'a Schedule>, now: OffsetDateTime) -> bool {
    let is_upcoming = |schedule: &Schedule| !schedule.is_cancelled() && !schedule.has_started(now);
    concert.is_public(now) && concert.cancellation().is_none() && schedules.into_iter().any(is_upcoming)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::{CONCERT, NOW, OTHER_CONCERT, OTHER_SCHEDULE, SCHEDULE, a_concert, a_schedule, schedule};
    use crate::{Cancellation, Listing};

    const HOUR: Duration = Duration::HOUR;

    fn seats(count: u32, paid_at: OffsetDateTime) -> PaidSeats {
        PaidSeats { schedule: SCHEDULE, concert: CONCERT, count, paid_at }
    }

    fn paid(count: u32, paid_at: OffsetDateTime) -> SalesEvent {
        SalesEvent::Paid(seats(count, paid_at))
    }

    fn refunded(count: u32, paid_at: OffsetDateTime) -> SalesEvent {
        SalesEvent::Refunded(seats(count, paid_at))
    }

    /// Returns an offer of seats whose sale opened a minute before [`NOW`].
    fn offering(seats: u32) -> BTreeMap<ScheduleId, ScheduleOffer> {
        [(SCHEDULE, ScheduleOffer { seats, opens_at: NOW - Duration::MINUTE })].into()
    }

    fn folded(events: &[SalesEvent], offers: &BTreeMap<ScheduleId, ScheduleOffer>) -> ScheduleSales {
        let [sales] = fold([], events, offers).try_into().unwrap();
        sales
    }

    #[test]
    fn recent_sales_are_the_seats_paid_for_within_a_week_and_not_refunded() {
        let old = NOW - RECENT - HOUR;
        let sales = folded(&[paid(5, old), paid(2, NOW - HOUR), paid(3, NOW), refunded(2, NOW - HOUR)], &offering(50));
        assert_eq!((sales.sold(), sales.recently_sold(NOW), sales.last_paid_at()), (8, 3, NOW));
        assert_eq!(sales.by_hour(), &[(Hour::of(NOW), 3)].into(), "hours that aren't recent, or without sold seats, are not kept");
        assert_eq!(sales.recently_sold(NOW + RECENT), 3, "the whole first hour counts");
        assert_eq!(sales.recently_sold(NOW + RECENT + HOUR), 0);
        let out_of_order = folded(&[paid(1, NOW), paid(1, NOW - HOUR)], &offering(50));
        assert_eq!(out_of_order.last_paid_at(), NOW, "by the clocks of two instances");
    }

    #[test]
    fn a_refund_of_a_payment_that_was_never_added_takes_back_nothing_else() {
        let sales = folded(&[refunded(2, NOW - HOUR), paid(1, NOW)], &offering(50));
        assert_eq!((sales.sold(), sales.recently_sold(NOW)), (1, 1));
        let sales = folded(&[paid(1, NOW), refunded(1, NOW - RECENT * 2)], &offering(50));
        assert_eq!((sales.sold(), sales.recently_sold(NOW)), (0, 1), "a payment of another hour is not affected");
    }

    #[test]
    fn a_schedule_sells_out_with_the_payment_of_its_last_seat() {
        let second = Duration::SECOND;
        for (events, after) in [
            (vec![paid(3, NOW)], None),
            (vec![paid(3, NOW), paid(1, NOW + second)], Some(61)),
            (vec![paid(4, NOW), paid(1, NOW + second)], Some(60)),
            (vec![paid(3, NOW), refunded(1, NOW), paid(1, NOW + second)], None),
            (vec![paid(4, NOW), refunded(1, NOW), paid(1, NOW + HOUR)], Some(60)),
            (vec![paid(4, NOW - HOUR)], Some(0)),
        ] {
            let sold_out = folded(&events, &offering(4)).sold_out();
            assert_eq!(sold_out.map(|sold_out| sold_out.after.whole_seconds()), after, "{events:#?}");
        }
        assert_eq!(folded(&[paid(4, NOW)], &BTreeMap::new()).sold_out(), None, "nothing is offered");
    }

    #[test]
    fn each_schedule_has_its_own_sales() {
        let other = PaidSeats { schedule: OTHER_SCHEDULE, ..seats(7, NOW) };
        let before = folded(&[paid(1, NOW)], &offering(50));
        let sales = fold([before], &[paid(2, NOW), SalesEvent::Paid(other)], &offering(50));
        let sold: Vec<_> = sales.iter().map(|sales| (sales.schedule(), sales.sold())).collect();
        assert_eq!(sold, [(SCHEDULE, 3), (OTHER_SCHEDULE, 7)]);
    }

    #[test]
    fn concerts_are_ranked_by_the_recent_sales_of_all_their_schedules() {
        let sales = |number, concert, count, paid_at| {
            let seats = PaidSeats { schedule: schedule(number), concert, count, paid_at };
            fold([], &[SalesEvent::Paid(seats)], &BTreeMap::new()).remove(0)
        };
        let mut all = vec![sales(1, CONCERT, 2, NOW), sales(2, OTHER_CONCERT, 3, NOW), sales(3, CONCERT, 2, NOW - HOUR)];
        assert_eq!(Rankings::of(&all, NOW).popular, [(CONCERT, 4), (OTHER_CONCERT, 3)]);
        all.push(sales(4, OTHER_CONCERT, 1, NOW));
        assert_eq!(Rankings::of(&all, NOW).popular, [(CONCERT, 4), (OTHER_CONCERT, 4)], "in the order of ids");
        assert_eq!(Rankings::of(&all, NOW + RECENT * 2), Rankings::default(), "no sale is recent");
    }

    #[test]
    fn schedules_are_ranked_by_how_fast_they_sold_out() {
        let sales = |number, seconds| {
            let seats = PaidSeats { schedule: schedule(number), ..seats(1, NOW) };
            let offer = ScheduleOffer { seats: 1, opens_at: NOW - Duration::seconds(seconds) };
            fold([], &[SalesEvent::Paid(seats)], &[(schedule(number), offer)].into()).remove(0)
        };
        let all = [sales(1, 60), sales(2, 5), sales(3, 5)];
        let ranked = |now| Rankings::of(&all, now).sold_out.into_iter().map(|ranked| ranked.schedule).collect::<Vec<_>>();
        assert_eq!(ranked(NOW), [2, 3, 1].map(schedule));
        assert_eq!(ranked(NOW + RANKED), [], "they sold out too long ago");
    }

    #[test]
    fn a_ranking_shows_public_concerts_with_a_schedule_that_is_yet_to_start() {
        let concert = || a_concert().row;
        let upcoming = || a_schedule().row;
        let cancellation = || Cancellation { at: NOW, reason: None };
        let cancelled = upcoming().cancel(cancellation());
        let started = upcoming().with_start(NOW);
        assert!(is_ranked(&concert(), [&started, &upcoming()], NOW));
        assert!(!is_ranked(&concert(), [&started, &cancelled], NOW));
        assert!(!is_ranked(&concert(), [], NOW));
        assert!(!is_ranked(&concert().cancel(cancellation()), [&upcoming()], NOW));
        let draft = concert().with_listing(Listing { publishes_at: Some(NOW + HOUR), ..Listing::default() });
        assert!(!is_ranked(&draft, [&upcoming()], NOW));
        assert!(is_ranked(&draft, [&upcoming()], NOW + HOUR), "it is published");
    }

    /// Any payments within two weeks, and for each whether it is refunded.
    fn any_payments() -> impl Strategy<Value = Vec<(u32, i64, bool)>> {
        prop::collection::vec((1..5_u32, 0..14 * 24_i64, any::<bool>()), 0..40)
    }

    proptest! {
        #[test]
        fn events_have_the_same_effect_in_one_fold_and_in_several(payments in any_payments(), cut in 0..80_usize) {
            let at = |hours| NOW + HOUR * i32::try_from(hours).unwrap();
            let events: Vec<_> = payments
                .iter()
                .flat_map(|(count, hours, is_refunded)| {
                    let refund = is_refunded.then(|| refunded(*count, at(*hours)));
                    [Some(paid(*count, at(*hours))), refund].into_iter().flatten()
                })
                .collect();
            let (first, second) = events.split_at(cut.min(events.len()));
            let offers = offering(20);
            prop_assert_eq!(fold(fold([], first, &offers), second, &offers), fold([], &events, &offers));
            let kept: u32 = payments.iter().filter(|(_, _, is_refunded)| !is_refunded).map(|(count, _, _)| count).sum();
            for sales in fold([], &events, &offers) {
                prop_assert_eq!(sales.sold(), kept);
                prop_assert!(sales.by_hour().len() <= 7 * 24 + 1);
            }
        }
    }
}
