//! Rankings for the front page of a shop: the concerts that sell best, and the schedules that sold out fastest.

use std::collections::HashMap;
use std::sync::Arc;

use domain::sales::is_ranked;
use domain::{ConcertId, RankedSchedule, SoldOut};
use time::OffsetDateTime;

use super::catalogue::{ConcertView, Concerts, PublicSchedule};
use crate::{Error, RecentSales};

/// The number of ranked concerts that are read at once.
const CHUNK: usize = 32;

/// A concert in the ranking of sales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PopularConcert {
    /// The concert.
    pub concert: ConcertView,
    /// The number of seats that were sold recently.
    pub seats_sold: u64,
}

/// A schedule in the ranking of those that sold out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SoldOutSchedule {
    /// Its concert.
    pub concert: ConcertView,
    /// The schedule.
    pub schedule: PublicSchedule,
    /// When and how fast it sold out.
    pub sold_out: SoldOut,
}

/// Reads rankings. They show public concerts with upcoming schedules only.
#[derive(Clone)]
pub struct ReadRankings {
    sales: Arc<RecentSales>,
    concerts: Concerts,
}

impl ReadRankings {
    /// Creates the use case over the recent sales and the public catalogue.
    #[must_use]
    pub const fn new(sales: Arc<RecentSales>, concerts: Concerts) -> Self {
        Self { sales, concerts }
    }

    /// Returns at most `at_most` concerts, the one with the most recently sold seats first.
    pub async fn popular(&self, at_most: usize) -> Result<Vec<PopularConcert>, Error> {
        let now = self.concerts.now();
        let rankings = self.sales.rankings(now).await?;
        let mut popular = Vec::new();
        for chunk in rankings.popular.chunks(CHUNK) {
            let mut found = self.concerts.found(chunk.iter().map(|(concert, _)| *concert).collect(), now).await?;
            found.retain(|found| is_ranked(&found.concert, found.schedules.iter().map(|schedule| &schedule.row), now));
            let seats: HashMap<ConcertId, u64> = chunk.iter().copied().collect();
            let ranked = |concert: ConcertView| Some(PopularConcert { seats_sold: *seats.get(&concert.concert.id())?, concert });
            popular.extend(self.concerts.show(found, now).await?.into_iter().filter_map(ranked));
            if popular.len() >= at_most {
                break;
            }
        }
        popular.truncate(at_most);
        Ok(popular)
    }

    /// Returns at most `at_most` schedules, the one that sold out fastest first.
    pub async fn sold_out(&self, at_most: usize) -> Result<Vec<SoldOutSchedule>, Error> {
        let now = self.concerts.now();
        let rankings = self.sales.rankings(now).await?;
        let mut sold_out = Vec::new();
        for ranked in &rankings.sold_out {
            sold_out.extend(self.sold_out_schedule(*ranked, now).await?);
            if sold_out.len() >= at_most {
                break;
            }
        }
        Ok(sold_out)
    }

    /// Returns a schedule that sold out, if it is shown.
    async fn sold_out_schedule(&self, ranked: RankedSchedule, now: OffsetDateTime) -> Result<Option<SoldOutSchedule>, Error> {
        let RankedSchedule { schedule, concert, sold_out } = ranked;
        let Some(found) = self.concerts.found(vec![concert], now).await?.pop() else { return Ok(None) };
        let Some(row) = found.schedules.iter().find(|row| row.id() == schedule).cloned() else { return Ok(None) };
        if !is_ranked(&found.concert, [&row.row], now) {
            return Ok(None);
        }
        let schedule = self.concerts.show_schedule(&found.concert, row, now).await?;
        let concert = self.concerts.show(vec![found], now).await?.pop();
        Ok(concert.map(|concert| SoldOutSchedule { concert, schedule, sold_out }))
    }
}

#[cfg(test)]
mod tests;
